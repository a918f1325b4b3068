"""Reports on messages we don't know (yet): kept, tried again, visible when given up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Session
from sqlalchemy.types import BigInteger, DateTime, Text


@dataclass(frozen=True, slots=True)
class Kept:
    """A report as it came; ``first_seen_at`` stands in for a time that Meta didn't give."""

    phone_number_id: str
    wamid: str
    status: dict[str, Any]
    first_seen_at: datetime
    id: int = 0


_KEEP = text("""
    INSERT INTO unmatched_statuses (phone_number_id, wamid, status, first_seen_at, next_try_at)
    SELECT DISTINCT ON (wamid, status) given.*, clock_timestamp() + make_interval(secs => :wait_s)
      FROM unnest(:phone_number_ids, :wamids, :statuses, :first_seen_ats)
        AS given(phone_number_id, wamid, status, first_seen_at)
     WHERE NOT EXISTS (SELECT 1 FROM unmatched_statuses u
                        WHERE u.wamid = given.wamid AND u.status = given.status)
""").bindparams(
    bindparam("phone_number_ids", type_=ARRAY(Text())),
    bindparam("wamids", type_=ARRAY(Text())),
    bindparam("statuses", type_=ARRAY(JSONB())),
    bindparam("first_seen_ats", type_=ARRAY(DateTime(timezone=True))),
)
_DUE = text("""
    SELECT id, phone_number_id, wamid, status, first_seen_at FROM unmatched_statuses
     WHERE next_try_at <= (SELECT clock_timestamp())
     ORDER BY next_try_at LIMIT :most FOR UPDATE SKIP LOCKED
""")
_FORGET = text("DELETE FROM unmatched_statuses WHERE id = ANY(:ids)").bindparams(
    bindparam("ids", type_=ARRAY(BigInteger()))
)
_LATER = text("""
    UPDATE unmatched_statuses SET tries = tries + 1,
           next_try_at = CASE
             WHEN first_seen_at > clock_timestamp() - make_interval(secs => :give_up_s)
             THEN clock_timestamp()
                + make_interval(secs => least(:most_wait_s, :wait_s * 2 ^ least(tries + 1, 20))) END
     WHERE id = ANY(:ids)
""").bindparams(bindparam("ids", type_=ARRAY(BigInteger())))


def keep(session: Session, statuses: Sequence[Kept], wait_s: float) -> None:
    """Keep reports, exact copies once; the first try comes in ``wait_s``."""
    values = {
        "phone_number_ids": [kept.phone_number_id for kept in statuses],
        "wamids": [kept.wamid for kept in statuses],
        "statuses": [kept.status for kept in statuses],
        "first_seen_ats": [kept.first_seen_at for kept in statuses],
    }
    session.execute(_KEEP, {**values, "wait_s": wait_s})


def take_due(session: Session, most: int) -> list[Kept]:
    """Lock and read what is to be tried again now."""
    return [
        Kept(row.phone_number_id, row.wamid, row.status, row.first_seen_at, row.id)
        for row in session.execute(_DUE, {"most": most})
    ]


def forget(session: Session, ids: Sequence[int]) -> None:
    """Delete what has found its delivery."""
    session.execute(_FORGET, {"ids": list(ids)})


def try_later(
    session: Session, ids: Sequence[int], *, wait_s: float, most_wait_s: float, give_up_s: float
) -> None:
    """Wait twice as long before each next try; after ``give_up_s`` only stay visible."""
    values = {"wait_s": wait_s, "most_wait_s": most_wait_s, "give_up_s": give_up_s}
    session.execute(_LATER, {"ids": list(ids), **values})


_FORGET_OLDER = text("""
    DELETE FROM unmatched_statuses
     WHERE first_seen_at < clock_timestamp() - make_interval(days => :days)
""")


def forget_older(session: Session, days: int) -> None:
    """Delete statuses whose message nobody knew for ``days``."""
    session.execute(_FORGET_OLDER, {"days": days})
