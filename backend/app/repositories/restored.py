"""Deliveries of a restored database: were they sent after the backup was taken? Nobody knows."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

# An attempt is written for each, as the mark would have: callbacks find it, and a person may
# send again what turns out not to have been sent.
_DOUBT = text("""
    WITH old AS MATERIALIZED (
      SELECT d.occurrence_id, d.id, l.version, l.message_version_id,
             coalesce(d.expires_at <= :taken_at, false) AS ended
        FROM lanes l JOIN deliveries d
          ON d.occurrence_id = l.occurrence_id AND d.sender_id = l.sender_id
       WHERE l.state <> 'cancelled' AND d.next_attempt_at IS NOT NULL AND d.due_at < :before
         AND d.created_at < :made_before
         AND (l.occurrence_id = :occurrence_id OR CAST(:occurrence_id AS uuid) IS NULL)
       ORDER BY d.occurrence_id, d.id LIMIT :most FOR NO KEY UPDATE OF d
    ), doubted AS (
      UPDATE deliveries d
         SET status = CASE WHEN old.ended THEN 'expired' ELSE 'unconfirmed' END,
             reason = CASE WHEN old.ended THEN 'expired' END,
             attempts = d.attempts + CASE WHEN old.ended THEN 0 ELSE 1 END,
             attempt_id = CASE WHEN old.ended THEN d.attempt_id ELSE gen_random_uuid() END,
             marked_at = CASE WHEN old.ended THEN d.marked_at ELSE clock_timestamp() END,
             next_attempt_at = NULL, claim_id = NULL, updated_at = clock_timestamp()
        FROM old WHERE d.occurrence_id = old.occurrence_id AND d.id = old.id
         AND d.status = 'scheduled'
      RETURNING d.*, old.version, old.message_version_id
    ), written AS (
      INSERT INTO attempts (occurrence_id, id, workspace_id, delivery_id, recipient_id, sender_id,
                            number, claim_id, worker, epoch, schedule_version,
                            message_version_id, settled_at, outcome, detail)
      SELECT occurrence_id, attempt_id, workspace_id, id, recipient_id, sender_id, attempts,
             gen_random_uuid(), 'restore', 0, version, message_version_id, clock_timestamp(),
             'unconfirmed', 'restored from a backup: it may have been sent before'
        FROM doubted WHERE status = 'unconfirmed'
    ), noted AS (
      INSERT INTO delivery_events (workspace_id, occurrence_id, delivery_id, source, event, detail)
      SELECT workspace_id, occurrence_id, id, 'dispatcher', status,
             '{"why": "restored from a backup"}'::jsonb FROM doubted
    ), counted AS (
      INSERT INTO delivery_counts (workspace_id, occurrence_id, status, n)
      SELECT workspace_id, occurrence_id, step.status, sum(step.sign)
        FROM doubted
        CROSS JOIN LATERAL (VALUES ('scheduled', -1), (doubted.status, 1)) AS step(status, sign)
       GROUP BY workspace_id, occurrence_id, step.status
    )
    SELECT count(*) FILTER (WHERE status = 'unconfirmed'),
           count(*) FILTER (WHERE status = 'expired') FROM doubted
""")


def doubt(
    session: Session,
    before: datetime,
    made_before: datetime,
    taken_at: datetime | None,
    occurrence_id: UUID | None = None,
    most: int = 5000,
) -> tuple[int, int]:
    """Take up to ``most`` rows due before ``before`` out of what is sent by itself.

    What was made since the restore, at ``made_before``, is sent as usual. What had expired when
    the backup was taken, at ``taken_at``, stays so; all else may have been sent since. Returns
    how many became unconfirmed and how many expired; claimed rows must be freed first.
    """
    values = {
        "before": before,
        "made_before": made_before,
        "taken_at": taken_at,
        "occurrence_id": occurrence_id,
        "most": most,
    }
    unconfirmed, expired = session.execute(_DOUBT, values).one()
    return unconfirmed, expired
