"""The people of a workspace: memberships, addressed by the id of the user."""

from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.domain.paging import PageOf, PageRequest
from app.domain.permissions import Role
from app.domain.refs import Ref
from app.models.users import Membership, User
from app.repositories import pages


def page(session: Session, workspace_id: UUID, request: PageRequest) -> PageOf[Membership]:
    """The people of a workspace, each with ``user``."""
    statement = select(Membership).where(Membership.workspace_id == workspace_id)
    return pages.fetch(session, statement, Membership.user_id, request)


def find(session: Session, ref: Ref) -> Membership | None:
    """One of them, with ``user``."""
    statement = select(Membership).where(
        Membership.workspace_id == ref.workspace_id, Membership.user_id == ref.id
    )
    return session.scalar(statement.execution_options(populate_existing=True))


def has_address(session: Session, workspace_id: UUID, email: str) -> bool:
    """Whether somebody with this address is a member, whatever its case."""
    statement = (
        select(Membership.user_id)
        .join(User, User.id == Membership.user_id)
        .where(Membership.workspace_id == workspace_id, func.lower(User.email) == email.lower())
    )
    return session.scalar(statement) is not None


def lock_owners(session: Session, workspace_id: UUID) -> frozenset[UUID]:
    """The owners, none of whom can be removed or demoted by others until the transaction ends.

    Of two callers who lock at once the second sees what the first has left: rows that are no
    owner's any more drop out when the wait is over.
    """
    statement = (
        select(Membership.user_id)
        .where(Membership.workspace_id == workspace_id, Membership.role == Role.OWNER)
        .order_by(Membership.user_id)
        .with_for_update()
    )
    return frozenset(session.scalars(statement))


def hold_role(session: Session, ref: Ref) -> Role | None:
    """A member's role, which stays theirs until the transaction ends; None for a stranger."""
    statement = (
        select(Membership.role)
        .where(Membership.workspace_id == ref.workspace_id, Membership.user_id == ref.id)
        .with_for_update(read=True)
    )
    role = session.scalar(statement)
    return None if role is None else Role(role)


def add(session: Session, ref: Ref, role: Role) -> bool:
    """Make a user a member; False when they are one already."""
    statement = (
        insert(Membership)
        .values(workspace_id=ref.workspace_id, user_id=ref.id, role=role)
        .on_conflict_do_nothing()
        .returning(Membership.user_id)
    )
    return session.scalar(statement) is not None


def change_role_if_version(session: Session, ref: Ref, role: Role, expected: int | None) -> bool:
    """Give a member a role; False when ``expected`` is no longer the version."""
    statement = update(Membership).where(
        Membership.workspace_id == ref.workspace_id, Membership.user_id == ref.id
    )
    if expected is not None:
        statement = statement.where(Membership.version == expected)
    changed = statement.values(role=role, version=Membership.version + 1)
    return session.scalar(changed.returning(Membership.user_id)) is not None


def remove(session: Session, ref: Ref) -> bool:
    """Take a person out of the workspace; False when they aren't in it (any more)."""
    statement = (
        delete(Membership)
        .where(Membership.workspace_id == ref.workspace_id, Membership.user_id == ref.id)
        .returning(Membership.user_id)
    )
    return session.scalar(statement) is not None
