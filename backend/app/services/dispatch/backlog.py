"""What a drain has claimed and not yet marked, and which of it may be marked next."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from app.domain.pacing import PAIR_BORROWED, Pacer, PairLimits
from app.domain.send_timing import TIMING
from app.services.dispatch.gate import Gate
from app.services.dispatch.jobs import Job

_URGENT = 1  # direct sends and transactional schedules
_PAIR_PATIENCE_S = 1.0


def batch_size(rate: float) -> int:
    """K = max(1, min(25, rate x 0.25 s)): what a crash may leave in doubt."""
    return max(1, min(TIMING.max_batch, int(rate * TIMING.horizon_s)))


def most_unsent(rate: float) -> int:
    """How many may be marked and wait for their first byte: what the pace lets leave in 0.25 s.

    A wire that takes them more slowly than that must slow the marks down: all that is marked
    and unsent is in doubt when the process dies.
    """
    return max(1, int(rate * TIMING.horizon_s))


@dataclass(slots=True)
class Taken:
    """``batch`` is to be marked; ``held`` must wait for their recipient, with the seconds."""

    batch: list[Job] = field(default_factory=list)
    held: list[tuple[Job, float]] = field(default_factory=list)


class Backlog:
    """Jobs in order of urgency, with the paces that hold them."""

    def __init__(self, gate: Gate, pairs: PairLimits) -> None:
        self._gate = gate
        self._pairs = pairs
        self._own_gates: dict[UUID, Gate] = {}
        self._unsent: Counter[UUID] = Counter()  # taken, and no byte has left
        self._jobs: list[Job] = []
        self._waiting: Counter[UUID] = Counter()  # jobs by occurrence

    def __len__(self) -> int:
        return len(self._jobs)

    @property
    def unsent(self) -> int:
        """How many were taken and have not begun to leave."""
        return self._unsent.total()

    def of_lanes(self) -> Counter[UUID]:
        """How many jobs of each occurrence wait."""
        return +self._waiting

    def own_gate(self, job: Job) -> Gate | None:
        """The gate of its occurrence, when that has a speed of its own."""
        return self._own_gates.get(job.row.occurrence_id)

    def add(self, jobs: list[Job]) -> None:
        """Put claimed jobs in their place."""
        for job in jobs:
            self._set_pace(job.row.occurrence_id, job.lane.max_rate_mps)
            self._waiting[job.row.occurrence_id] += 1
        self._jobs.extend(jobs)
        self._jobs.sort(key=lambda job: (job.lane.priority, job.ready_at))

    def _set_pace(self, occurrence_id: UUID, rate: int | None) -> None:
        if rate is None:
            self._own_gates.pop(occurrence_id, None)
        elif occurrence_id in self._own_gates:
            self._own_gates[occurrence_id].pacer.set_rate(rate)
        else:
            self._own_gates[occurrence_id] = Gate(Pacer(rate))

    def take_all(self) -> list[Job]:
        """Give up everything, to be released."""
        jobs, self._jobs = self._jobs, []
        self._waiting.clear()
        return jobs

    def drop_lane(self, occurrence_id: UUID) -> list[Job]:
        """Give up one occurrence's jobs."""
        return self._drop(lambda job: job.row.occurrence_id == occurrence_id)

    def drop_country(self, country: str) -> list[Job]:
        """Give up the jobs for people of one country."""
        return self._drop(lambda job: job.row.country == country)

    def _drop(self, is_meant: Callable[[Job], bool]) -> list[Job]:
        dropped = [job for job in self._jobs if is_meant(job)]
        self._jobs = [job for job in self._jobs if not is_meant(job)]
        self._waiting.subtract(job.row.occurrence_id for job in dropped)
        return dropped

    def next_at(self, now: float) -> float | None:
        """When the first job may be marked; None when there is none."""
        return min((self._markable_at(job, now) for job in self._jobs), default=None)

    def take(self, now: float, most: int) -> Taken:
        """Up to ``most`` jobs that are due and whose turn is near; they count as unsent."""
        taken, kept, seen = Taken(), [], 0
        for job in self._jobs:
            if len(taken.batch) >= most:
                break
            seen += 1
            wait = self._pair_at(job, now) - now
            if wait > _PAIR_PATIENCE_S and job.ready_at <= now:
                taken.held.append((job, wait))
            elif self._markable_at(job, now) <= now and self._has_room(job, now):
                self._pairs.mark(job.recipient_id, now)
                self._unsent[job.row.occurrence_id] += 1
                taken.batch.append(job)
            else:
                kept.append(job)
        self._jobs = kept + self._jobs[seen:]
        gone = (*taken.batch, *(job for job, _ in taken.held))
        self._waiting.subtract(job.row.occurrence_id for job in gone)
        return taken

    def left(self, job: Job) -> None:
        """A job that was taken begins to leave, or never will."""
        self._unsent[job.row.occurrence_id] -= 1

    def is_next_worth(self, room: int, rate: float) -> bool:
        """Whether to mark now, or rather wait for room for a batch that is worth its commit."""
        return room >= min(len(self._jobs), (batch_size(rate) + 1) // 2)

    def _has_room(self, job: Job, now: float) -> bool:
        own = self.own_gate(job)
        if own is None:
            return True
        return self._unsent[job.row.occurrence_id] < most_unsent(own.pacer.rate(now))

    def _markable_at(self, job: Job, now: float) -> float:
        own = self.own_gate(job)
        gates = (self._gate,) if own is None else (self._gate, own)
        turn = max(gate.pacer.free_at(now) for gate in gates)
        return max(job.ready_at, self._pair_at(job, now), turn - TIMING.horizon_s)

    def _pair_at(self, job: Job, now: float) -> float:
        borrow = PAIR_BORROWED if job.lane.priority <= _URGENT else 0
        return self._pairs.earliest(job.recipient_id, now, borrow=borrow)
