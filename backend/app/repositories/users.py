"""People and their memberships."""

from uuid import UUID

from sqlalchemy import exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, undefer

from app.core.ids import new_id
from app.models.users import Membership, User, UserSession
from app.models.workspaces import Workspace


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


def workspaces_of(session: Session, user_id: UUID) -> list[tuple[Workspace, str]]:
    """The workspaces a user belongs to, each with their role; the last one used comes first."""
    used_at = (
        select(func.max(UserSession.rotated_at))
        .where(UserSession.user_id == user_id, UserSession.workspace_id == Membership.workspace_id)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Workspace, Membership.role)
        .join(Membership, Membership.workspace_id == Workspace.id)
        .where(Membership.user_id == user_id)
        .order_by(used_at.desc().nulls_last(), Membership.created_at, Workspace.id)
    )
    return [(workspace, role) for workspace, role in rows]
