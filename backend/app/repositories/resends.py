"""What stayed in doubt, of schedules that resend such messages by themselves.

Silence says that a message did not leave only while callbacks about its number come in, so the
wait counts only minutes in which they did.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

# Most of what was accepted in the last hour has been reported on, but for the newest minute.
_HEALTHY = """
    (SELECT coalesce(avg(CASE WHEN coalesce(d.sent_at, d.delivered_at, d.read_at, d.failed_at)
                              IS NULL THEN 0 ELSE 1 END), 0) >= 0.9
       FROM (SELECT occurrence_id, delivery_id FROM attempts a
              WHERE a.sender_id = doubtful.sender_id AND a.outcome = 'accepted'
                AND a.marked_at > clock_timestamp() - interval '1 hour'
                AND a.marked_at < clock_timestamp() - interval '1 minute'
              ORDER BY a.marked_at DESC LIMIT 200) known
       JOIN deliveries d ON d.occurrence_id = known.occurrence_id AND d.id = known.delivery_id)
"""
_INBOX_EMPTY = """
    NOT EXISTS (SELECT 1 FROM webhook_inbox
                 WHERE state = 'pending' AND received_at < clock_timestamp() - interval '10 s')
"""
_DOUBTFUL = """
    SELECT o.id AS occurrence_id, o.workspace_id, o.sender_id, s.id AS schedule_id,
           coalesce(s.resend_after_s, :default_s) AS after_s
      FROM (SELECT occurrence_id FROM delivery_counts WHERE status = 'unconfirmed'
             GROUP BY occurrence_id HAVING sum(n) > 0) c
      JOIN occurrences o ON o.id = c.occurrence_id
      JOIN schedules s ON s.id = o.schedule_id AND s.when_unconfirmed = 'resend'
     WHERE o.status IN ('open', 'running', 'completed')
       AND s.status IN ('scheduled', 'sending', 'completed')
       AND o.last_due_at + make_interval(secs => s.expires_after_s) > clock_timestamp()
"""
_NOTE = text(f"""
    INSERT INTO callback_minutes (sender_id, workspace_id, minute)
    SELECT DISTINCT sender_id, workspace_id, date_trunc('minute', clock_timestamp())
      FROM ({_DOUBTFUL}) doubtful
     WHERE {_INBOX_EMPTY} AND {_HEALTHY}
    ON CONFLICT DO NOTHING
""")
_FORGET = text("""
    DELETE FROM callback_minutes WHERE minute < clock_timestamp() - interval '7 days'
""")
# Once only: what is in doubt a second time is for a person. And never later than it may be sent.
_DUE = text(f"""
    SELECT doubtful.workspace_id, doubtful.schedule_id, d.occurrence_id, d.id
      FROM ({_DOUBTFUL}) doubtful
      JOIN deliveries d ON d.occurrence_id = doubtful.occurrence_id AND d.status = 'unconfirmed'
      JOIN attempts a ON a.occurrence_id = d.occurrence_id AND a.id = d.attempt_id
     WHERE {_INBOX_EMPTY} AND d.expires_at > clock_timestamp()
       AND a.outcome = 'unconfirmed'
       AND a.marked_at < clock_timestamp() - make_interval(secs => doubtful.after_s)
       AND doubtful.after_s <= 60 * (
         SELECT count(*) FROM callback_minutes m
          WHERE m.sender_id = doubtful.sender_id AND m.minute > a.marked_at)
       AND NOT EXISTS (
         SELECT 1 FROM attempts before
          WHERE before.occurrence_id = d.occurrence_id AND before.delivery_id = d.id
            AND before.superseded_at IS NOT NULL)
     ORDER BY d.occurrence_id, d.id LIMIT :most
""")


@dataclass(frozen=True, slots=True)
class Doubted:
    """A delivery whose time to be resent has come."""

    workspace_id: UUID
    schedule_id: UUID
    occurrence_id: UUID
    delivery_id: UUID


def note_minute(session: Session, default_s: int) -> None:
    """Note that callbacks come as they should, for each number whose silence is waited for."""
    session.execute(_NOTE, {"default_s": default_s})
    session.execute(_FORGET)


def due(session: Session, default_s: int, most: int) -> list[Doubted]:
    """What is to be resent now; ``default_s`` where the schedule doesn't say after how long."""
    rows = session.execute(_DUE, {"default_s": default_s, "most": most})
    return [Doubted(*row) for row in rows]
