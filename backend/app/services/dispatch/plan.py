"""Plan: from a schedule's timing to the occurrences that will fire.

The key of an occurrence is its original slot and never changes; ``now`` and ``once`` have one
slot, ``0``.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.core.ids import new_id
from app.domain import local_time
from app.domain.timing import Timing
from app.models.schedules import Schedule
from app.repositories import occurrences

ONLY_SLOT = "0"


def plan(
    session: Session, schedule: Schedule, timing: Timing, accepted_at: datetime
) -> tuple[UUID, datetime]:
    """Insert the occurrence of a ``now`` or ``once`` schedule; its id and when it is due."""
    occurrence_id = new_id()
    when = slot(timing, accepted_at)
    occurrences.plan(
        session,
        {
            "id": occurrence_id,
            "workspace_id": schedule.workspace_id,
            "schedule_id": schedule.id,
            "sender_id": schedule.sender_id,
            "key": ONLY_SLOT,
            **when,
        },
    )
    return occurrence_id, when["due_at"]


def slot(timing: Timing, accepted_at: datetime) -> dict[str, Any]:
    """The columns that say when an occurrence is due. Raises InvalidError ``in_past``."""
    due_at = timing.due_at(accepted_at)
    return {
        "local_at": timing.local_at(due_at),
        "timezone": timing.timezone,
        "tzdata_version": local_time.tzdata_version(),
        "due_at": due_at,
        "last_due_at": due_at,
    }
