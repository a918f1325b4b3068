"""A drain's keeper, as ``services.dispatch.keeper``: settles, claims, renews.

Between two ``yield`` nothing comes in between; at each the process may die or be stopped.
"""

from collections.abc import Generator
from math import ceil
from uuid import UUID

from app.domain.fair_share import Claimant, divide
from app.domain.send_timing import TIMING
from app.repositories.claims import ClaimedRow
from app.repositories.lanes import DueLane
from app.repositories.settlements import Settlement
from app.services.dispatch.jobs import Job, unmarked
from app.services.dispatch.keeper import AHEAD_S, LOOK_EVERY_S, RENEW_EVERY_S, SOON_S
from app.services.rendering import Rendered
from chaos.simulation import commits
from chaos.simulation.database import LostError
from chaos.simulation.loop import Steps
from chaos.simulation.rows import Delivery
from chaos.simulation.state import POLL_S, STEP_S, State

_NEVER_EARLY_S = 0.001
# Where there is nothing to look at, fewer looks show the same.
_LOOK_IDLY_S = 1.0
_NOTHING = Rendered({}, {}, "")
_NO_PERSON = (None,) * 8


class Keeper:
    """One drain's bookkeeper."""

    def __init__(self, state: State) -> None:
        self._state, self._db = state, state.db
        self._next_due_in: float | None = None

    def keep(self) -> Steps:
        """Until the drain is over and everything it sent is settled."""
        state = self._state
        while not state.over():
            yield from self._turn_over()
            busy = len(state.backlog) or state.sending or state.returned
            if not busy and self._next_due_in is None and (yield from self._end(state.rung)):
                state.lost = True
            idle = not busy and (self._next_due_in or 0) > AHEAD_S + _LOOK_IDLY_S
            yield _LOOK_IDLY_S if idle else LOOK_EVERY_S
        for job in state.backlog.take_all():
            state.give_up(job)
        yield from self._turn_over()
        if not state.lost:
            state.lost = True
            yield from self._end(None)
        while state.sending or state.returned:
            yield LOOK_EVERY_S
            yield from self._turn_over()

    def _end(self, rung: int | None) -> Generator[float, None, bool]:
        yield STEP_S
        state = self._state
        try:
            return self._db.commit(
                lambda: commits.end(self._db, state.sender, state.epoch, state.slot_in(), rung)
            )
        except LostError:
            return False

    def _turn_over(self) -> Steps:
        state = self._state
        returned, state.returned = state.returned, []
        yield STEP_S
        while any(self._db.deliveries[one.delivery_id].locked_by for one in returned):
            yield POLL_S
        try:
            jobs, refused = self._db.commit(lambda: self._turn(returned))
        except LostError:
            state.returned[:0] = returned
            return
        yield STEP_S
        for one in returned:
            state.open_rows[one.claim_id] -= 1
        state.backlog.add(jobs)
        state.returned[:0] = refused
        done = [id_ for id_, left in state.open_rows.items() if left <= 0]
        if done:
            yield STEP_S
            commits.finish(self._db, state.sender, done)
            for id_ in done:
                state.open_rows.pop(id_, None)

    def _turn(self, returned: list[Settlement]) -> tuple[list[Job], list[Settlement]]:
        state = self._state
        for one in returned:
            commits.settle(self._db, one)
        if not state.lost:
            state.lost = not self._renew(worked=bool(returned))
        due = commits.due_lanes(self._db, state.sender, SOON_S)
        self._next_due_in = min((lane.due_in for lane in due), default=None)
        near = [lane for lane in due if lane.due_in <= AHEAD_S]
        wanted = max(10, ceil(state.pacer.rate(state.now) * AHEAD_S)) - len(state.backlog)
        if state.over() or not near or wanted <= 0:
            return [], []
        if state.around.guard.refusal() is not None:
            state.stopped = True
            return [], []
        return self._claim(near, wanted)

    def _renew(self, *, worked: bool) -> bool:
        state, sender = self._state, self._state.sender
        overdue = state.now - state.renewed_at > RENEW_EVERY_S
        rung: int | None = sender.rung if sender.epoch == state.epoch else None
        if worked or overdue:
            rung = commits.renew(self._db, sender, state.epoch, state.slot_in())
        if overdue:
            for id_ in state.open_rows:
                if id_ in sender.claims:
                    sender.claims[id_].leased_until = self._db.now + TIMING.claim_lease_s
            state.renewed_at = state.now
        state.rung = state.rung if rung is None else rung
        return rung is not None

    def _claim(self, due: list[DueLane], wanted: int) -> tuple[list[Job], list[Settlement]]:
        state, waiting = self._state, self._state.backlog.of_lanes()
        shares = divide(
            wanted,
            [Claimant(one.occurrence_id, one.priority, _most(one, waiting[one.occurrence_id]))
             for one in due],
        )  # fmt: skip
        rows = {lane.id: lane for lane in state.sender.lanes}
        claim, taken = commits.take(self._db, state.sender, rows, shares, AHEAD_S)
        if not taken:
            return [], []
        state.open_rows[claim.id] = len(taken)
        by_id = {lane.occurrence_id: lane for lane in due}
        jobs, refused = [], []
        for delivery, was_due in taken:
            row = _row(delivery, was_due, self._db.now)
            if row.expires_in <= 0:
                refused.append(unmarked(row, claim.id, "expired", "expired"))
            elif delivery.person.opted_out:
                refused.append(unmarked(row, claim.id, "skipped", "opted_out"))
            else:
                jobs.append(self._job(by_id[row.occurrence_id], row, claim.id))
        return jobs, refused

    def _job(self, lane: DueLane, row: ClaimedRow, claim_id: UUID) -> Job:
        wait = max(0.0, row.due_in) + _NEVER_EARLY_S if self._db.rules.never_early else 0.0
        ready_at = self._state.now + wait
        return Job(lane, row, claim_id, _NOTHING, ready_at, self._db.new_id(), b"")


def _most(lane: DueLane, waiting: int) -> int | None:
    if lane.max_rate_mps is None:
        return None
    return max(0, ceil(lane.max_rate_mps * AHEAD_S) - waiting)


def _row(one: Delivery, was_due: float, now: float) -> ClaimedRow:
    due_in, expires_in = max(was_due, one.due_at) - now, one.expires_at - now
    return ClaimedRow(
        one.lane.id, one.id, one.person.id, "schedule", one.attempts, one.tries, None,
        due_in, expires_in, False, *_NO_PERSON, None, None, True, False, None, 0.0,
    )  # fmt: skip
