"""Invitations: open until they are accepted, withdrawn or too old."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.core.ids import new_id
from app.domain.paging import PageOf, PageRequest
from app.domain.permissions import Role
from app.domain.refs import Ref
from app.models.invitations import Invitation
from app.repositories import pages


def page(session: Session, workspace_id: UUID, request: PageRequest) -> PageOf[Invitation]:
    """Those that were not accepted, also the ones that are too old by now."""
    statement = select(Invitation).where(
        Invitation.workspace_id == workspace_id, Invitation.accepted_at.is_(None)
    )
    return pages.fetch(session, statement, Invitation.id, request)


def find(session: Session, ref: Ref) -> Invitation | None:
    """One that was not accepted."""
    return session.scalar(
        select(Invitation).where(
            Invitation.workspace_id == ref.workspace_id,
            Invitation.id == ref.id,
            Invitation.accepted_at.is_(None),
        )
    )


def forget_expired(session: Session, workspace_id: UUID, email: str) -> None:
    """Make room for a new invitation of an address whose old one is no good any more."""
    session.execute(
        delete(Invitation).where(
            Invitation.workspace_id == workspace_id,
            func.lower(Invitation.email) == email.lower(),
            Invitation.accepted_at.is_(None),
            Invitation.expires_at <= func.clock_timestamp(),
        )
    )


def add(
    session: Session, inviter: Ref, email: str, role: Role, token_hash: str, lifetime: timedelta
) -> Invitation | None:
    """Invite an address; None when it has an open invitation."""
    statement = (
        insert(Invitation)
        .values(
            id=new_id(),
            workspace_id=inviter.workspace_id,
            email=email,
            role=role,
            token_hash=token_hash,
            invited_by=inviter.id,
            expires_at=func.clock_timestamp() + lifetime,
        )
        .on_conflict_do_nothing()
        .returning(Invitation)
    )
    return session.scalars(statement).one_or_none()


def accept_if_open(session: Session, token_hash: str) -> Invitation | None:
    """Use an invitation up; None when it was used, withdrawn or is too old. Of many, one wins."""
    statement = (
        update(Invitation)
        .where(
            Invitation.token_hash == token_hash,
            Invitation.accepted_at.is_(None),
            Invitation.expires_at > func.clock_timestamp(),
        )
        .values(accepted_at=func.clock_timestamp())
        .returning(Invitation)
    )
    return session.scalars(statement).one_or_none()


def withdraw(session: Session, ref: Ref) -> bool:
    """Delete one that was not accepted; False when there is none (any more)."""
    statement = (
        delete(Invitation)
        .where(
            Invitation.workspace_id == ref.workspace_id,
            Invitation.id == ref.id,
            Invitation.accepted_at.is_(None),
        )
        .returning(Invitation.id)
    )
    return session.scalar(statement) is not None


def withdraw_of(session: Session, inviter: Ref) -> None:
    """Delete what a member has sent out and nobody has accepted."""
    session.execute(
        delete(Invitation).where(
            Invitation.workspace_id == inviter.workspace_id,
            Invitation.invited_by == inviter.id,
            Invitation.accepted_at.is_(None),
        )
    )
