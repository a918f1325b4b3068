"""Messages from people, and the windows they open."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.domain.refs import Ref
from app.models.callbacks import InboundMessage
from app.models.recipients import ServiceWindow

# Ids grow with time, so what is new is a short range at the end of the primary key.
_NEWEST = text("SELECT id FROM inbound_messages ORDER BY id DESC LIMIT 1")
_COUNT_SINCE = text("""
    SELECT n, coalesce(newest, :since) AS newest FROM (
      SELECT count(*) FILTER (WHERE workspace_id = :workspace_id AND sender_id = :sender_id) AS n,
             (array_agg(id ORDER BY id DESC))[1] AS newest
        FROM inbound_messages WHERE id > :since) seen
""")


def insert_new(session: Session, rows: Sequence[Mapping[str, Any]]) -> set[UUID]:
    """Insert messages; the ids of those that weren't there yet."""
    statement = (
        insert(InboundMessage)
        .values(list(rows))
        .on_conflict_do_nothing(index_elements=["sender_id", "wamid"])
        .returning(InboundMessage.id)
    )
    return set(session.scalars(statement))


def open_windows(session: Session, last: Mapping[tuple[UUID, UUID, UUID], datetime]) -> None:
    """``(workspace_id, recipient_id, sender_id)`` -> the latest message; never set back."""
    statement = insert(ServiceWindow).values(
        [
            {
                "workspace_id": workspace_id,
                "recipient_id": recipient_id,
                "sender_id": sender_id,
                "last_inbound_at": at,
            }
            for (workspace_id, recipient_id, sender_id), at in sorted(last.items())
        ]
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["workspace_id", "recipient_id", "sender_id"],
            set_={
                "last_inbound_at": func.greatest(
                    ServiceWindow.last_inbound_at, statement.excluded.last_inbound_at
                )
            },
        )
    )


def newest(session: Session) -> UUID:
    """The id of the newest message to anybody; the lowest of all ids when there is none."""
    return session.execute(_NEWEST).scalar_one_or_none() or UUID(int=0)


def count_since(session: Session, sender: Ref, since: UUID) -> tuple[int, UUID]:
    """How many came to a sender after ``since``, and the newest id to anybody by now."""
    values = {"workspace_id": sender.workspace_id, "sender_id": sender.id, "since": since}
    row = session.execute(_COUNT_SINCE, values).one()
    return row.n, row.newest
