"""The guard of templates: nothing is sent with one that isn't what people saw and approved.

WhatsApp pauses and disables templates, moves them to another category overnight (another
price, another consent) and takes edits of their text. Whoever learns of it asks the guard.
"""

from uuid import UUID

from sqlalchemy.orm import Session

from app.core import clock, live
from app.core.db import transaction
from app.domain.states import OCCURRENCE_MOVES, OccurrenceStatus, before
from app.repositories import lanes, occurrences, template_guard
from app.services.dispatch import doorbells

_HOLDABLE = before(OCCURRENCE_MOVES, OccurrenceStatus.HELD) - {OccurrenceStatus.PAUSED}


def look() -> None:
    """Hold what doesn't fit its template any more, and let go on what does again."""
    with transaction() as session:
        freed = template_guard.release(session)
        for sender_id, workspace_id, occurrence_id in freed:
            _tell(session, workspace_id, occurrence_id)
            doorbells.ring_for(session, sender_id, clock.now())
    with transaction() as session:
        hold_unfit(session)


def hold_unfit(session: Session, only: UUID | None = None) -> None:
    """Hold occurrences, or ``only`` this one, whose template isn't what it was."""
    for found in template_guard.unfit(session, only):
        hold(session, found.workspace_id, found.id, found.reason)


def hold(session: Session, workspace_id: UUID, occurrence_id: UUID, reason: str) -> None:
    """Hold one occurrence until its template is well again or a person decides."""
    held = occurrences.move(
        session, occurrence_id, allowed=_HOLDABLE, to=OccurrenceStatus.HELD, reason=reason
    )
    if held:
        lanes.set_state(session, occurrence_id, "held")
        _tell(session, workspace_id, occurrence_id)


def _tell(session: Session, workspace_id: UUID, occurrence_id: UUID) -> None:
    live.announce(session, workspace_id, "occurrence.progress", occurrence_id=occurrence_id)
