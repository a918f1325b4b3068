"""The pace of a lane follows its rate, up, down and away."""

from typing import Any
from uuid import UUID

import pytest

from app.core.ids import new_id
from app.domain.pacing import Pacer, PairLimits
from app.repositories.claims import ClaimedRow
from app.repositories.lanes import DueLane
from app.services.dispatch.backlog import Backlog
from app.services.dispatch.gate import Gate
from app.services.dispatch.jobs import Job
from app.services.rendering import Rendered


def _jobs(occurrence_id: UUID, rate: int | None, n: int) -> list[Job]:
    lane = DueLane(
        occurrence_id, None, new_id(), new_id(), 2, 1, rate, "utility", "ignore", due_in=0
    )
    return [_job(lane) for _ in range(n)]


def _job(lane: DueLane) -> Job:
    fields: dict[str, Any] = dict.fromkeys(ClaimedRow.__dataclass_fields__)
    row = ClaimedRow(
        **fields | {"occurrence_id": lane.occurrence_id, "id": new_id(), "recipient_id": new_id()}
    )
    rendered = Rendered.__new__(Rendered)
    return Job(lane, row, new_id(), rendered, 0.0, new_id(), b"{}")


def _leave(backlog: Backlog, now: float) -> list[float]:
    times = []
    while (at := backlog.next_at(now)) is not None:
        for job in backlog.take(at, 1).batch:
            own = backlog.own_gate(job)
            now = own.pacer.free_at(at) if own else at
            if own:
                own.pacer.take(now)
            backlog.left(job)
            times.append(now)
    return times


@pytest.mark.parametrize(("rate", "seconds"), [(2, 2.0), (10, 0.32), (None, 0.0)])
def test_a_changed_rate_holds_for_what_is_claimed_next(rate: int | None, seconds: float) -> None:
    backlog, occurrence_id = Backlog(Gate(Pacer(100)), PairLimits()), new_id()
    backlog.add(_jobs(occurrence_id, 4, 3))
    before = _leave(backlog, now=1000.0)
    assert before[-1] - before[0] == pytest.approx(0.4, abs=0.02)
    backlog.add(_jobs(occurrence_id, rate, 5))
    after = _leave(backlog, now=1010.0)
    assert after[-1] - after[0] == pytest.approx(seconds, abs=0.05)
