"""Which claimed rows may leave next."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from app.core.ids import new_id
from app.domain.pacing import PAIR_SECONDS, Pacer, PairLimits
from app.services.dispatch.backlog import Backlog, batch_size
from app.services.dispatch.gate import Gate
from app.services.dispatch.jobs import Job

NOW = 1000.0


def job(ready_at: float = NOW, priority: int = 2, rate: int | None = None, **of_row: Any) -> Job:
    """As much of a job as the backlog looks at."""
    row = SimpleNamespace(**{"occurrence_id": new_id(), "recipient_id": new_id(), **of_row})
    lane = SimpleNamespace(priority=priority, max_rate_mps=rate)
    return Job(cast(Any, lane), cast(Any, row), new_id(), cast(Any, None), ready_at, new_id(), b"")


def backlog(*jobs: Job, rate: float = 1000) -> Backlog:
    made = Backlog(Gate(Pacer(rate)), PairLimits())
    made.add(list(jobs))
    return made


@pytest.mark.parametrize(("rate", "size"), [(0.5, 1), (4, 1), (20, 5), (80, 20), (1000, 25)])
def test_a_batch_is_a_quarter_second_and_no_more_than_25(rate: float, size: int) -> None:
    assert batch_size(rate) == size


def test_the_urgent_go_first_and_among_equals_the_earlier() -> None:
    late, early, urgent = job(NOW - 1), job(NOW - 2), job(NOW, priority=0)
    assert backlog(late, early, urgent).take(NOW, 25).batch == [urgent, early, late]


def test_nothing_is_taken_before_it_is_due() -> None:
    waiting = backlog(job(NOW + 0.01))
    assert waiting.next_at(NOW) == NOW + 0.01
    assert waiting.take(NOW, 25).batch == []
    assert len(waiting.take(NOW + 0.01, 25).batch) == 1
    assert waiting.next_at(NOW) is None


def test_nothing_is_taken_whose_turn_is_far() -> None:
    waiting = backlog(*(job() for _ in range(30)), rate=20)
    waiting._gate.pacer.pause(NOW + 1)
    assert waiting.take(NOW, 25).batch == []
    assert waiting.next_at(NOW) == NOW + 0.75
    assert len(waiting.take(NOW + 0.75, 25).batch) == 25
    assert waiting.unsent == 25


def test_an_occurrences_own_pace_holds_only_itself() -> None:
    slow = new_id()
    mixed = backlog(
        *(job(rate=1, occurrence_id=slow) for _ in range(5)), *(job() for _ in range(5))
    )
    taken = [taken.row.occurrence_id for taken in mixed.take(NOW, 25).batch]
    assert taken.count(slow) == 1
    assert len(taken) == 6


def test_a_second_message_to_a_person_waits_and_gives_its_place_away() -> None:
    person = new_id()
    waiting = backlog(job(recipient_id=person), job(recipient_id=person), job())
    taken = waiting.take(NOW, 25)
    assert len(taken.batch) == 2
    [(_, wait)] = taken.held
    assert PAIR_SECONDS - 0.1 <= wait <= PAIR_SECONDS + 0.1
    assert len(waiting) == 0


def test_urgent_messages_to_a_person_may_follow_each_other_closely() -> None:
    person = new_id()
    urgent = (job(recipient_id=person, priority=0) for _ in range(3))
    taken = backlog(*urgent, job(recipient_id=person)).take(NOW, 25)
    assert len(taken.batch) == 3
    [(_, wait)] = taken.held
    assert wait == 3 * PAIR_SECONDS


def test_what_stops_an_occurrence_takes_its_jobs_out() -> None:
    stopped, other = job(), job()
    mixed = backlog(stopped, other)
    assert mixed.drop_lane(stopped.row.occurrence_id) == [stopped]
    assert mixed.of_lanes() == {other.row.occurrence_id: 1}
    assert mixed.take_all() == [other]
