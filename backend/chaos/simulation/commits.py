"""The commits of a drain, after ``repositories`` claims, drains, marks and settlements."""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from app.domain.send_timing import TIMING
from app.domain.states import DeliveryStatus
from app.domain.status_merge import Event, Fact, merge, shown_status
from app.repositories.lanes import DueLane
from app.repositories.settlements import Settlement
from app.services.dispatch.account import LEASE_S
from app.services.dispatch.jobs import Job
from chaos.simulation.database import Database, moment
from chaos.simulation.rows import Attempt, Claim, Delivery, Lane, Sender

_NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Lease:
    """What the holder knows."""

    epoch: int
    rung: int
    slot_in: float


def acquire(db: Database, sender: Sender) -> Lease | None:
    """Count the doorbell; take the lease if nobody holds it."""
    sender.rung += 1
    if sender.leased_until >= db.now:
        return None
    sender.epoch += 1
    sender.leased_until = db.now + LEASE_S
    return Lease(sender.epoch, sender.rung, sender.next_slot - db.now)


def renew(db: Database, sender: Sender, epoch: int, slot_in: float) -> int | None:
    """Keep the lease; None when it is lost."""
    if sender.epoch != epoch:
        return None
    sender.leased_until, sender.next_slot = db.now + LEASE_S, db.now + slot_in
    return sender.rung


def end(db: Database, sender: Sender, epoch: int, slot_in: float, rung: int | None = None) -> bool:
    """Give the lease back; with ``rung`` only if no doorbell came since."""
    if sender.epoch != epoch or rung not in (None, sender.rung):
        return False
    sender.leased_until, sender.next_slot = db.now, db.now + slot_in
    return True


def next_due(lane: Lane) -> float | None:
    """When the lane's next row is due."""
    while lane.due and lane.due[0][2].next_at != lane.due[0][0]:
        heapq.heappop(lane.due)
    return lane.due[0][0] if lane.due else None


def due_lanes(db: Database, sender: Sender, within_s: float) -> list[DueLane]:
    """Lanes with work soon, the most urgent first."""
    found = []
    for lane in sender.lanes:
        at = next_due(lane) if lane.stopped == "runnable" else None
        if at is not None and at <= db.now + within_s:
            found.append((lane.priority, at, lane))
    found.sort(key=lambda one: (one[0], one[1], one[2].id.int))
    return [
        DueLane(lane.id, lane.schedule, _NOBODY, _NOBODY, priority, lane.version, lane.max_rate,
                "utility", "ignore", at - db.now)
        for priority, at, lane in found
    ]  # fmt: skip


def take(
    db: Database, sender: Sender, lanes: dict[UUID, Lane], shares: Sequence[tuple[UUID, int]],
    ahead_s: float,
) -> tuple[Claim, list[tuple[Delivery, float]]]:  # fmt: skip
    """Claim up to n due rows of each lane; with each the time at which it was due."""
    claim = Claim(db.new_id(), db.now + TIMING.claim_lease_s, [])
    taken: list[tuple[Delivery, float]] = []
    for lane_id, n in shares:
        lane, passed = lanes[lane_id], []
        while n > 0 and (at := next_due(lane)) is not None and at <= db.now + ahead_s:
            entry = heapq.heappop(lane.due)
            delivery = entry[2]
            if delivery.locked_by:
                passed.append(entry)
                continue
            n -= 1
            delivery.claim, delivery.next_at = claim, None
            taken.append((delivery, at))
        for entry in passed:
            heapq.heappush(lane.due, entry)
    claim.deliveries = [delivery for delivery, _ in taken]
    if taken:
        sender.claims[claim.id] = claim
    return claim, taken


def verdict(db: Database, job: Job, delivery: Delivery, epoch: int) -> str:
    """What a mark finds; the first that fits."""
    lane, rules = delivery.lane, db.rules
    mine = delivery.claim is not None and delivery.claim.id == job.claim_id
    lost = not mine or delivery.next_at is not None or lane.sender.epoch != epoch
    if delivery.status != "scheduled" or (rules.fence and lost):
        return "lost"
    early = rules.never_early and delivery.due_at > db.now
    stopped = lane.stopped != "runnable" or lane.version != job.lane.version
    if early or (rules.lanes_count and stopped) or db.held_for is not None:
        return "release"
    if delivery.expires_at <= db.now:
        return "expired"
    return "opted_out" if delivery.person.opted_out else "mark"


def mark(db: Database, job: Job, delivery: Delivery, epoch: int, worker: str, at: float) -> None:
    """Write what ``verdict`` allowed, found at ``at``."""
    if db.rules.attempt_on_disk:
        attempt = Attempt(job.attempt_id, delivery, worker, epoch, at)
        db.attempts[job.attempt_id] = attempt
        db.note("mark", delivery.id, delivery.lane, attempt=str(job.attempt_id))
    delivery.attempt, delivery.marked_at = job.attempt_id, db.now
    delivery.attempts += 1
    db.move(delivery, "sending")


def settle(db: Database, one: Settlement) -> None:
    """Write what came back of one row; whoever comes too late changes nothing."""
    delivery, attempt = db.deliveries[one.delivery_id], db.attempts.get(one.attempt_id or _NOBODY)
    if attempt is not None and attempt.outcome in (None, "unconfirmed"):
        db.close(attempt, one.outcome, one.wamid)
    if not _is_mine(delivery, one) and db.rules.own_attempt:
        return
    again = one.becomes == "scheduled"
    exhausted = again and one.max_tries > 0 and delivery.tries >= one.max_tries
    delivery.tries += one.max_tries > 0
    delivery.wamid = delivery.wamid or one.wamid
    delivery.claim = None
    status = "failed" if exhausted else one.becomes
    if status in ("accepted", "failed"):
        delivery.facts = merge(delivery.facts, Event(Fact(status), moment(db.now)))
    if status == "accepted":
        status = shown_status(delivery.facts, DeliveryStatus.ACCEPTED)
    else:
        delivery.reason = "retries_exhausted" if exhausted else one.reason
    db.move(delivery, status, counted=db.rules.counted)
    delivery.next_at = None
    if status == "scheduled":
        wait_until = min(delivery.expires_at, db.now + one.wait_s)
        db.make_due(delivery, max(delivery.due_at, wait_until))


def _is_mine(delivery: Delivery, one: Settlement) -> bool:
    if one.attempt_id is None:
        held = delivery.claim is not None and delivery.claim.id == one.claim_id
        return held and delivery.status == "scheduled" and delivery.next_at is None
    if one.becomes == "accepted":
        return delivery.attempt == one.attempt_id
    return delivery.attempt == one.attempt_id and delivery.status in ("sending", "unconfirmed")


def finish(db: Database, sender: Sender, claim_ids: Sequence[UUID]) -> None:
    """Forget claims, except those that still hold a row."""
    for id_ in claim_ids:
        claim = sender.claims.get(id_)
        if claim is not None and not (db.rules.claims_kept and claim.holds()):
            del sender.claims[id_]


def is_locked(claims: Sequence[Claim]) -> bool:
    """Whether a recovery has to wait for somebody's mark."""
    return any(one.locked_by for claim in claims for one in claim.deliveries)


def recover(db: Database, sender: Sender, *, all_of_sender: bool) -> None:
    """Free what dead claims hold, and doubt what was marked long ago and never settled."""
    for claim in list(sender.claims.values()):
        dead = all_of_sender or claim.leased_until < db.now
        for one in claim.deliveries:
            if one.claim is not claim:
                continue
            if one.status == "scheduled" and one.next_at is None and dead:
                _release(db, one)
            elif one.status == "sending" and one.marked_at < db.now - TIMING.doubt_s:
                _doubt(db, one)
        if dead and not claim.holds():
            del sender.claims[claim.id]


def _release(db: Database, one: Delivery) -> None:
    if db.rules.claims_freed:
        one.claim = None
        db.make_due(one, max(one.due_at, db.now))


def _doubt(db: Database, one: Delivery) -> None:
    attempt = db.attempts.get(one.attempt or _NOBODY)
    stays = db.rules.doubt_stays
    if attempt is not None and attempt.outcome is None:
        db.close(attempt, "unconfirmed" if stays else "not_sent")
    db.move(one, "unconfirmed" if stays else "scheduled")
    if not stays:
        one.claim = None
        db.make_due(one, db.now)
