"""Messages and their immutable versions."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, select, tuple_, update
from sqlalchemy.orm import Session

from app.domain.paging import PageOf, PageRequest
from app.domain.refs import Ref
from app.models.messages import Message, MessageVersion
from app.models.schedules import Schedule
from app.repositories import pages

_NEWEST = (MessageVersion.message_id == Message.id) & (MessageVersion.version == Message.version)


def find(session: Session, ref: Ref) -> tuple[Message, MessageVersion] | None:
    """A message with its newest version."""
    statement = (
        select(Message, MessageVersion)
        .join(MessageVersion, _NEWEST)
        .where(_is(ref))
        .execution_options(populate_existing=True)
    )
    row = session.execute(statement).one_or_none()
    return (row[0], row[1]) if row else None


def page(
    session: Session,
    workspace_id: UUID,
    request: PageRequest,
    *,
    q: str | None = None,
    kind: str | None = None,
    archived: bool | None = None,
) -> PageOf[Message]:
    """The workspace's messages; ``q`` is found in the title, whatever its case."""
    statement = select(Message).where(Message.workspace_id == workspace_id)
    if q:
        statement = statement.where(Message.title.icontains(q, autoescape=True))
    if kind is not None:
        statement = statement.where(exists().where(_NEWEST, MessageVersion.kind == kind))
    if archived is not None:
        state = Message.archived_at.is_not(None) if archived else Message.archived_at.is_(None)
        statement = statement.where(state)
    return pages.fetch(session, statement, Message.id, request)


def current_versions(session: Session, ids: Collection[UUID]) -> dict[UUID, int]:
    """Message id -> the number of its newest version."""
    statement = select(Message.id, Message.version).where(Message.id.in_(ids))
    return {id_: version for id_, version in session.execute(statement)}  # noqa: C416


def newest_versions(
    session: Session, workspace_id: UUID, messages: Sequence[Message]
) -> dict[UUID, MessageVersion]:
    """The newest version of each message, by the message's id."""
    wanted = [(message.id, message.version) for message in messages]
    statement = select(MessageVersion).where(
        MessageVersion.workspace_id == workspace_id,
        tuple_(MessageVersion.message_id, MessageVersion.version).in_(wanted),
    )
    return {row.message_id: row for row in session.scalars(statement) if row.message_id}


def add(session: Session, *rows: Message | MessageVersion) -> None:
    """Insert, in the order given."""
    for row in rows:
        session.add(row)
        session.flush()


def edit_if_version(
    session: Session, ref: Ref, changes: Mapping[str, Any], expected: int | None
) -> Message | None:
    """Take the next version number; None when there is no such message at ``expected``.

    The row stays locked, so whoever edits next builds on the version this one writes.
    """
    statement = update(Message).where(_is(ref))
    if expected is not None:
        statement = statement.where(Message.version == expected)
    statement = statement.values(**changes, version=Message.version + 1)
    return session.scalars(
        statement.returning(Message), execution_options={"populate_existing": True}
    ).one_or_none()


def delete_if_unused(session: Session, ref: Ref) -> bool:
    """Delete a message that no schedule names; False when none matched.

    Its versions stay without it: what was sent with them must stay readable.
    """
    session.execute(
        update(MessageVersion)
        .where(MessageVersion.workspace_id == ref.workspace_id, MessageVersion.message_id == ref.id)
        .values(message_id=None)
    )
    used = exists().where(Schedule.workspace_id == ref.workspace_id, Schedule.message_id == ref.id)
    statement = delete(Message).where(_is(ref), ~used).returning(Message.id)
    return session.scalar(statement) is not None


def _is(ref: Ref) -> Any:
    return (Message.workspace_id == ref.workspace_id) & (Message.id == ref.id)
