"""People, memberships and their log-in sessions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, exists, func, select, update
from sqlalchemy.orm import Session

from app.models.users import Membership, User, UserSession


def any_exists(session: Session) -> bool:
    """Whether the first owner was made."""
    return bool(session.scalar(select(exists(select(User.id)))))


def lock_setup(session: Session) -> None:
    """Let only one transaction at a time make the first owner."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext("setup"))))


def find_by_email(session: Session, email: str) -> User | None:
    """The user with this address, whatever its case."""
    return session.scalar(select(User).where(func.lower(User.email) == email.lower()))


def get(session: Session, user_id: UUID) -> User | None:
    """One user."""
    return session.get(User, user_id)


def memberships(session: Session, user_id: UUID) -> list[Membership]:
    """The workspaces a user belongs to, oldest first."""
    statement = (
        select(Membership).where(Membership.user_id == user_id).order_by(Membership.created_at)
    )
    return list(session.scalars(statement))


def active_session(session: Session, session_id: UUID) -> Row[UUID, UUID, str] | None:
    """``(user_id, workspace_id, role)`` of a session that still holds, else None."""
    statement = (
        select(UserSession.user_id, UserSession.workspace_id, Membership.role)
        .join(
            Membership,
            (Membership.user_id == UserSession.user_id)
            & (Membership.workspace_id == UserSession.workspace_id),
        )
        .where(
            UserSession.id == session_id,
            UserSession.revoked_at.is_(None),
            UserSession.expires_at > func.clock_timestamp(),
        )
    )
    return session.execute(statement).one_or_none()


def session_by_refresh(session: Session, digest: str) -> UserSession | None:
    """The session whose current or previous refresh token this is, locked."""
    statement = (
        select(UserSession)
        .where((UserSession.refresh_hash == digest) | (UserSession.previous_hash == digest))
        .with_for_update()
    )
    return session.scalar(statement)


def revoke_session(session: Session, session_id: UUID) -> None:
    """End a session; its access tokens stop at once."""
    session.execute(
        update(UserSession)
        .where(UserSession.id == session_id, UserSession.revoked_at.is_(None))
        .values(revoked_at=func.clock_timestamp())
    )


def rotate(session: Session, row: UserSession, digest: str, expires_at: datetime) -> None:
    """Replace the refresh token, remembering the one before."""
    row.previous_hash = row.refresh_hash
    row.refresh_hash = digest
    row.rotated_at = session.execute(select(func.clock_timestamp())).scalar_one()
    row.expires_at = expires_at
    session.flush()
