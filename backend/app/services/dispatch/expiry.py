"""Too late is too late, also for what is held, paused or waits for its number."""

from uuid import UUID

from app.core.db import transaction
from app.repositories import expiries
from app.services.dispatch import completion

_BATCH = 5000
_ROUNDS = 300


def look() -> None:
    """Expire what no drain looks at."""
    with transaction() as session:
        stopped = expiries.stopped(session)
    for occurrence_id in stopped:
        _expire(occurrence_id)


def _expire(occurrence_id: UUID) -> None:
    expired = 0
    for _ in range(_ROUNDS):
        with transaction() as session:
            now = expiries.expire(session, occurrence_id, _BATCH)
        expired += now
        if now < _BATCH:
            break
    if expired:
        completion.complete_if_done(occurrence_id)
