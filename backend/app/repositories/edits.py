"""Changing what is planned: occurrences, their lanes and the rows that nobody has marked.

Callers hold the schedule's row. Lanes come before rows, and rows are locked in the order of
their ids, as by whoever marks, settles and merges.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text, update
from sqlalchemy.orm import Session

from app.domain.refs import Ref
from app.models.schedules import Occurrence


@dataclass(frozen=True, slots=True)
class Shift:
    """What changes on unmarked rows; None leaves it. An expiry moves with its due time."""

    due_at: datetime | None = None
    expires_after_s: int | None = None


# A claimed row keeps its claim: the mark refuses it (its lane has a new version, or it is not
# due any more), and the drain gives it back to the new time.
_MOVE_ROWS = text("""
    WITH unmarked AS (
      SELECT occurrence_id, id, coalesce(CAST(:due_at AS timestamptz), due_at) AS due_at,
             coalesce(make_interval(secs => CAST(:expires_after_s AS int)), expires_at - due_at)
               AS lasts
        FROM deliveries
       WHERE occurrence_id = :occurrence_id AND status = 'scheduled'
       ORDER BY occurrence_id, id FOR NO KEY UPDATE
    )
    UPDATE deliveries d
       SET due_at = u.due_at, expires_at = u.due_at + u.lasts,
           next_attempt_at = CASE
             WHEN d.next_attempt_at IS NULL OR CAST(:due_at AS timestamptz) IS NULL
             THEN d.next_attempt_at ELSE u.due_at END,
           updated_at = clock_timestamp()
      FROM unmarked u WHERE d.occurrence_id = u.occurrence_id AND d.id = u.id
""")


def move_occurrence(session: Session, ref: Ref, values: Mapping[str, Any]) -> None:
    """Set when an occurrence is due, in all its columns."""
    session.execute(
        update(Occurrence)
        .where(Occurrence.workspace_id == ref.workspace_id, Occurrence.id == ref.id)
        .values(**values)
    )


def move_rows(session: Session, occurrence_id: UUID, shift: Shift) -> None:
    """Move the rows that nobody has marked."""
    session.execute(
        _MOVE_ROWS,
        {
            "occurrence_id": occurrence_id,
            "due_at": shift.due_at,
            "expires_after_s": shift.expires_after_s,
        },
    )
