"""People and their memberships."""

from uuid import UUID

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import Session

from app.domain.paging import PageOf, PageRequest
from app.models.users import Membership, User
from app.repositories import pages


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


def set_password(session: Session, user_id: UUID, password_hash: str) -> None:
    """Store a new password's hash."""
    session.execute(update(User).where(User.id == user_id).values(password_hash=password_hash))


def memberships(session: Session, user_id: UUID) -> list[Membership]:
    """The workspaces a user belongs to, oldest first."""
    statement = (
        select(Membership).where(Membership.user_id == user_id).order_by(Membership.created_at)
    )
    return list(session.scalars(statement))


def page_members(session: Session, workspace_id: UUID, request: PageRequest) -> PageOf[Membership]:
    """The people of a workspace, each with ``user``."""
    statement = select(Membership).where(Membership.workspace_id == workspace_id)
    return pages.fetch(session, statement, Membership.user_id, request)
