"""Messages from people, and the windows they open."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.models.callbacks import InboundMessage
from app.models.recipients import ServiceWindow


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
