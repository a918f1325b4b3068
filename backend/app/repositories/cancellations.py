"""Turning over the rows of cancelled lanes, a few thousand in a transaction."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

# Before every row.
FIRST = UUID(int=0)
_LANES = text("SELECT occurrence_id FROM lanes WHERE state = 'cancelled' LIMIT 100")
# Goes on after the row where it was: what is turned over is not read again.
_TURN_OVER = text("""
    WITH rows AS (
      SELECT occurrence_id, id FROM deliveries
       WHERE occurrence_id = :occurrence_id AND id > :after AND next_attempt_at IS NOT NULL
       ORDER BY occurrence_id, id LIMIT :most FOR NO KEY UPDATE
    ), turned AS (
      UPDATE deliveries d SET status = 'cancelled', reason = 'cancelled',
             next_attempt_at = NULL, updated_at = clock_timestamp()
        FROM rows WHERE d.occurrence_id = rows.occurrence_id AND d.id = rows.id
         AND d.status = 'scheduled'
      RETURNING d.workspace_id, d.occurrence_id, d.id
    ), noted AS (
      INSERT INTO delivery_events (workspace_id, occurrence_id, delivery_id, source, event)
      SELECT workspace_id, occurrence_id, id, 'planner', 'cancelled' FROM turned
    ), counted AS (
      INSERT INTO delivery_counts (workspace_id, occurrence_id, status, n)
      SELECT workspace_id, occurrence_id, step.status, step.sign * count(*)
        FROM turned CROSS JOIN (VALUES ('scheduled', -1), ('cancelled', 1)) AS step(status, sign)
       GROUP BY workspace_id, occurrence_id, step.status, step.sign
    )
    SELECT (SELECT count(*) FROM turned),
           (SELECT id FROM rows ORDER BY id DESC LIMIT 1)
""")
# The lane goes when nothing is left that it could hold back.
_CLOSE = text("""
    DELETE FROM lanes l
     WHERE l.occurrence_id = :occurrence_id AND l.state = 'cancelled'
       AND 0 = (SELECT coalesce(sum(c.n), 0) FROM delivery_counts c
                 WHERE c.occurrence_id = l.occurrence_id
                   AND c.status IN ('scheduled', 'sending'))
""")


def lanes(session: Session) -> list[UUID]:
    """Occurrences whose lane is cancelled and not closed yet."""
    return list(session.scalars(_LANES))


def turn_over(
    session: Session, occurrence_id: UUID, after: UUID = FIRST, most: int = 5000
) -> tuple[int, UUID | None]:
    """Cancel up to ``most`` unmarked rows after ``after``; how many, and the last one's id.

    The id is None when there was none left.
    """
    values = {"occurrence_id": occurrence_id, "after": after, "most": most}
    row = session.execute(_TURN_OVER, values).one()
    return int(row[0]), row[1]


def close(session: Session, occurrence_id: UUID) -> None:
    """Remove the cancelled lane once it holds nothing back."""
    session.execute(_CLOSE, {"occurrence_id": occurrence_id})
