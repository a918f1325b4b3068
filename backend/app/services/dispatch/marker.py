"""The marker: marks a micro-batch of what is due and sends each message at its slot."""

import asyncio
import logging
import time
from contextlib import suppress
from functools import partial
from uuid import UUID

from app.core import crash_points
from app.core.db import transaction
from app.domain.meta_errors import Kind, Scope, Verdict
from app.domain.send_timing import TIMING
from app.domain.stops import What
from app.integrations.whatsapp.answers import Accepted, Answer, NotSent, Refused
from app.integrations.whatsapp.transport import SendRequest
from app.repositories import marks
from app.services.dispatch import completion, outcomes, stop_orders
from app.services.dispatch.backlog import Departure, batch_size, most_unsent
from app.services.dispatch.brakes import brakes
from app.services.dispatch.jobs import Job
from app.services.dispatch.outcomes import Outcome
from app.services.dispatch.state import State

logger = logging.getLogger(__name__)

# A mark takes a few milliseconds: begun this much before its first slot, never before due.
_LEAD_S = 0.03
_IDLE_S = 0.25
_MAX_ON_THE_WIRE = 1000
_RELEASED_WAIT_S = 0.25


class Marker:
    """One drain's hand at the wire."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._wire = asyncio.Semaphore(_MAX_ON_THE_WIRE)
        self._unsent: set[UUID] = set()  # attempts marked, and no byte has left
        self._waits_for_room = False
        self._started: set[UUID] = set()

    async def mark(self) -> None:
        """Mark and send what is due until the drain is over."""
        while not self._state.over():
            now = time.monotonic()
            self._brake()
            for job, wait in self._state.backlog.waiting_for_pair(now):
                self._state.give_up(job, wait)
            next_at = self._state.backlog.next_at(now)
            if next_at is None or next_at > now + _LEAD_S:
                await self._rest(next_at)
            elif not self._room(now):
                self._waits_for_room = True
                await self._rest(None)
            elif batch := self._take(now):
                await self._mark_and_send(batch)
            else:
                await asyncio.sleep(max(0.0005, next_at - now))

    def _brake(self) -> None:
        account, pacer = self._state.account, self._state.pacer
        shared = brakes().until(self._state.lease.workspace_id, account.waba_id)
        pacer.pending = max(pacer.pending, shared)

    def _take(self, now: float) -> list[Departure]:
        most = min(batch_size(self._state.pacer.rate(now)), self._room(now))
        return self._state.backlog.take(now, most)

    def _room(self, now: float) -> int:
        return max(0, most_unsent(self._state.pacer.rate(now)) - len(self._unsent))

    def _left(self, attempt_id: UUID) -> None:
        """A message leaves, or never will: the next may be marked."""
        self._unsent.discard(attempt_id)
        if self._waits_for_room:
            self._waits_for_room = False
            self._state.work.set()

    async def _rest(self, until: float | None) -> None:
        self._state.work.clear()
        wait = _IDLE_S if until is None else min(_IDLE_S, until - time.monotonic() - _LEAD_S / 2)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._state.work.wait(), max(0.0005, wait))

    async def _mark_and_send(self, batch: list[Departure]) -> None:
        deadline = time.monotonic() + TIMING.deadline_s
        jobs = [departure.job for departure in batch]
        try:
            verdicts = await self._state.host.in_thread(lambda: self._mark(jobs))
        except Exception:
            # The commit may have happened or not, so none is sent. What was marked becomes
            # unconfirmed; the successor frees what was not.
            logger.warning("a mark failed; %s messages are left to recovery", len(jobs))
            self._state.stop()
            return
        for departure in batch:
            verdict = verdicts.get(departure.job.row.id, "lost")
            if verdict == "mark":
                await self._dispatch(departure, deadline)
            else:
                self._put_off(departure.job, verdict)
        self._note_started(batch)
        self._state.look.set()

    def _mark(self, jobs: list[Job]) -> dict[UUID, str]:
        rows = [job.mark_row() for job in jobs]
        with transaction() as session:
            verdicts = marks.mark(session, self._state.lease, self._state.host.name, rows)
            crash_points.reach("marking")
        crash_points.reach("marked")
        return verdicts

    def _note_started(self, batch: list[Departure]) -> None:
        jobs = (departure.job for departure in batch)
        new = {job.row.occurrence_id for job in jobs if job.lane.schedule_id} - self._started
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

    async def _dispatch(self, departure: Departure, deadline: float) -> None:
        await self._wire.acquire()
        self._unsent.add(departure.job.attempt_id)
        task = asyncio.create_task(self._send(departure, deadline))
        self._state.sending.add(task)
        task.add_done_callback(self._state.sending.discard)

    async def _send(self, departure: Departure, deadline: float) -> None:
        account = self._state.account
        try:
            while (wait := departure.slot - time.monotonic()) > 0:
                await asyncio.sleep(wait)
            crash_points.reach("leaving")
            sent_at = time.monotonic()
            self._state.warmth.used()
            request = SendRequest(
                account.phone_number_id,
                account.access_token,
                departure.job.body,
                deadline,
                on_begun=partial(self._left, departure.job.attempt_id),
            )
            answer = await self._state.host.transport().send(request)
            crash_points.reach("answered")
            if isinstance(answer, NotSent | Refused):
                self._state.pairs.unmark(departure.job.recipient_id, departure.slot)
            self._take_in(departure.job, answer, sent_at)
        finally:
            self._left(departure.job.attempt_id)
            self._wire.release()
            if not self._state.backlog or len(self._state.returned.settlements) >= 10:
                self._state.look.set()

    def _take_in(self, job: Job, answer: Answer, sent_at: float) -> None:
        outcome = outcomes.read(job, answer, self._state.lease.sender_id)
        if isinstance(answer, Accepted):
            self._state.pairs.accepted(job.recipient_id)
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
        self._state.pacer.slow_down(now, sent_at)
        pacer, account = self._state.pacer, self._state.account
        pacer.pending = max(pacer.pending, now + verdict.delay_s)
        if verdict.scope in (Scope.WABA, Scope.APP):
            workspace_id = self._state.lease.workspace_id
            brakes().press(verdict.scope, workspace_id, account.waba_id, pacer.pending)
        return outcome
