"""Which deliveries a filter finds that may be resolved, and what stands in the way of others."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.repositories import deliveries
from app.repositories.deliveries import Filters
from app.repositories.resolutions import Key


@dataclass(frozen=True, slots=True)
class Found:
    """Up to so many ``ready`` rows (schedule id or None, key), and how many there are of each:
    ``ready``; ``too_early``; ``stopped``, because the schedule was cancelled or is paused."""

    ready: list[tuple[UUID | None, Key]]
    sums: dict[str, int]


# ":again": for another attempt. A person's word that something failed needs none of the rest.
_JUDGED = """
    WITH d AS MATERIALIZED (
      SELECT d.occurrence_id, d.id, d.attempt_id, d.schedule_id FROM shown_deliveries d
       WHERE {where} AND (d.status = 'unconfirmed' OR :again AND d.status = 'failed')
    ), judged AS (
      SELECT d.occurrence_id, d.id, d.schedule_id, CASE
          WHEN :again AND a.outcome = 'unconfirmed'
            AND a.marked_at > clock_timestamp() - make_interval(secs => :wait_s) THEN 'too_early'
          WHEN :again AND o.id IS NOT NULL
            AND (s.status NOT IN ('scheduled', 'sending', 'completed')
                 OR o.status NOT IN ('open', 'running', 'held', 'completed')) THEN 'stopped'
          ELSE 'ready' END AS verdict
        FROM d
        LEFT JOIN attempts a ON a.occurrence_id = d.occurrence_id AND a.id = d.attempt_id
        LEFT JOIN occurrences o ON o.id = d.occurrence_id
        LEFT JOIN schedules s ON s.id = o.schedule_id
    )
"""
_SUMS = "SELECT verdict, count(*) FROM judged GROUP BY verdict"
_READY = """
    SELECT schedule_id, occurrence_id, id FROM judged WHERE verdict = 'ready'
     ORDER BY occurrence_id, id LIMIT :most
"""


def find(
    session: Session, workspace_id: UUID, filters: Filters, *, again: bool, wait_s: float, most: int
) -> Found:
    """Look; nothing is locked or changed."""
    where, values = deliveries.conditions(workspace_id, filters)
    judged = _JUDGED.format(where=where)
    given: dict[str, Any] = {**values, "again": again, "wait_s": wait_s, "most": most}
    sums = {row[0]: int(row[1]) for row in session.execute(text(judged + _SUMS), given)}
    rows = session.execute(text(judged + _READY), given)
    return Found([(row[0], (row[1], row[2])) for row in rows], sums)
