"""A drain's marker, as ``services.dispatch.marker``: marks micro-batches, sends in turn."""

from collections.abc import Generator

from app.domain import stops
from app.domain.meta_errors import Kind, Scope
from app.domain.send_timing import TIMING
from app.integrations.whatsapp.answers import Accepted, Ambiguous, Answer, NotSent
from app.services.dispatch import outcomes
from app.services.dispatch.backlog import batch_size, most_unsent
from app.services.dispatch.jobs import Job
from chaos.simulation import commits
from chaos.simulation.database import Database, LostError, Transaction
from chaos.simulation.loop import Steps
from chaos.simulation.rows import Delivery
from chaos.simulation.state import POLL_S, STEP_S, State

_IDLE_S, _RELEASED_WAIT_S = 0.25, 0.25
_CONNECTING_S = 0.005
_SLOW, _SLOW_COMMIT_S = 0.2, 0.3


class Marker:
    """One drain's hand at the wire."""

    def __init__(self, state: State) -> None:
        self._state, self._db = state, state.db

    def mark(self) -> Steps:
        """Mark and send what is due until the drain is over."""
        state = self._state
        while not state.over():
            now, rate = state.now, state.pacer.rate(state.now)
            room = most_unsent(rate) - state.backlog.unsent
            if room <= 0 or not state.backlog.is_next_worth(room, rate):
                yield POLL_S
                continue
            taken = state.backlog.take(now, min(batch_size(rate), room))
            for job, wait in taken.held:
                state.give_up(job, wait)
            if taken.batch:
                yield from self._mark_and_send(taken.batch)
            else:
                next_at = state.backlog.next_at(now)
                yield _IDLE_S if next_at is None else max(0.0005, min(_IDLE_S, next_at - now))

    def _mark_and_send(self, batch: list[Job]) -> Steps:
        deadline = self._state.now + TIMING.deadline_s
        if not self._db.rules.mark_first:
            for job in batch:
                self._send_off(job, deadline)
            yield STEP_S
        try:
            verdicts = yield from self._transaction(batch)
        except LostError:
            self._state.stopped = True
            return
        yield STEP_S
        for job, verdict in zip(batch, verdicts, strict=True):
            if verdict != "mark":
                self._state.backlog.left(job)
                self._state.pairs.unsent(job.recipient_id)
                self._put_off(job, verdict)
            elif self._db.rules.mark_first:
                self._send_off(job, deadline)

    def _transaction(self, jobs: list[Job]) -> Generator[float, None, list[str]]:
        """Locks, then the checks, then the commit: three instants."""
        state, db = self._state, self._db
        rows = [db.deliveries[job.row.id] for job in jobs]
        open_ = db.begin(state.around.host)
        seen = [] if db.rules.two_statements else self._verdicts(jobs, rows)
        while not open_.over and not _lock(db, open_, rows):
            yield POLL_S
        yield STEP_S
        verdicts = seen or self._verdicts(jobs, rows)
        found_at = state.now
        # Until here nobody has seen anything of it, and whoever dies leaves nothing.
        yield _SLOW_COMMIT_S if db.loop.chance.random() < _SLOW else STEP_S

        def write() -> None:
            for job, row, verdict in zip(jobs, rows, verdicts, strict=True):
                if verdict == "mark":
                    commits.mark(db, job, row, state.epoch, state.around.host.name, found_at)

        open_.commit(write)
        return verdicts

    def _verdicts(self, jobs: list[Job], rows: list[Delivery]) -> list[str]:
        epoch = self._state.epoch
        return [
            commits.verdict(self._db, job, row, epoch) for job, row in zip(jobs, rows, strict=True)
        ]

    def _put_off(self, job: Job, verdict: str) -> None:
        match verdict:
            case "lost":
                self._state.open_rows[job.claim_id] -= 1
            case "release":
                self._state.give_up(job, _RELEASED_WAIT_S)
            case "expired":
                self._state.returned.append(job.unmarked("expired", "expired"))
            case reason:
                self._state.returned.append(job.unmarked("skipped", reason))

    def _send_off(self, job: Job, deadline: float) -> None:
        self._state.sending += 1
        self._db.loop.start(self._state.around.host, self._send(job, deadline))

    def _send(self, job: Job, deadline: float) -> Steps:
        state = self._state
        yield _CONNECTING_S
        while min(state.pacer.free_at(state.now), deadline) > state.now:
            yield max(STEP_S, min(state.pacer.free_at(state.now), deadline) - state.now)
        sent_at = state.now
        state.backlog.left(job)
        if sent_at > deadline:
            answer: Answer = NotSent("deadline")
        else:
            state.pacer.take(sent_at)
            delivery = self._db.deliveries[job.row.id]
            answer, after_s = state.around.provider.post(delivery, job.attempt_id, sent_at)
            yield after_s
        if isinstance(answer, Ambiguous) and not self._db.rules.lost_is_doubt:
            answer = NotSent("lost")
        self._take_in(job, answer, sent_at)
        state.sending -= 1

    def _take_in(self, job: Job, answer: Answer, sent_at: float) -> None:
        state, now = self._state, self._state.now
        outcome = outcomes.read(job, answer, state.sender.id)
        verdict = outcome.verdict
        if isinstance(answer, Accepted):
            state.pairs.accepted(job.recipient_id)
        elif isinstance(answer, NotSent):
            state.pairs.unsent(job.recipient_id)
        elif verdict is not None and verdict.kind is Kind.BACKOFF:
            if verdict.scope is Scope.RECIPIENT:
                wait = state.pairs.refused(job.recipient_id, now) - now
                outcome = outcomes.later(outcome, wait)
            else:
                state.pacer.slow_down(now, sent_at)
                state.pacer.pause(now + verdict.delay_s)
        state.returned.append(outcome.settlement)
        if outcome.order is not None and outcome.order.what in stops.OF_SENDERS:
            state.stopped = True
            state.around.pause_sender(state.sender)


def _lock(db: Database, open_: Transaction, rows: list[Delivery]) -> bool:
    if not db.rules.locks:
        return open_.share([], rows)
    lanes = {row.lane.id: row.lane for row in rows}
    people = {row.person.id: row.person for row in rows}
    return open_.share([*lanes.values(), *people.values()], rows)
