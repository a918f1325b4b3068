"""How much is waiting and how fast it goes: read once for each scrape, by indexes only."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

# Only rows that are due are read, lane by lane: millions may wait for another day.
_DUE = text("""
    SELECT coalesce(sum(due.n), 0)::bigint,
           coalesce(extract(epoch FROM clock_timestamp() - min(due.oldest)), 0)::float8
      FROM lanes l
      CROSS JOIN LATERAL (
        SELECT count(*) AS n, min(d.next_attempt_at) AS oldest FROM deliveries d
         WHERE d.occurrence_id = l.occurrence_id
           AND d.next_attempt_at <= (SELECT clock_timestamp())) due
     WHERE l.state = 'runnable' AND l.sender_active
""")
_PLANNER_LAG = text("""
    SELECT coalesce(greatest(0, max(extract(epoch FROM
             clock_timestamp() + make_interval(secs => :lead_s) - due_at))), 0)::float8
      FROM occurrences WHERE status = 'planned'
""")
_IN_DOUBT = text("""
    SELECT coalesce(sum(n), 0)::bigint FROM delivery_counts WHERE status = 'unconfirmed'
""")
_PACES = text("""
    SELECT s.id, s.throughput_mps, marked.n / 60.0
      FROM senders s
      CROSS JOIN LATERAL (
        SELECT count(*) AS n FROM attempts a
         WHERE a.sender_id = s.id
           AND a.marked_at > (SELECT clock_timestamp() - interval '60 seconds')) marked
     WHERE s.status = 'active' ORDER BY s.id
""")


@dataclass(frozen=True, slots=True)
class Pace:
    """Messages a second: what a sender may send, and what it sent over the last minute."""

    sender_id: UUID
    limit: int
    rate: float


def deliveries_due(session: Session) -> tuple[int, float]:
    """How many deliveries should have gone out by now, and for how many seconds the oldest."""
    count, oldest = session.execute(_DUE).one()
    return count, oldest


def planner_lag(session: Session, lead_s: float) -> float:
    """Seconds since the most overdue occurrence should have been opened; 0 when none is."""
    return float(session.execute(_PLANNER_LAG, {"lead_s": lead_s}).scalar_one())


def in_doubt(session: Session) -> int:
    """Deliveries that are unconfirmed."""
    return int(session.execute(_IN_DOUBT).scalar_one())


def paces(session: Session) -> list[Pace]:
    """How fast each active sender sends."""
    return [Pace(row[0], row[1], float(row[2])) for row in session.execute(_PACES)]
