"""Whether callbacks come in, and how many wait."""

from dataclasses import dataclass
from datetime import datetime

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
_UNKNOWN = text("""
    SELECT count(DISTINCT wamid), min(first_seen_at) FROM unmatched_statuses WHERE tries > 0
""")
_ACCEPTED = text("""
    SELECT count(*) FROM attempts a JOIN senders s ON s.id = a.sender_id
     WHERE a.marked_at > clock_timestamp() - make_interval(secs => :seconds)
       AND a.outcome = 'accepted'
""")


def measure(session: Session) -> Traffic:
    """What the inbox holds now."""
    return Traffic(*session.execute(_TRAFFIC).one())


def unknown_messages(session: Session) -> tuple[int, datetime | None]:
    """Messages reported on that weren't known at a second look either, and since when."""
    found = session.execute(_UNKNOWN).one()
    return int(found[0]), found[1]


def accepted_within(session: Session, seconds: float) -> int:
    """Messages WhatsApp accepted lately, which must have brought callbacks."""
    return int(session.execute(_ACCEPTED, {"seconds": seconds}).scalar_one())
