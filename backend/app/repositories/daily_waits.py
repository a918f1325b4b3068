"""What waits for room in a portfolio's limit: woken early when there is some, shown to people."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Uuid

from app.repositories.daily_limits import DAY, KEY

_IDS = bindparam("ids", type_=ARRAY(Uuid()))
# People who no longer count may still be in the table: nobody has counted since.
_USED = f"""p.used - (
           SELECT count(*) FROM people_reached r
            WHERE r.workspace_id = p.workspace_id AND r.portfolio = p.key
              AND r.counted_at <= (SELECT clock_timestamp()) - {DAY})"""
# "stop" was chosen since: whoever waits is looked at again, and left out.
_OPEN = text(f"""
    SELECT w.occurrence_id, w.sender_id, s.workspace_id, {KEY.format(s="s")} AS key,
           CASE WHEN l.daily_limit = 'spread' THEN s.messaging_limit END AS most,
           coalesce({_USED}, 0)::int AS used
      FROM daily_waits w
      JOIN lanes l ON l.occurrence_id = w.occurrence_id AND l.sender_id = w.sender_id
      JOIN senders s ON s.id = w.sender_id
      LEFT JOIN portfolios p ON p.workspace_id = s.workspace_id AND p.key = {KEY.format(s="s")}
     WHERE w.until > clock_timestamp() AND l.state = 'runnable' AND l.sender_active
     ORDER BY l.priority, w.until, w.occurrence_id
""")
_WAKE = text("""
    WITH woken AS (
      SELECT occurrence_id, id FROM deliveries
       WHERE occurrence_id = :occurrence_id
         AND next_attempt_at > (SELECT clock_timestamp()) AND reason = 'daily_limit'
       ORDER BY next_attempt_at, id LIMIT :most FOR NO KEY UPDATE SKIP LOCKED
    ), now AS MATERIALIZED (
      SELECT clock_timestamp() AS at
    )
    UPDATE deliveries d
       SET next_attempt_at = now.at, due_at = now.at, reason = NULL,
           expires_at = now.at + (d.expires_at - d.due_at), updated_at = now.at
      FROM woken CROSS JOIN now WHERE d.occurrence_id = woken.occurrence_id AND d.id = woken.id
    RETURNING 1
""")
_CLOSE = text("DELETE FROM daily_waits WHERE occurrence_id = :occurrence_id")
_FORGET = (
    text(f"""
        DELETE FROM portfolios p WHERE NOT EXISTS (
          SELECT 1 FROM senders s
           WHERE s.workspace_id = p.workspace_id AND s.messaging_limit IS NOT NULL
             AND {KEY.format(s="s")} = p.key)
    """),
    # After the portfolio, as whoever takes places does.
    text("DELETE FROM daily_waits WHERE until < clock_timestamp() - interval '1 hour'"),
)
_OF_SENDERS = text(f"""
    SELECT s.id, coalesce({_USED}, 0)::int,
           CASE WHEN {_USED} >= s.messaging_limit THEN (
             SELECT min(r.counted_at) FROM people_reached r
              WHERE r.workspace_id = p.workspace_id AND r.portfolio = p.key
                AND r.counted_at > clock_timestamp() - {DAY}) + {DAY} END
      FROM senders s
      LEFT JOIN portfolios p ON p.workspace_id = s.workspace_id AND p.key = {KEY.format(s="s")}
     WHERE s.workspace_id = :workspace_id AND s.id = ANY(:ids) AND s.messaging_limit IS NOT NULL
""").bindparams(_IDS)
_OF_SCHEDULES = text("""
    SELECT o.schedule_id, min(next.at)
      FROM occurrences o
      JOIN daily_waits w ON w.occurrence_id = o.id AND w.until > clock_timestamp()
      CROSS JOIN LATERAL (
        SELECT d.next_attempt_at AS at FROM deliveries d
         WHERE d.occurrence_id = o.id AND d.next_attempt_at IS NOT NULL
         ORDER BY d.next_attempt_at, d.id LIMIT 1) next
     WHERE o.workspace_id = :workspace_id AND o.schedule_id = ANY(:ids)
       AND next.at > clock_timestamp()
     GROUP BY o.schedule_id
""").bindparams(_IDS)


@dataclass(frozen=True, slots=True)
class Wait:
    """An occurrence that waits; ``most`` None: whoever waits in it need not."""

    occurrence_id: UUID
    sender_id: UUID
    workspace_id: UUID
    portfolio: str
    most: int | None
    used: int


@dataclass(frozen=True, slots=True)
class Use:
    """People who count now, and when the first place is free again; None: some are."""

    used: int
    room_at: datetime | None


def open_waits(session: Session) -> list[Wait]:
    """What waits and could be sent, most urgent first."""
    return [Wait(*row) for row in session.execute(_OPEN)]


def wake(session: Session, occurrence_id: UUID, most: int) -> int:
    """Have up to ``most`` of what waits be due now; they expire as much later as they waited."""
    values = {"occurrence_id": occurrence_id, "most": most}
    woken = len(session.execute(_WAKE, values).all())
    if woken < most:
        session.execute(_CLOSE, values)
    return woken


def forget(session: Session) -> None:
    """Forget waits that are over and portfolios without a limit."""
    for statement in _FORGET:
        session.execute(statement)


def of_senders(session: Session, workspace_id: UUID, ids: Collection[UUID]) -> dict[UUID, Use]:
    """Sender id -> how much of its portfolio's limit is used; of those that have one."""
    rows = session.execute(_OF_SENDERS, {"workspace_id": workspace_id, "ids": list(ids)})
    return {row[0]: Use(row[1], row[2]) for row in rows}


def of_schedules(
    session: Session, workspace_id: UUID, ids: Collection[UUID]
) -> dict[UUID, datetime]:
    """Schedule id -> when the next of its deliveries that wait for room is due."""
    rows = session.execute(_OF_SCHEDULES, {"workspace_id": workspace_id, "ids": list(ids)})
    return {row[0]: row[1] for row in rows}
