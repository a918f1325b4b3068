"""Counters of deliveries: insert-only deltas, summed when read, folded by the sweep."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Uuid

# A cancelled lane's unmarked rows count as cancelled at once, however long turning them over
# takes: see the view shown_counts.
_OF = text("""
    SELECT occurrence_id, status, n FROM shown_counts WHERE occurrence_id = ANY(:ids)
""").bindparams(bindparam("ids", type_=ARRAY(Uuid())))
_OF_SCHEDULES = text("""
    SELECT o.schedule_id, c.status, sum(c.n)::bigint AS n
      FROM occurrences o JOIN shown_counts c ON c.occurrence_id = o.id
     WHERE o.schedule_id = ANY(:ids)
     GROUP BY o.schedule_id, c.status
""").bindparams(bindparam("ids", type_=ARRAY(Uuid())))
_CROWDED = text("""
    SELECT occurrence_id FROM delivery_counts
     GROUP BY occurrence_id HAVING count(*) > :many LIMIT 100
""")
_FOLD = text("""
    WITH gone AS (
      DELETE FROM delivery_counts WHERE occurrence_id = :occurrence_id
      RETURNING workspace_id, occurrence_id, status, n
    )
    INSERT INTO delivery_counts (workspace_id, occurrence_id, status, n)
    SELECT workspace_id, occurrence_id, status, sum(n) FROM gone
     GROUP BY workspace_id, occurrence_id, status HAVING sum(n) <> 0
""")


def of_occurrences(session: Session, ids: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
    """Occurrence id -> status -> number of deliveries."""
    found: dict[UUID, dict[str, int]] = {}
    for occurrence_id, status, n in session.execute(_OF, {"ids": list(ids)}):
        found.setdefault(occurrence_id, {})[status] = int(n)
    return found


def of_schedules(session: Session, ids: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
    """Schedule id -> status -> number of deliveries over all its occurrences."""
    found: dict[UUID, dict[str, int]] = {}
    for schedule_id, status, n in session.execute(_OF_SCHEDULES, {"ids": list(ids)}):
        found.setdefault(schedule_id, {})[status] = int(n)
    return found


def crowded(session: Session, many: int) -> list[UUID]:
    """Occurrences with more than ``many`` counter rows."""
    return list(session.scalars(_CROWDED, {"many": many}))


def fold(session: Session, occurrence_id: UUID) -> None:
    """Sum an occurrence's counter rows into one for each status."""
    session.execute(_FOLD, {"occurrence_id": occurrence_id})
