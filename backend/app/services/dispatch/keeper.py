"""The keeper: settles what came back, claims what leaves next, keeps the lease.

All in one transaction a turn, so that a claim costs no commit of its own.
"""

import asyncio
import logging
import time
from collections import Counter
from contextlib import suppress
from math import ceil
from uuid import UUID

from sqlalchemy.orm import Session

from app.core import crash_points
from app.core.db import transaction
from app.core.ids import new_id
from app.domain.fair_share import Claimant, divide
from app.domain.refs import Ref
from app.domain.send_timing import TIMING
from app.repositories import claims, drains, lanes
from app.repositories.lanes import DueLane
from app.services.dispatch import breaker, completion, screen, settle, stop_orders
from app.services.dispatch.account import LEASE_S
from app.services.dispatch.daily_limit import DailyLimit
from app.services.dispatch.guard import WHY, guard
from app.services.dispatch.inflow import Inflow
from app.services.dispatch.jobs import Job
from app.services.dispatch.progress import Progress
from app.services.dispatch.settle import Returned
from app.services.dispatch.state import State

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 0.25
RENEW_EVERY_S = 3.0
AHEAD_S = 1.0  # rows are claimed this much before they are due
SOON_S = 120.0  # a drain stays for what is due within this
_MOST_CLAIMED = 1000
_GIVE_UP_SETTLING_S = 30.0


class Keeper:
    """One drain's bookkeeper."""

    def __init__(self, state: State) -> None:
        self._state, self._lease = state, state.lease
        self._rung = state.lease.rung
        self._renewed_at = time.monotonic()
        self._renewing_at: float | None = None  # not committed yet
        self._daily = DailyLimit(state.lease)
        self._braked_until = float("-inf")
        self._progress = Progress()
        self._inflow = Inflow(Ref(state.lease.workspace_id, state.lease.sender_id))
        self.next_due_in: float | None = None

    async def keep(self) -> None:
        """Turn over until the drain is over or nothing is left to do."""
        while not self._state.over():
            await self._turn_over()
            if self._idle() and await self._state.host.in_thread(self._end_if_unrung):
                return
            await self._until_next_look()

    async def hand_over(self) -> None:
        """Give back what was not marked, and the lease: a successor may go on at once."""
        for job in self._state.backlog.take_all():
            self._state.give_up(job)
        await self._turn_over()
        try:
            await self._state.host.in_thread(self._last_words)
        except Exception:
            logger.warning("a drain could not give back its lease", exc_info=True)

    async def finish(self) -> None:
        """Wait for what is on the wire and settle it; that takes no lease."""
        for tasks in (self._state.sending, self._state.errands):
            if tasks:
                await asyncio.wait(tasks)
        await self._state.warmth.close()
        give_up_at = time.monotonic() + _GIVE_UP_SETTLING_S
        while self._state.returned and time.monotonic() < give_up_at:
            await self._turn_over()
            if self._state.returned:
                await asyncio.sleep(LOOK_EVERY_S)
        await self._state.host.in_thread(self._progress.say)

    async def _until_next_look(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._state.look.wait(), LOOK_EVERY_S)
        self._state.look.clear()

    def _idle(self) -> bool:
        state = self._state
        busy = state.backlog or state.sending or state.returned
        return not busy and self.next_due_in is None

    async def _turn_over(self) -> None:
        returned = self._state.returned.take()
        self._renewing_at = None
        try:
            jobs, refused = await self._state.host.in_thread(
                lambda: settle.in_transaction(lambda session: self._turn(session, returned))
            )
        except Exception:
            self._state.returned.put_back(returned)
            logger.warning("could not settle and claim; trying again", exc_info=True)
            return
        self._note_renewal()
        if self._braked_until > time.monotonic():
            self._state.pacer.pause(self._braked_until)
        self._state.pacer.absorb(time.monotonic(), self._inflow.take())
        for row in returned.settlements:
            self._state.open_rows[row.claim_id] -= 1
        if returned:
            crash_points.reach("settled")
        if jobs:
            crash_points.reach("claimed")
        self._state.backlog.add(jobs)
        self._state.work.set()
        self._state.warmth.mind(self.next_due_in)
        if refused:
            self._state.returned.put_back(refused)
            self._state.look.set()
        await self._follow_up(returned)

    def _note_renewal(self) -> None:
        # Only now it is committed; and it began before the database was asked.
        if self._renewing_at is not None:
            self._state.leased_until = self._renewing_at + LEASE_S

    def _turn(self, session: Session, returned: Returned) -> tuple[list[Job], Returned]:
        settle.settle(session, returned)
        self._daily.give_back(session, returned.settlements)
        if returned:
            crash_points.reach("settling")
        # Only the holder renews: its successor may not have taken the lease yet.
        if not self._state.lease_lost:
            self._state.lease_lost = not self._renew(session, worked=bool(returned))
        self._inflow.ask(session)
        due = lanes.due(session, self._lease.sender_id, SOON_S)
        self.next_due_in = min((lane.due_in for lane in due), default=None)
        near = [lane for lane in due if lane.due_in <= AHEAD_S]
        wanted = self._wanted()
        if self._state.over() or not near or wanted <= 0:
            return [], Returned()
        # Looked at before what became due is believed: the clock may just have leapt.
        if (refusal := guard().refusal(session)) is not None:
            logger.warning("nothing more is sent: %s", WHY.get(refusal, refusal))
            self._state.stop()
            return [], Returned()
        return self._claim(session, near, wanted)

    def _renew(self, session: Session, *, worked: bool) -> bool:
        overdue = time.monotonic() - self._renewed_at > RENEW_EVERY_S
        if worked or overdue:
            asked_at = time.monotonic()
            slot_in, share = self._state.slot_in(), self._state.share()
            heard = drains.renew(session, self._lease, LEASE_S, slot_in, share)
            self._renewing_at = asked_at if heard is not None else None
        else:
            heard = drains.listen(session, self._lease)
        if overdue:
            claims.extend(session, list(self._state.open_rows), TIMING.claim_lease_s)
            self._renewed_at = time.monotonic()
        if heard is not None:
            self._rung = heard.rung
            if heard.braked_in > 0:
                self._braked_until = time.monotonic() + heard.braked_in
        return heard is not None

    def _wanted(self) -> int:
        rate = self._state.pacer.rate(time.monotonic())
        return min(_MOST_CLAIMED, max(10, ceil(rate * AHEAD_S))) - len(self._state.backlog)

    def _claim(
        self, session: Session, due: list[DueLane], wanted: int
    ) -> tuple[list[Job], Returned]:
        waiting = self._state.backlog.of_lanes()
        shares = divide(
            wanted,
            [Claimant(lane.occurrence_id, lane.priority, _most(lane, waiting)) for lane in due],
        )
        claim_id = new_id()
        rows = claims.take(
            session,
            self._lease,
            claim_id,
            self._state.host.name,
            shares,
            ahead_s=AHEAD_S,
            lease_s=TIMING.claim_lease_s,
        )
        if not rows:
            return [], Returned()
        by_id = {lane.occurrence_id: lane for lane in due}
        jobs, refused = screen.screen(
            session, by_id, claim_id, rows, self._state.account.barred_countries
        )
        kept, stopped = self._daily.admit(session, by_id, claim_id, jobs)
        refused += stopped
        self._state.open_rows[claim_id] = len(kept) + len(refused)
        crash_points.reach("claiming")
        return kept, Returned(refused)

    async def _follow_up(self, settled: Returned) -> None:
        touched = {row.occurrence_id for row in settled.settlements}
        self._progress.note(touched)
        quiet = touched - self._busy_occurrences()
        done = [claim_id for claim_id, left in self._state.open_rows.items() if left <= 0]
        if not (settled.orders or done or quiet or self._progress.due()):
            return
        try:
            await self._state.host.in_thread(lambda: self._tidy(settled, done, quiet))
        except Exception:
            # The sweep does each of these as well.
            logger.warning("could not tidy up after a settle", exc_info=True)

    def _tidy(self, settled: Returned, done: list[UUID], quiet: set[UUID]) -> None:
        if settled.orders:
            stop_orders.apply_open()
        if done:
            with transaction() as session:
                claims.finish(session, done)
            for claim_id in done:
                self._state.open_rows.pop(claim_id, None)
        for occurrence_id in sorted(quiet):
            completion.complete_if_done(occurrence_id)
        if self._progress.due():
            self._progress.say()
            breaker.look(Ref(self._lease.workspace_id, self._lease.sender_id))

    def _busy_occurrences(self) -> set[UUID]:
        waiting = self._state.returned.settlements
        return {row.occurrence_id for row in waiting} | set(self._state.backlog.of_lanes())

    def _end_if_unrung(self) -> bool:
        with transaction() as session:
            slot_in, share = self._state.slot_in(), self._state.share()
            ended = drains.end(session, self._lease, slot_in, share, self._rung)
        self._state.lease_lost = self._state.lease_lost or ended
        return ended

    def _last_words(self) -> None:
        if not self._state.lease_lost:
            self._state.lease_lost = True
            with transaction() as session:
                drains.end(session, self._lease, self._state.slot_in(), self._state.share())


def _most(lane: DueLane, waiting: Counter[UUID]) -> int | None:
    if lane.max_rate_mps is None:
        return None
    return max(0, ceil(lane.max_rate_mps * AHEAD_S) - waiting[lane.occurrence_id])
