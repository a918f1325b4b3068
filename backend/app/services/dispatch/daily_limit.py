"""WhatsApp's limit of people a day: places are taken with the claim, given back by the settle."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from app.core import clock
from app.core.db import transaction
from app.repositories import daily_limits, daily_waits
from app.repositories.daily_limits import Wanted
from app.repositories.daily_waits import Wait
from app.repositories.drains import Lease
from app.repositories.lanes import DueLane
from app.repositories.settlements import Settlement
from app.services.dispatch import doorbells
from app.services.dispatch.jobs import Job

# Whoever was sent to, or may have been, counts.
_COUNTS = frozenset({"accepted", "unconfirmed"})


class DailyLimit:
    """What one drain takes of its portfolio's places; costs nothing while there is no limit."""

    def __init__(self, lease: Lease) -> None:
        self._lease = lease
        self._key: str | None = None

    def admit(
        self, session: Session, lanes: Mapping[UUID, DueLane], claim_id: UUID, jobs: list[Job]
    ) -> tuple[list[Job], list[Settlement]]:
        """The jobs there is room for, and of the others those that are not to wait.

        What waits is not claimed any more. People with an open window need no room, and
        others WhatsApp refuses all but templates.
        """
        if all(lane.people_per_day is None for lane in lanes.values()):
            return jobs, []
        first = sorted(filter(_writes_first, jobs), key=_urgency)
        if not first:
            return jobs, []
        wanted = [_wanted(job) for job in first]
        denied = self._reserve(session, claim_id, wanted)
        kept = [job for job in jobs if job.row.id not in denied]
        stopped = {one.delivery_id for one in wanted if not one.spread} & denied
        return kept, [
            job.unmarked("skipped", "daily_limit") for job in jobs if job.row.id in stopped
        ]

    def _reserve(self, session: Session, claim_id: UUID, wanted: Sequence[Wanted]) -> set[UUID]:
        for _ in range(2):
            if self._key is None:
                self._key = daily_limits.open_portfolio(session, self._lease)
            denied = daily_limits.reserve(session, self._lease, self._key, claim_id, wanted)
            if denied is not None:
                return denied
            # Forgotten meanwhile: for a moment there was no limit.
            self._key = None
        raise LookupError("the portfolio was forgotten twice at once")

    def give_back(self, session: Session, settled: Iterable[Settlement]) -> None:
        """Free the places of what was not sent."""
        if self._key is None:
            return
        unsent = [
            (one.occurrence_id, one.delivery_id, one.claim_id)
            for one in settled
            if one.outcome not in _COUNTS
        ]
        if unsent:
            workspace_id = self._lease.workspace_id
            daily_limits.give_back(session, workspace_id, self._key, unsent)


def _writes_first(job: Job) -> bool:
    return job.rendered.part["type"] == "template" and not job.row.window_open


def _urgency(job: Job) -> tuple[int, float]:
    return job.lane.priority, job.ready_at


def _wanted(job: Job) -> Wanted:
    spread = job.lane.daily_limit != "stop"
    return Wanted(job.row.occurrence_id, job.row.id, job.recipient_id, spread)


_WOKEN_AT_ONCE = 5000


def wake() -> None:
    """Have those leave that wait though there is room: a place came back, or Meta gave more."""
    with transaction() as session:
        daily_waits.forget(session)
        waits = daily_waits.open_waits(session)
    taken: Counter[tuple[UUID, str]] = Counter()
    for wait in waits:
        portfolio = (wait.workspace_id, wait.portfolio)
        room = None if wait.most is None else wait.most - wait.used - taken[portfolio]
        taken[portfolio] += _wake(wait, room)


def _wake(wait: Wait, room: int | None) -> int:
    woken = 0
    while room is None or woken < room:
        most = _WOKEN_AT_ONCE if room is None else min(_WOKEN_AT_ONCE, room - woken)
        with transaction() as session:
            now = daily_waits.wake(session, wait.occurrence_id, most)
            if now:
                doorbells.ring_for(session, wait.sender_id, clock.now())
        woken += now
        if now < most:
            break
    return woken
