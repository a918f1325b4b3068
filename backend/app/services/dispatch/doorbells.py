"""Ringing drains: at once for what is due now, a little before for what is due soon.

The only tasks with an ETA: warm-up takes a moment, and Celery's own timing is no finer than a
tenth of a second, so the drain is woken two seconds early and holds until the very instant.
"""

from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from sqlalchemy.orm import Session

from app.core import clock, queue
from app.core.db import after_commit
from app.repositories import drains

DRAIN = "dispatch.drain"
LOOK_AHEAD = timedelta(seconds=180)
_EARLY = timedelta(seconds=2)
_STALE_AFTER = timedelta(seconds=120)


def ring(sender_id: UUID, due_at: datetime | None = None) -> bool:
    """Ring now, or two seconds before ``due_at``; False when the broker is away."""
    eta = due_at - _EARLY if due_at else None
    if eta is None or eta <= clock.now():
        return queue.publish(DRAIN, str(sender_id))
    return queue.publish(DRAIN, str(sender_id), eta=eta, expires=eta + _STALE_AFTER)


def ring_for(session: Session, sender_id: UUID, due_at: datetime) -> None:
    """Ring after the commit, if due soon; later is for the sweep."""
    if due_at <= clock.now() + LOOK_AHEAD:
        after_commit(session, partial(_ring, sender_id, due_at))


def _ring(sender_id: UUID, due_at: datetime) -> None:
    ring(sender_id, due_at)


def ring_all(session: Session) -> int:
    """Ring every sender with something due soon; returns how many."""
    found = drains.with_work(session, LOOK_AHEAD.total_seconds())
    for sender_id, first_due_at in found:
        ring(sender_id, first_due_at)
    return len(found)
