"""Groups and who is in them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, column, delete, func, literal, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from app.domain.paging import PageOf, PageRequest
from app.domain.refs import Ref
from app.models.recipients import Group, GroupMember
from app.models.schedules import Schedule
from app.repositories import pages


def add(session: Session, workspace_id: UUID, name: str, description: str) -> Group:
    """A new group of nobody."""
    group = Group(workspace_id=workspace_id, name=name, description=description)
    session.add(group)
    session.flush()
    return group


def get(session: Session, ref: Ref) -> Group | None:
    """One group."""
    return session.scalar(
        select(Group).where(Group.workspace_id == ref.workspace_id, Group.id == ref.id)
    )


def page(
    session: Session, workspace_id: UUID, q: str | None, request: PageRequest
) -> PageOf[Group]:
    """A page of groups, those with ``q`` in their name when given."""
    statement = select(Group).where(Group.workspace_id == workspace_id)
    if q:
        statement = statement.where(func.lower(Group.name).contains(q.lower(), autoescape=True))
    return pages.fetch(session, statement, Group.id, request)


def change_if_version(
    session: Session, ref: Ref, changes: Mapping[str, Any], expected: int | None
) -> Group | None:
    """Apply a person's edit; None when no row is there or ``expected`` isn't its version."""
    statement = update(Group).where(Group.workspace_id == ref.workspace_id, Group.id == ref.id)
    if expected is not None:
        statement = statement.where(Group.version == expected)
    return session.scalars(
        statement.values(**changes, version=Group.version + 1)
        .returning(Group)
        .execution_options(populate_existing=True)
    ).one_or_none()


def remove(session: Session, ref: Ref) -> bool:
    """Delete a group; its members stay in the address book."""
    statement = delete(Group).where(Group.workspace_id == ref.workspace_id, Group.id == ref.id)
    return session.scalar(statement.returning(Group.id)) is not None


def waiting_schedule(session: Session, ref: Ref, statuses: Collection[str]) -> str | None:
    """The name of a schedule in one of ``statuses`` that names the group."""
    return session.scalar(
        select(Schedule.name)
        .where(
            Schedule.workspace_id == ref.workspace_id,
            Schedule.status.in_(statuses),
            Schedule.audience["group_ids"].contains([str(ref.id)]),
        )
        .limit(1)
    )


def known(session: Session, workspace_id: UUID, ids: Collection[UUID]) -> set[UUID]:
    """Which of these groups exist; they can't be deleted until the transaction ends."""
    statement = select(Group.id).where(Group.workspace_id == workspace_id, Group.id.in_(ids))
    return set(
        session.scalars(statement.order_by(Group.id).with_for_update(read=True, key_share=True))
    )


def sizes(session: Session, workspace_id: UUID, ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many people are in each."""
    rows = session.execute(
        select(GroupMember.group_id, func.count().label("n"))
        .where(GroupMember.workspace_id == workspace_id, GroupMember.group_id.in_(ids))
        .group_by(GroupMember.group_id)
    )
    return {row.group_id: row.n for row in rows}


def join(session: Session, workspace_id: UUID, pairs: Sequence[tuple[UUID, UUID]]) -> None:
    """Put people into groups, ``(group_id, recipient_id)`` each; being in already is fine."""
    if not pairs:
        return
    given = func.unnest(
        _ids([group for group, _ in pairs]), _ids([person for _, person in pairs])
    ).table_valued(column("group_id", Uuid()), column("recipient_id", Uuid()))
    given = given.render_derived(name="given")
    session.execute(
        postgresql.insert(GroupMember)
        .from_select(
            ["workspace_id", "group_id", "recipient_id"],
            select(literal(workspace_id, Uuid()), given.c.group_id, given.c.recipient_id),
        )
        .on_conflict_do_nothing()
    )


def leave(session: Session, group: Ref, recipient_ids: Collection[UUID]) -> None:
    """Take people out of a group; not being in it is fine."""
    session.execute(
        delete(GroupMember).where(
            GroupMember.workspace_id == group.workspace_id,
            GroupMember.group_id == group.id,
            GroupMember.recipient_id.in_(recipient_ids),
        )
    )


def leave_all_but(session: Session, recipient: Ref, group_ids: Collection[UUID]) -> None:
    """Take a person out of every group except these."""
    session.execute(
        delete(GroupMember).where(
            GroupMember.workspace_id == recipient.workspace_id,
            GroupMember.recipient_id == recipient.id,
            GroupMember.group_id.not_in(group_ids),
        )
    )


def _ids(ids: Sequence[UUID]) -> Any:
    return literal(list(ids), ARRAY(Uuid()))
