"""The lease of a sender's drain: one holder, fenced by an epoch, no session state.

All times are the database's. Every move is one conditional UPDATE; zero rows is an answer.
"""

import time
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Lease:
    """What the holder knows: ``slot_in`` is seconds until the pace allows the next send.

    It may be past; ``share`` is the part of the limit used from then on, and ``braked_in`` when
    the account may be asked again. ``asked_at`` (monotonic) is before the lease began, so nobody
    else has it any sooner.
    """

    sender_id: UUID
    workspace_id: UUID
    epoch: int
    rung: int
    slot_in: float
    asked_at: float
    share: float = 1.0
    braked_in: float = 0.0


@dataclass(frozen=True, slots=True)
class Heard:
    """Doorbells so far, and seconds until the account may be asked again (may be past)."""

    rung: int
    braked_in: float


_RING = text("UPDATE sender_drains SET rung = rung + 1 WHERE sender_id = :sender_id")
_ACQUIRE = text("""
    UPDATE sender_drains
       SET owner = :owner, epoch = epoch + 1,
           leased_until = clock_timestamp() + make_interval(secs => :lease_s)
     WHERE sender_id = :sender_id
       AND (leased_until IS NULL OR leased_until < clock_timestamp())
    RETURNING sender_id, workspace_id, epoch, rung, share,
              coalesce(extract(epoch FROM next_slot - clock_timestamp()), 0)::float8 AS slot_in,
              coalesce(extract(epoch FROM braked_until - clock_timestamp()), 0)::float8
                AS braked_in
""")
_RENEW = text("""
    UPDATE sender_drains
       SET leased_until = clock_timestamp() + make_interval(secs => :lease_s),
           next_slot = clock_timestamp() + make_interval(secs => :slot_in), share = :share
     WHERE sender_id = :sender_id AND epoch = :epoch
    RETURNING rung,
              coalesce(extract(epoch FROM braked_until - clock_timestamp()), 0)::float8
                AS braked_in
""")
_LISTEN = text("""
    SELECT rung,
           coalesce(extract(epoch FROM braked_until - clock_timestamp()), 0)::float8 AS braked_in
      FROM sender_drains WHERE sender_id = :sender_id AND epoch = :epoch
""")
_END = text("""
    UPDATE sender_drains
       SET leased_until = clock_timestamp(), owner = NULL,
           next_slot = clock_timestamp() + make_interval(secs => :slot_in), share = :share
     WHERE sender_id = :sender_id AND epoch = :epoch
       AND (CAST(:rung AS int) IS NULL OR rung = :rung)
    RETURNING epoch
""")
# In one order, so that two who brake don't wait for each other.
_BRAKE = text("""
    WITH locked AS MATERIALIZED (
      SELECT d.sender_id FROM sender_drains d
        JOIN senders s ON s.workspace_id = d.workspace_id AND s.id = d.sender_id
       WHERE d.workspace_id = :workspace_id
         AND (CAST(:waba_id AS text) IS NULL OR s.waba_id = :waba_id)
       ORDER BY d.sender_id FOR UPDATE OF d)
    UPDATE sender_drains d
       SET braked_until = greatest(d.braked_until,
                                   clock_timestamp() + make_interval(secs => :seconds))
      FROM locked WHERE d.sender_id = locked.sender_id
""")
# Lateral probes of the "due" index: cheap however many rows a lane has.
_WITH_WORK = text("""
    SELECT l.sender_id, min(n.next_attempt_at) AS first_due_at
      FROM lanes l
      CROSS JOIN LATERAL (
        SELECT d.next_attempt_at FROM deliveries d
         WHERE d.occurrence_id = l.occurrence_id AND d.next_attempt_at IS NOT NULL
         ORDER BY d.next_attempt_at, d.id LIMIT 1) n
     WHERE l.state = 'runnable' AND l.sender_active
       AND n.next_attempt_at <= clock_timestamp() + make_interval(secs => :within_s)
     GROUP BY l.sender_id
""")

# Work that nobody does: it is due (almost), or a drain that died has claimed it, and no lease
# is alive. Rows in a claim have no due time of their own, so they must be looked for apart.
_FORSAKEN = text("""
    SELECT drain.sender_id FROM sender_drains drain
     WHERE (drain.leased_until IS NULL OR drain.leased_until < clock_timestamp())
       AND (EXISTS (
         SELECT 1 FROM lanes l
          CROSS JOIN LATERAL (
            SELECT d.next_attempt_at FROM deliveries d
             WHERE d.occurrence_id = l.occurrence_id AND d.next_attempt_at IS NOT NULL
             ORDER BY d.next_attempt_at, d.id LIMIT 1) n
          WHERE l.sender_id = drain.sender_id AND l.state = 'runnable' AND l.sender_active
            AND n.next_attempt_at
                <= (SELECT clock_timestamp() + make_interval(secs => :within_s)))
       OR EXISTS (
         SELECT 1 FROM claims c
          CROSS JOIN LATERAL unnest(c.occurrence_ids, c.delivery_ids) AS u(occurrence_id, id)
           JOIN deliveries d ON d.occurrence_id = u.occurrence_id AND d.id = u.id
          WHERE c.sender_id = drain.sender_id AND d.claim_id = c.id
            AND d.status = 'scheduled'))
""")


def ring(session: Session, sender_id: UUID) -> None:
    """Count a doorbell, so that a drain about to end looks once more."""
    session.execute(_RING, {"sender_id": sender_id})


def acquire(session: Session, sender_id: UUID, owner: str, lease_s: float) -> Lease | None:
    """Take the lease if nobody holds it; the epoch grows and fences the holder before."""
    asked_at = time.monotonic()
    row = session.execute(
        _ACQUIRE, {"sender_id": sender_id, "owner": owner, "lease_s": lease_s}
    ).one_or_none()
    if row is None:
        return None
    return Lease(
        row.sender_id, row.workspace_id, row.epoch, row.rung, row.slot_in, asked_at, row.share,
        row.braked_in,
    )  # fmt: skip


def renew(
    session: Session, lease: Lease, lease_s: float, slot_in: float, share: float = 1.0
) -> Heard | None:
    """Keep the lease and save the pace; None when the lease is lost."""
    values = {
        "sender_id": lease.sender_id,
        "epoch": lease.epoch,
        "lease_s": lease_s,
        "slot_in": slot_in,
        "share": share,
    }
    row = session.execute(_RENEW, values).one_or_none()
    return None if row is None else Heard(*row)


def listen(session: Session, lease: Lease) -> Heard | None:
    """What others tell the holder; None when the lease is lost."""
    row = session.execute(
        _LISTEN, {"sender_id": lease.sender_id, "epoch": lease.epoch}
    ).one_or_none()
    return None if row is None else Heard(*row)


def end(
    session: Session, lease: Lease, slot_in: float, share: float = 1.0, rung: int | None = None
) -> bool:
    """Give the lease back; with ``rung`` only if no doorbell came since."""
    values = {
        "sender_id": lease.sender_id,
        "epoch": lease.epoch,
        "rung": rung,
        "slot_in": slot_in,
        "share": share,
    }
    return session.execute(_END, values).first() is not None


def brake(session: Session, workspace_id: UUID, waba_id: str | None, seconds: float) -> None:
    """Nothing more leaves for so long from numbers of an account, or of the whole workspace."""
    values = {"workspace_id": workspace_id, "waba_id": waba_id, "seconds": seconds}
    session.execute(_BRAKE, values)


def forsaken(session: Session, within_s: float) -> list[UUID]:
    """Senders with work due within ``within_s``, or claimed, and no drain alive."""
    return list(session.scalars(_FORSAKEN, {"within_s": within_s}))


def with_work(session: Session, within_s: float) -> list[Row[UUID, datetime]]:
    """``(sender_id, first_due_at)`` of senders with something due within ``within_s``."""
    return list(session.execute(_WITH_WORK, {"within_s": within_s}))
