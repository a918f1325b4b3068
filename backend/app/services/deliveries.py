"""Deliveries: lists, and the proof of one, from planning to reading."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.orm import Session

from app.domain import local_time
from app.domain.errors import NotFoundError
from app.domain.paging import PageOf, PageRequest
from app.domain.refs import Ref
from app.repositories import deliveries
from app.repositories.deliveries import Filters as Filters
from app.services import rendering


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened to a delivery."""

    at: datetime
    source: str
    event: str
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Proof:
    """A delivery, what its reader saw, and all that happened, oldest first."""

    row: Row[Any]
    rendered: str | None
    timeline: list[Entry]


def page(
    session: Session, workspace_id: UUID, filters: Filters, request: PageRequest
) -> PageOf[Row[Any]]:
    """A page of deliveries."""
    return deliveries.page(session, workspace_id, filters, request)


def get(session: Session, ref: Ref) -> Proof:
    """One delivery with its timeline. Raises NotFoundError."""
    row = deliveries.find(session, ref)
    if row is None:
        raise NotFoundError("delivery", ref.id)
    attempts = deliveries.attempts(session, row.occurrence_id, row.id)
    events = deliveries.events(session, row.occurrence_id, row.id)
    entries = [*_planned(row), *_attempted(attempts), *_noted(events), *_suspected(attempts)]
    return Proof(row, _rendered(attempts), sorted(entries, key=lambda entry: entry.at))


def _planned(row: Row[Any]) -> Iterator[Entry]:
    yield Entry(
        row.created_at, "planner", "planned", {"due_at": local_time.format_instant(row.due_at)}
    )
    if row.status == "skipped":
        yield Entry(row.created_at, "planner", "skipped", {"reason": row.reason})


def _attempted(attempts: list[Row[Any]]) -> Iterator[Entry]:
    for attempt in attempts:
        yield Entry(attempt.marked_at, "dispatcher", "attempted", {"attempt": attempt.number})
        if attempt.outcome is not None and attempt.settled_at is not None:
            said = {
                "attempt": attempt.number,
                "wamid": attempt.wamid,
                "meta_code": attempt.meta_code,
                "detail": attempt.detail,
            }
            known = {name: value for name, value in said.items() if value is not None}
            yield Entry(attempt.settled_at, "dispatcher", attempt.outcome, known)


def _noted(events: list[Row[Any]]) -> Iterator[Entry]:
    for event in events:
        yield Entry(event.at, event.source, event.event, event.detail or {})


def _suspected(attempts: list[Row[Any]]) -> Iterator[Entry]:
    # Resent, and then both turned out to have reached WhatsApp.
    accepted = [attempt for attempt in attempts if attempt.wamid]
    if len(accepted) > 1:
        at = max(attempt.settled_at or attempt.marked_at for attempt in accepted)
        wamids = [attempt.wamid for attempt in accepted]
        yield Entry(at, "dispatcher", "duplicate_suspected", {"wamids": wamids})


def _rendered(attempts: list[Row[Any]]) -> str | None:
    if not attempts:
        return None
    last = attempts[-1]
    compiled = rendering.compile_version(last.version_id, last.kind, last.content)
    return compiled.read(last.parameters or {})
