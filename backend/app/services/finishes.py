"""When an occurrence will have sent all, as things stand."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.core import clock
from app.domain.finishing import Work, seconds_left
from app.domain.pacing import MARGIN
from app.domain.refs import Ref
from app.models.schedules import Occurrence
from app.repositories import lanes


def expected(session: Session, rows: Sequence[Occurrence]) -> dict[UUID, datetime]:
    """Occurrence id -> when it ended, or will if nothing else comes between.

    Without those that aren't opened yet or are held back, for whom nobody can say.
    """
    found = {row.id: row.completed_at for row in rows if row.completed_at is not None}
    running = {row.id: row for row in rows if row.completed_at is None}
    senders = {Ref(row.workspace_id, row.sender_id) for row in running.values()}
    now = clock.now()
    for occurrence_id, seconds in _seconds_left(session, senders).items():
        if (row := running.get(occurrence_id)) is not None:
            found[occurrence_id] = max(now + timedelta(seconds=seconds), row.last_due_at)
    return found


def _seconds_left(session: Session, senders: set[Ref]) -> dict[UUID, float]:
    left: dict[UUID, float] = {}
    for ref in senders:
        if waiting := lanes.waiting(session, ref):
            works = [
                Work(lane.occurrence_id, lane.priority, lane.rest, lane.max_rate_mps, lane.due_in)
                for lane in waiting
            ]
            left |= seconds_left(waiting[0].throughput_mps / (1 + MARGIN), works)
    return left
