"""What a drain has claimed and not yet marked, and which of it may leave next."""

from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from app.domain.pacing import Pacer, PairLimits, reserve
from app.domain.send_timing import TIMING
from app.services.dispatch.jobs import Job


def batch_size(rate: float) -> int:
    """K = max(1, min(25, rate x 0.25 s)): what a crash may leave in doubt."""
    return max(1, min(TIMING.max_batch, int(rate * TIMING.horizon_s)))


def most_unsent(rate: float) -> int:
    """How many may be marked and wait for their first byte: what the pace lets leave in 0.25 s.

    A wire that takes them more slowly than that must slow the marks down: all that is marked
    and unsent is in doubt when the process dies.
    """
    return max(1, int(rate * TIMING.horizon_s))


@dataclass(frozen=True, slots=True)
class Departure:
    """A job and the (monotonic) slot at which it leaves."""

    job: Job
    slot: float


class Backlog:
    """Jobs in order of urgency, with the paces that hold them."""

    def __init__(self, pacer: Pacer, pairs: PairLimits) -> None:
        self._pacer = pacer
        self._pairs = pairs
        self._lane_pacers: dict[UUID, Pacer] = {}
        self._jobs: list[Job] = []

    def __len__(self) -> int:
        return len(self._jobs)

    def of_lanes(self) -> Counter[UUID]:
        """How many jobs of each occurrence wait."""
        return Counter(job.row.occurrence_id for job in self._jobs)

    def add(self, jobs: list[Job]) -> None:
        """Put claimed jobs in their place."""
        for job in jobs:
            self._set_pace(job.row.occurrence_id, job.lane.max_rate_mps)
        self._jobs.extend(jobs)
        self._jobs.sort(key=lambda job: (job.lane.priority, job.ready_at))

    def _set_pace(self, occurrence_id: UUID, rate: int | None) -> None:
        if rate is None:
            self._lane_pacers.pop(occurrence_id, None)
        else:
            self._lane_pacers.setdefault(occurrence_id, Pacer(rate)).set_rate(rate)

    def take_all(self) -> list[Job]:
        """Give up everything, to be released."""
        jobs, self._jobs = self._jobs, []
        return jobs

    def drop_lane(self, occurrence_id: UUID) -> list[Job]:
        """Give up one occurrence's jobs."""
        dropped = [job for job in self._jobs if job.row.occurrence_id == occurrence_id]
        self._jobs = [job for job in self._jobs if job.row.occurrence_id != occurrence_id]
        return dropped

    def drop_country(self, country: str) -> list[Job]:
        """Give up the jobs for people of one country."""
        dropped = [job for job in self._jobs if job.row.country == country]
        self._jobs = [job for job in self._jobs if job.row.country != country]
        return dropped

    def next_at(self, now: float) -> float | None:
        """When the first job may be marked; None when there is none."""
        if not self._jobs:
            return None
        return min(self._earliest(job, now) for job in self._jobs)

    def take(self, now: float, most: int) -> list[Departure]:
        """Up to ``most`` jobs that are due and whose slots are near; reserves the slots."""
        taken: list[Departure] = []
        rest: list[Job] = []
        for job in self._jobs:
            if len(taken) < most and job.ready_at <= now and self._near(job, now):
                slot = reserve(now, *self._pacers(job))
                self._pairs.mark(job.recipient_id, slot)
                taken.append(Departure(job, slot))
            else:
                rest.append(job)
        self._jobs = rest
        return taken

    def waiting_for_pair(self, now: float) -> list[tuple[Job, float]]:
        """Take out jobs whose recipient must wait longer than a moment, with the seconds."""
        held: list[tuple[Job, float]] = []
        rest: list[Job] = []
        for job in self._jobs:
            wait = self._pairs.earliest(job.recipient_id, now) - now
            if wait > 1 and job.ready_at <= now:
                held.append((job, wait))
            else:
                rest.append(job)
        self._jobs = rest
        return held

    def _near(self, job: Job, now: float) -> bool:
        return self._earliest(job, now) <= now + TIMING.horizon_s

    def _earliest(self, job: Job, now: float) -> float:
        slot = max(pacer.next_slot(now) for pacer in self._pacers(job))
        pair = self._pairs.earliest(job.recipient_id, now)
        return max(slot, pair, job.ready_at)

    def _pacers(self, job: Job) -> tuple[Pacer, ...]:
        own = self._lane_pacers.get(job.row.occurrence_id)
        return (self._pacer,) if own is None else (self._pacer, own)
