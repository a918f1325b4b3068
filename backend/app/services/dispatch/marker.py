"""The marker: marks a micro-batch of what is due and sends each message at its slot."""

import asyncio
import logging
import time
from contextlib import suppress
from functools import partial
from uuid import UUID

from app.core import crash_points
from app.core.db import transaction
from app.domain.meta_errors import THROTTLED, Kind, Scope, Verdict
from app.domain.send_timing import TIMING
from app.domain.stops import What
from app.integrations.whatsapp.answers import Accepted, Answer, NotSent, Refused
from app.repositories import marks
from app.services.dispatch import account, completion, outcomes, stop_orders
from app.services.dispatch.backlog import batch_size, most_unsent
from app.services.dispatch.departure import Departure
from app.services.dispatch.jobs import Job
from app.services.dispatch.outcomes import Outcome
from app.services.dispatch.state import State

logger = logging.getLogger(__name__)

_IDLE_S = 0.25
_CLEAR_S = 0.5
_MAX_ON_THE_WIRE = 1000
_RELEASED_WAIT_S = 0.25


class Marker:
    """One drain's hand at the wire."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._wire = asyncio.Semaphore(_MAX_ON_THE_WIRE)
        self._started: set[UUID] = set()

    async def mark(self) -> None:
        """Mark and send what is due until the drain is over."""
        while not self._state.over():
            now = time.monotonic()
            rate = self._state.pacer.rate(now)
            room = most_unsent(rate) - self._state.backlog.unsent
            if room <= 0 or not self._state.backlog.is_next_worth(room, rate):
                await self._rest(None)
                continue
            taken = self._state.backlog.take(now, min(batch_size(rate), room))
            for job, wait in taken.held:
                self._state.give_up(job, wait)
            if taken.batch:
                await self._mark_and_send(taken.batch)
            else:
                await self._rest(self._state.backlog.next_at(now))

    async def clear(self) -> None:
        """See off what is marked; what is not away within a moment stays, proven not sent.

        A successor paces from what has left by now, so nothing may leave later.
        """
        give_up_at = time.monotonic() + _CLEAR_S
        while self._state.backlog.unsent and time.monotonic() < give_up_at:
            await self._rest(give_up_at)
        self._state.gate.close()

    async def _rest(self, until: float | None) -> None:
        self._state.work.clear()
        wait = _IDLE_S if until is None else min(_IDLE_S, until - time.monotonic())
        with suppress(TimeoutError):
            await asyncio.wait_for(self._state.work.wait(), max(0.0005, wait))

    async def _mark_and_send(self, batch: list[Job]) -> None:
        # Past its lease another sends for this number, at the same pace.
        deadline = min(time.monotonic() + TIMING.deadline_s, self._state.leased_until)
        try:
            verdicts = await self._state.host.in_thread(lambda: self._mark(batch))
        except Exception:
            # The commit may have happened or not, so none is sent. What was marked becomes
            # unconfirmed; the successor frees what was not.
            logger.warning("a mark failed; %s messages are left to recovery", len(batch))
            for job in batch:
                self._state.backlog.left(job)
            self._state.stop()
            return
        for job in batch:
            verdict = verdicts.get(job.row.id, "lost")
            if verdict == "mark":
                await self._dispatch(job, deadline)
            else:
                self._state.backlog.left(job)
                self._state.pairs.unsent(job.recipient_id)
                self._put_off(job, verdict)
        self._note_started(batch)
        self._state.look.set()

    def _mark(self, jobs: list[Job]) -> dict[UUID, str]:
        rows = [job.mark_row() for job in jobs]
        with transaction() as session:
            verdicts = marks.mark(session, self._state.lease, self._state.host.name, rows)
            crash_points.reach("marking")
        crash_points.reach("marked")
        return verdicts

    def _note_started(self, batch: list[Job]) -> None:
        new = {job.row.occurrence_id for job in batch if job.lane.schedule_id} - self._started
        if new:
            self._started |= new
            # After the messages: what people are shown may come a moment later than they do.
            self._state.behind(partial(completion.note_started, new))

    def _put_off(self, job: Job, verdict: str) -> None:
        match verdict:
            case "lost":
                self._state.open_rows[job.claim_id] -= 1
            case "release":
                self._state.give_up(job, _RELEASED_WAIT_S)
            case "template_unavailable" | "template_changed" if job.row.origin == "schedule":
                self._state.give_up(job, _RELEASED_WAIT_S)
                self._state.obey(stop_orders.hold(job, self._state.lease.sender_id, verdict))
            case "expired":
                self._state.settle_later(job.unmarked("expired", "expired"))
            case reason:
                self._state.settle_later(job.unmarked("skipped", reason))

    async def _dispatch(self, job: Job, deadline: float) -> None:
        await self._wire.acquire()
        task = asyncio.create_task(self._send(job, deadline))
        self._state.sending.add(task)
        task.add_done_callback(self._state.sending.discard)

    async def _send(self, job: Job, deadline: float) -> None:
        departure = Departure(self._state, job, deadline)
        try:
            own = self._state.backlog.own_gate(job)
            if own is not None and not await own.enter(deadline):
                self._state.pairs.unsent(job.recipient_id)
                self._take_in(job, NotSent("no turn"), deadline)
                return
            crash_points.reach("leaving")
            request = departure.request()
            answer = await self._state.host.transport().send(request)
            crash_points.reach("answered")
            if isinstance(answer, NotSent | Refused):
                self._state.pairs.unsent(job.recipient_id)
            self._take_in(job, answer, departure.sent_at)
        finally:
            departure.over()
            self._wire.release()
            if not self._state.backlog or len(self._state.returned.settlements) >= 10:
                self._state.look.set()

    def _take_in(self, job: Job, answer: Answer, sent_at: float) -> None:
        outcome = outcomes.read(job, answer, self._state.lease.sender_id)
        if isinstance(answer, Accepted):
            self._state.pairs.accepted(job.recipient_id)
            self._state.pacer.answered(time.monotonic(), sent_at, throttled=False)
        elif outcome.verdict is not None and outcome.verdict.kind is Kind.BACKOFF:
            outcome = self._slow_down(job, outcome, outcome.verdict, sent_at)
        # Thousands a minute are accepted; a person looks for the others.
        level = logging.DEBUG if isinstance(answer, Accepted) else logging.INFO
        if logger.isEnabledFor(level):
            logger.log(level, "an attempt was answered", extra=outcomes.log_fields(job, outcome))
        self._state.settle_later(outcome.settlement)
        if outcome.order is not None:
            self._state.obey(outcome.order)
            if outcome.order.what is What.COUNTRY_BARRED and job.row.country:
                self._state.bar(job.row.country)

    def _slow_down(self, job: Job, outcome: Outcome, verdict: Verdict, sent_at: float) -> Outcome:
        now = time.monotonic()
        if verdict.scope is Scope.RECIPIENT:
            return outcomes.later(outcome, self._state.pairs.refused(job.recipient_id, now) - now)
        if outcome.settlement.meta_code == THROTTLED:
            self._state.pacer.answered(now, sent_at, throttled=True)
        else:
            self._state.pacer.slow_down(now, sent_at)
            self._state.pacer.pause(now + verdict.delay_s)
        if verdict.scope in (Scope.WABA, Scope.APP):
            waba_id = self._state.account.waba_id if verdict.scope is Scope.WABA else None
            wait_s = self._state.pacer.resume_at(now) - now
            self._state.behind(partial(account.brake, self._state.lease, waba_id, wait_s))
        return outcome
