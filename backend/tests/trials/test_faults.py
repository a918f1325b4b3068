"""Redis killed, workers stopped, frozen and woken: who takes over, how soon, and what it costs."""

import os
import signal
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from devstack import processes
from devstack.processes import wait_until
from devstack.simulator_types import LedgerRow
from devstack.trial import Trial
from devstack.trial_people import Shop, phone

pytestmark = [pytest.mark.stack, pytest.mark.timeout(400)]

RECOVERY_S = 15.0
SLOW_MACHINE_S = 60.0
ARRIVED = {"accepted", "sent", "delivered", "read"}


@pytest.fixture
def colleague(trial: Trial) -> Iterator[None]:
    """A second dispatch worker; afterwards there is one again, whoever was ended."""
    trial.start("dispatch2", like="dispatch")
    trial.ready("dispatch2")
    yield
    processes.end(trial.running.pop("dispatch2"), patience=0)
    if trial.running["dispatch"].poll() is not None:
        trial.start("dispatch")
        trial.ready("dispatch")


def owner(trial: Trial) -> int:
    """The pid of the worker that holds the lease."""
    held = trial.scalar("SELECT owner FROM sender_drains WHERE leased_until > clock_timestamp()")
    return int(str(held).rpartition(":")[2])


def sent_to(rows: list[LedgerRow], first: int, count: int) -> Counter[str]:
    """How often each of ``count`` people got a message."""
    phones = {phone(number) for number in range(first, first + count)}
    return Counter(str(row["to"]) for row in rows if row["wamid"] and row["to"] in phones)


def wait_for_all(
    trial: Trial, shop: Shop, schedule_id: str, before: int, first: int, count: int
) -> None:
    """Each of them got one message since the ledger had ``before`` rows, and we say so."""

    def ended() -> bool:
        counts = shop.counts(schedule_id)
        return sum(counts[status] for status in ARRIVED) == count

    assert wait_until(ended, seconds=SLOW_MACHINE_S, every=0.2), shop.counts(schedule_id)
    got = sent_to(trial.simulator.ledger()[before:], first, count)
    assert got == dict.fromkeys((phone(n) for n in range(first, first + count)), 1)


def test_redis_killed_with_a_doorbell_pending(trial: Trial, shop: Shop) -> None:
    """The worker holds an unacknowledged doorbell; it must survive, and the message leave."""
    due = datetime.now(UTC) + timedelta(seconds=8)
    before = len(trial.simulator.ledger())
    id_ = shop.schedule(at=due, to=[shop.people[0]])["id"]
    received = "dispatch.drain["
    told = trial.log("dispatch").count(received)
    assert wait_until(lambda: trial.log("dispatch").count(received) > told, seconds=5)
    trial.valkey.kill()
    [row] = trial.simulator.wait_for_requests(before + 1, SLOW_MACHINE_S)[before:]
    trial.restart_valkey()
    assert 0 <= row["received_at"] - due.timestamp() < RECOVERY_S
    assert trial.running["dispatch"].poll() is None
    assert trial.running["worker"].poll() is None
    wait_for_all(trial, shop, id_, before, 0, 1)


@pytest.mark.usefixtures("colleague")
def test_a_stopped_worker_settles_and_the_other_goes_on(trial: Trial, shop: Shop) -> None:
    first, count = 100, 150
    trial.simulator.set_knobs(answer_delay={"low": 0.5, "high": 1.0})
    before = len(trial.simulator.ledger())
    id_ = shop.schedule(to=shop.people[first : first + count], rate=40)["id"]
    trial.simulator.wait_for_requests(before + count // 3, SLOW_MACHINE_S)
    pid = owner(trial)
    [process] = [one for one in trial.running.values() if one.pid == pid]
    process.terminate()
    assert process.wait(timeout=45) == 0
    mine = f"worker LIKE '%:{pid}'"
    assert trial.scalar(f"SELECT count(*) FROM attempts WHERE {mine}") >= count // 3
    left = "outcome IS NULL OR outcome = 'unconfirmed'"
    assert trial.scalar(f"SELECT count(*) FROM attempts WHERE {mine} AND ({left})") == 0
    trial.simulator.set_knobs(answer_delay={"low": 0, "high": 0})
    wait_for_all(trial, shop, id_, before, first, count)


@pytest.mark.usefixtures("colleague")
def test_a_frozen_worker_is_replaced_and_harms_nothing_when_it_wakes(
    trial: Trial, shop: Shop
) -> None:
    first, count = 300, 200
    before = len(trial.simulator.ledger())
    id_ = shop.schedule(to=shop.people[first : first + count], rate=40)["id"]
    trial.simulator.wait_for_requests(before + count // 4, SLOW_MACHINE_S)
    pid = owner(trial)
    os.kill(pid, signal.SIGSTOP)
    try:
        rows = trial.simulator.ledger()[before:]
        frozen = rows[-1]["received_at"]
        rows = trial.simulator.wait_for_requests(before + len(rows) + 1, SLOW_MACHINE_S)[before:]
        next_at = min(row["received_at"] for row in rows if row["received_at"] > frozen)
        assert next_at - frozen < RECOVERY_S
        assert owner(trial) != pid
    finally:
        os.kill(pid, signal.SIGCONT)
    wait_for_all(trial, shop, id_, before, first, count)
    # Both may have sent for others before.
    of_this = f"occurrence_id IN (SELECT id FROM occurrences WHERE schedule_id = '{id_}')"
    marks = f"FROM attempts WHERE {of_this} AND worker LIKE '%:{{}}'"
    zombie = f"SELECT count(*) {marks.format(pid)} AND marked_at > "
    taken = f"(SELECT min(marked_at) {marks})"
    successor = owner_of_last(trial)
    assert successor != pid
    assert trial.scalar(zombie + taken.format(successor)) == 0


def owner_of_last(trial: Trial) -> int:
    """Who marked last."""
    worker = trial.scalar("SELECT worker FROM attempts ORDER BY marked_at DESC LIMIT 1")
    return int(str(worker).rpartition(":")[2])
