"""Log-in sessions: each is a family of refresh tokens, decided by conditional UPDATEs."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Row, exists, func, select, update
from sqlalchemy.orm import Session

from app.domain.paging import PageOf, PageRequest
from app.domain.refs import Ref
from app.models.users import Membership, User, UserSession
from app.repositories import pages


def _holds() -> ColumnElement[bool]:
    return UserSession.revoked_at.is_(None) & (UserSession.expires_at > func.clock_timestamp())


def _recent(grace: timedelta) -> ColumnElement[bool]:
    return UserSession.rotated_at > func.clock_timestamp() - grace


def active(session: Session, session_id: UUID) -> Row[UUID, UUID, str] | None:
    """``(user_id, workspace_id, role)`` of a session that still holds, else None."""
    statement = (
        select(UserSession.user_id, UserSession.workspace_id, Membership.role)
        .join(
            Membership,
            (Membership.user_id == UserSession.user_id)
            & (Membership.workspace_id == UserSession.workspace_id),
        )
        .where(UserSession.id == session_id, _holds())
    )
    return session.execute(statement).one_or_none()


def rotate_if_current(
    session: Session, session_id: UUID, current: str, successor: str, lifetime: timedelta
) -> UserSession | None:
    """Replace the refresh token ``current``; None when it isn't the current one (any more)."""
    statement = (
        update(UserSession)
        .where(UserSession.id == session_id, UserSession.refresh_hash == current, _holds())
        .values(
            previous_hash=current,
            refresh_hash=successor,
            rotated_at=func.clock_timestamp(),
            expires_at=func.clock_timestamp() + lifetime,
        )
        .returning(UserSession)
        .execution_options(populate_existing=True)
    )
    return session.scalars(statement).one_or_none()


def find_just_rotated(
    session: Session, session_id: UUID, previous: str, grace: timedelta
) -> UserSession | None:
    """The session that replaced the refresh token ``previous`` less than ``grace`` ago."""
    return session.scalar(
        select(UserSession).where(
            UserSession.id == session_id,
            UserSession.previous_hash == previous,
            _recent(grace),
            _holds(),
        )
    )


def move_if_active(session: Session, session_id: UUID, to: Ref) -> UserSession | None:
    """Take a person's session to another workspace; ``to.id`` is the user's.

    None when it has ended, or they are no member there.
    """
    is_member = exists().where(
        Membership.workspace_id == to.workspace_id, Membership.user_id == to.id
    )
    statement = (
        update(UserSession)
        .where(UserSession.id == session_id, UserSession.user_id == to.id, is_member, _holds())
        .values(workspace_id=to.workspace_id)
        .returning(UserSession)
        .execution_options(populate_existing=True)
    )
    return session.scalars(statement).one_or_none()


def revoke(session: Session, session_id: UUID) -> UserSession | None:
    """End one session; its access tokens stop at once. None when it had ended before."""
    statement = (
        update(UserSession)
        .where(UserSession.id == session_id, UserSession.revoked_at.is_(None))
        .values(revoked_at=func.clock_timestamp())
        .returning(UserSession)
        .execution_options(populate_existing=True)
    )
    return session.scalars(statement).one_or_none()


def page(
    session: Session, workspace_id: UUID, user_id: UUID, request: PageRequest
) -> PageOf[UserSession]:
    """A person's sessions that still hold."""
    statement = select(UserSession).where(
        UserSession.workspace_id == workspace_id, UserSession.user_id == user_id, _holds()
    )
    return pages.fetch(session, statement, UserSession.id, request)


def find(session: Session, ref: Ref, user_id: UUID) -> UserSession | None:
    """One of a person's sessions that still hold."""
    return session.scalar(
        select(UserSession).where(
            UserSession.workspace_id == ref.workspace_id,
            UserSession.id == ref.id,
            UserSession.user_id == user_id,
            _holds(),
        )
    )


def revoke_own(session: Session, ref: Ref, user_id: UUID) -> bool:
    """End one of a person's sessions; False when there is none (any more)."""
    statement = (
        update(UserSession)
        .where(
            UserSession.workspace_id == ref.workspace_id,
            UserSession.id == ref.id,
            UserSession.user_id == user_id,
            _holds(),
        )
        .values(revoked_at=func.clock_timestamp())
        .returning(UserSession.id)
    )
    return session.scalar(statement) is not None


def revoke_in(session: Session, member: Ref) -> None:
    """End a person's sessions in one workspace; ``member.id`` is the user's."""
    of_workspace = UserSession.workspace_id == member.workspace_id
    _end(session, of_workspace & (UserSession.user_id == member.id))


def revoke_all(session: Session, user_id: UUID, *, but: UUID | None = None) -> set[UUID]:
    """End a person's sessions in all workspaces, keeping ``but``; returns those workspaces."""
    every = UserSession.user_id == user_id
    return _end(session, every if but is None else every & (UserSession.id != but))


def _end(session: Session, which: ColumnElement[bool]) -> set[UUID]:
    statement = (
        update(UserSession)
        .where(which, UserSession.revoked_at.is_(None))
        .values(revoked_at=func.clock_timestamp())
        .returning(UserSession.workspace_id)
    )
    return set(session.scalars(statement))


def knows_address(session: Session, email: str, address: str) -> bool:
    """Whether the person with this address of mail was ever logged in from this one of the net."""
    statement = (
        select(UserSession.id)
        .join(User, User.id == UserSession.user_id)
        .where(func.lower(User.email) == email.lower(), UserSession.address == address)
        .limit(1)
    )
    return session.scalar(statement) is not None
