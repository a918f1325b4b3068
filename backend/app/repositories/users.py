"""People and their memberships."""

from uuid import UUID

from sqlalchemy import exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, undefer

from app.core.ids import new_id
from app.models.users import Membership, User


def any_exists(session: Session) -> bool:
    """Whether the first owner was made."""
    return bool(session.scalar(select(exists(select(User.id)))))


def lock_setup(session: Session) -> None:
    """Let only one transaction at a time make the first owner."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext("setup"))))


def find_by_email(session: Session, email: str) -> User | None:
    """The user with this address, whatever its case, and the password's hash."""
    statement = select(User).where(func.lower(User.email) == email.lower())
    return session.scalar(statement.options(undefer(User.password_hash)))


def get(session: Session, user_id: UUID) -> User | None:
    """One user."""
    return session.get(User, user_id)


def add_if_new(session: Session, email: str, name: str, password_hash: str) -> User | None:
    """Make an account; None when the address has got one meanwhile."""
    statement = (
        insert(User)
        .values(id=new_id(), email=email, name=name, password_hash=password_hash)
        .on_conflict_do_nothing()
        .returning(User)
    )
    return session.scalars(statement).one_or_none()


def set_password(session: Session, user_id: UUID, password_hash: str) -> None:
    """Store a new password's hash."""
    session.execute(update(User).where(User.id == user_id).values(password_hash=password_hash))


def memberships(session: Session, user_id: UUID) -> list[Membership]:
    """The workspaces a user belongs to, oldest first."""
    statement = (
        select(Membership).where(Membership.user_id == user_id).order_by(Membership.created_at)
    )
    return list(session.scalars(statement))
