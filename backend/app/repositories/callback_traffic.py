"""Whether callbacks come in, and how many wait."""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Traffic:
    """``lag_s``: how long the oldest unmerged body waits; ages are None when there was none."""

    pending: int
    lag_s: float
    quarantined: int
    unmatched: int
    last_heard_s: float | None


_TRAFFIC = text("""
    SELECT count(*) AS pending,
           coalesce(extract(epoch FROM clock_timestamp() - min(received_at)), 0)::float8 AS lag_s,
           (SELECT count(*) FROM webhook_inbox WHERE state = 'quarantined') AS quarantined,
           (SELECT count(*) FROM unmatched_statuses WHERE next_try_at IS NOT NULL) AS unmatched,
           (SELECT extract(epoch FROM clock_timestamp() - received_at)::float8
              FROM webhook_inbox ORDER BY id DESC LIMIT 1) AS last_heard_s
      FROM webhook_inbox WHERE state = 'pending'
""")
_ACCEPTED = text("""
    SELECT count(*) FROM attempts a JOIN senders s ON s.id = a.sender_id
     WHERE a.marked_at > clock_timestamp() - make_interval(secs => :seconds)
       AND a.outcome = 'accepted'
""")


def measure(session: Session) -> Traffic:
    """What the inbox holds now."""
    return Traffic(*session.execute(_TRAFFIC).one())


def accepted_within(session: Session, seconds: float) -> int:
    """Messages WhatsApp accepted lately, which must have brought callbacks."""
    return int(session.execute(_ACCEPTED, {"seconds": seconds}).scalar_one())
