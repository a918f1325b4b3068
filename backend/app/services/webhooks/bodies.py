"""A body of the inbox, read: what it tells, and whom its signature speaks for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from app.integrations.whatsapp import callbacks
from app.integrations.whatsapp.callback_events import Event, Origin, UnknownEvent
from app.repositories.callback_inbox import Waiting

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Read:
    """``workspace_ids`` None means all; ``unreadable`` says why there are no events."""

    id: int
    workspace_ids: tuple[UUID, ...] | None
    received_at: datetime
    events: Sequence[Event]
    unreadable: str | None = None

    def speaks_for(self, workspace_id: UUID) -> bool:
        """Whether what it says counts for this workspace."""
        return self.workspace_ids is None or workspace_id in self.workspace_ids


def read(waiting: Waiting) -> Read:
    """Read a body; never raises."""
    events = callbacks.parse(waiting.body)
    match events:
        case [UnknownEvent(origin=Origin(waba_id=None), field=None, raw=None) as unreadable]:
            return Read(
                waiting.id, waiting.workspace_ids, waiting.received_at, (), unreadable.reason
            )
        case _:
            return Read(waiting.id, waiting.workspace_ids, waiting.received_at, events)


def of_kind(bodies: Sequence[Read], kind: type[T]) -> Iterator[tuple[Read, T]]:
    """All events of one kind, each with the body it came in."""
    for body in bodies:
        for event in body.events:
            if isinstance(event, kind):
                yield body, event
