"""What may not leave any more, of lanes that no drain looks at."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.repositories import row_edits

# Cancelled lanes are turned over as a whole.
_STOPPED = "(l.state NOT IN ('runnable', 'cancelled') OR NOT l.sender_active)"
_LANES = text(f"""
    SELECT DISTINCT l.occurrence_id FROM lanes l
     WHERE {_STOPPED} AND EXISTS (
       SELECT 1 FROM deliveries d
        WHERE d.occurrence_id = l.occurrence_id
          AND d.next_attempt_at <= (SELECT clock_timestamp()))
     LIMIT :most
""")
# By itself first: what an edit says must be read by a statement that sees what this waited for.
_LOCK = text(f"""
    SELECT 1 FROM lanes l WHERE l.occurrence_id = :occurrence_id AND {_STOPPED}
     ORDER BY l.sender_id FOR SHARE
""")
# Nobody waits past its expiry, so what has expired is due; and what has waited longest comes
# first: where none of the first few thousand has expired the others are not read.
_EXPIRE = text(f"""
    WITH first AS (
      SELECT occurrence_id, id FROM deliveries
       WHERE occurrence_id = :occurrence_id
         AND next_attempt_at <= (SELECT clock_timestamp())
       ORDER BY next_attempt_at, id LIMIT :most
    ), over AS (
      SELECT d.occurrence_id, d.id
        FROM first JOIN deliveries d USING (occurrence_id, id) {row_edits.joined("d")}
       WHERE d.next_attempt_at IS NOT NULL
         AND {row_edits.expires_at("d")} <= (SELECT clock_timestamp())
       ORDER BY d.occurrence_id, d.id FOR NO KEY UPDATE OF d
    ), expired AS (
      UPDATE deliveries d SET status = 'expired', reason = 'expired', next_attempt_at = NULL,
             updated_at = clock_timestamp()
        FROM over WHERE d.occurrence_id = over.occurrence_id AND d.id = over.id
         AND d.status = 'scheduled' AND d.next_attempt_at IS NOT NULL
      RETURNING d.workspace_id, d.occurrence_id, d.id
    ), noted AS (
      INSERT INTO delivery_events (workspace_id, occurrence_id, delivery_id, source, event, detail)
      SELECT workspace_id, occurrence_id, id, 'planner', 'expired',
             jsonb_build_object('reason', 'expired') FROM expired
    ), counted AS (
      INSERT INTO delivery_counts (workspace_id, occurrence_id, status, n)
      SELECT workspace_id, occurrence_id, step.status, step.sign * count(*)
        FROM expired CROSS JOIN (VALUES ('scheduled', -1), ('expired', 1)) AS step(status, sign)
       GROUP BY workspace_id, occurrence_id, step.status, step.sign
    )
    SELECT count(*) FROM expired
""")


def stopped(session: Session, most: int = 500) -> list[UUID]:
    """Occurrences that are held, paused or of a paused sender, and have something due."""
    return list(session.scalars(_LANES, {"most": most}))


def expire(session: Session, occurrence_id: UUID, most: int) -> int:
    """Expire what is too late among the ``most`` rows that have waited longest; how many."""
    values = {"occurrence_id": occurrence_id, "most": most}
    if session.execute(_LOCK, values).first() is None:
        return 0
    return int(session.execute(_EXPIRE, values).scalar_one())
