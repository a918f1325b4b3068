"""The keeper's turns, one at a time: what is claimed, what is kept when something fails."""

import pytest
from sqlalchemy.exc import OperationalError

from app.services.dispatch import settle
from app.services.dispatch.settle import Returned
from tests.services.dispatch import drains
from tests.services.dispatch.conftest import Bench
from tests.services.dispatch.drains import Desk


def _no_database(*_: object) -> None:
    raise OperationalError("SELECT", {}, Exception("away"))


async def test_what_could_not_be_settled_is_settled_by_the_next_turn(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    state, keeper, _ = drains.parts(bench, Desk())
    drains.crowd(bench, 2)
    await keeper._turn_over()
    for job in state.backlog.take_all():
        state.give_up(job)
    with monkeypatch.context() as away:
        away.setattr(settle, "settle", _no_database)
        await keeper._turn_over()
    assert len(state.returned.settlements) == 2
    assert sum(state.open_rows.values()) == 2
    monkeypatch.setattr(keeper, "_wanted", lambda: 0)
    await keeper._turn_over()
    assert not state.returned
    assert not state.open_rows


def test_a_keeper_whose_lease_is_lost_settles_and_claims_nothing(bench: Bench) -> None:
    state, keeper, _ = drains.parts(bench, Desk())
    [delivery] = drains.crowd(bench, 1)
    bench.claim(state.lease, delivery)
    state.lease_lost = True
    back = Returned([drains.given_back(bench, delivery)])
    assert keeper._turn(bench.session, back) == ([], Returned())
    # Free again for whoever holds the lease now.
    assert bench.claim(state.lease, delivery)


def test_a_taken_over_lease_is_noticed_by_the_next_turn(bench: Bench) -> None:
    state, keeper, _ = drains.parts(bench, Desk())
    drains.crowd(bench, 1)
    keeper._turn(bench.session, Returned())
    assert not state.lease_lost
    drains.take_over(bench, "worker-2")
    jobs, _ = keeper._turn(bench.session, Returned())
    assert jobs == []
    assert state.lease_lost


async def test_no_more_is_claimed_than_leaves_until_the_next_look(bench: Bench) -> None:
    state, keeper, _ = drains.parts(bench, Desk())
    drains.crowd(bench, 90)
    await keeper._turn_over()
    assert len(state.backlog) == 80
    await keeper._turn_over()
    assert len(state.backlog) == 80


async def test_handing_over_frees_what_was_claimed_and_the_lease(bench: Bench) -> None:
    state, keeper, _ = drains.parts(bench, Desk())
    [delivery] = drains.crowd(bench, 1)
    await keeper._turn_over()
    assert len(state.backlog) == 1
    state.stop()
    await keeper.hand_over()
    successor = bench.acquire("worker-2")
    assert bench.claim(successor, delivery)
