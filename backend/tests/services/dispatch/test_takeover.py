"""What a drain that died, froze or was never rung leaves for the patrol to find."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psycopg2
import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import OperationalError

from app.core import clock, db
from app.models.schedules import Lane
from app.models.senders import SenderDrain
from app.repositories import drains
from tests.services.dispatch.conftest import Bench


def found(bench: Bench, within_s: float = 4) -> bool:
    return bench.sender.id in drains.forsaken(bench.session, within_s)


def test_nobody_is_forsaken_without_work(bench: Bench) -> None:
    assert not found(bench)


@pytest.mark.parametrize(("due_in", "is_found"), [(-5, True), (3, True), (6, False)])
def test_what_no_doorbell_announced_is_found_before_it_is_due(
    bench: Bench, due_in: float, is_found: bool
) -> None:
    bench.send(due_at=clock.now() + timedelta(seconds=due_in))
    assert found(bench) is is_found


def test_a_live_lease_is_left_alone_and_one_that_ran_out_is_not(bench: Bench) -> None:
    bench.send()
    bench.acquire()
    assert not found(bench)
    bench.session.execute(update(SenderDrain).values(leased_until=clock.now()))
    assert found(bench)


def test_work_in_a_dead_drains_claim_is_found(bench: Bench) -> None:
    """Claimed rows are due at no time: they must be looked for in the claims."""
    lease, delivery = bench.acquire(), bench.send()
    bench.claim(lease, delivery)
    assert not found(bench)
    drains.end(bench.session, lease, 0)
    assert found(bench)


def test_what_is_on_the_wire_needs_no_successor(bench: Bench) -> None:
    lease, _, _ = bench.sending()
    drains.end(bench.session, lease, 0)
    assert not found(bench)


@pytest.mark.parametrize("change", [{"state": "paused"}, {"sender_active": False}])
def test_stopped_lanes_call_nobody(bench: Bench, change: dict[str, object]) -> None:
    bench.send()
    bench.session.execute(update(Lane).values(**change))
    assert not found(bench)


@pytest.fixture
def quickly_let_go(stack: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The same setting, with less to wait for."""
    from app.core import walls

    monkeypatch.setattr(walls, "_LET_GO", walls._LET_GO.replace("8s", "200ms"))
    yield
    db.engine().dispose()


@pytest.mark.usefixtures("quickly_let_go")
def test_a_frozen_workers_locks_are_let_go() -> None:
    with (  # noqa: PT012
        pytest.raises(OperationalError) as failure,
        db.transaction() as frozen,
    ):
        frozen.execute(text("SELECT pg_advisory_xact_lock(1)"))
        with db.reading() as other:
            # Waits until the server has ended the frozen one.
            other.execute(text("SELECT pg_advisory_xact_lock(1)"))
        frozen.execute(text("SELECT 1"))
    assert isinstance(failure.value.orig, psycopg2.OperationalError)
