"""The pace holds where requests leave: after a frozen loop, slow connections, a take-over."""

import asyncio
import time
from collections.abc import Sequence

import pytest
from sqlalchemy import update

from app.core import clock
from app.domain.pacing import Pacer
from app.integrations.whatsapp.answers import Answer, NotSent
from app.models.senders import Sender, SenderDrain
from app.repositories import marks
from app.services.dispatch import drain, state
from app.services.dispatch.gate import Gate
from tests.services.dispatch import drains
from tests.services.dispatch.conftest import Bench
from tests.services.dispatch.drains import Desk, Wire

pytestmark = pytest.mark.usefixtures("rung")


def most_in_a_second(times: Sequence[float]) -> int:
    return max(sum(first <= at < first + 1 for at in times) for first in times)


def _at(bench: Bench, mps: int) -> None:
    bench.session.execute(update(Sender).values(throughput_mps=mps))


async def test_after_a_frozen_loop_what_piled_up_leaves_at_the_pace() -> None:
    passed: list[float] = []
    gate = Gate(Pacer(40, time.monotonic()))

    async def leave(number: int) -> None:
        assert await gate.enter(time.monotonic() + 10)
        passed.append(time.monotonic())
        if number == 20:
            time.sleep(0.4)

    await asyncio.gather(*(leave(number) for number in range(70)))
    assert passed == sorted(passed)
    assert most_in_a_second(passed) <= 40


async def test_what_is_written_late_counts_from_when_it_was_written() -> None:
    written: list[float] = []
    gate = Gate(Pacer(40, time.monotonic()))

    async def leave(number: int) -> None:
        assert await gate.enter(time.monotonic() + 10)
        if number == 5:
            time.sleep(0.15)  # the process is stopped between its turn and the first byte
        written.append(time.monotonic())

    await asyncio.gather(*(leave(number) for number in range(70)))
    assert most_in_a_second(written) <= 40


async def test_nothing_passes_after_its_time_or_once_closed() -> None:
    gate = Gate(Pacer(1, time.monotonic()))
    assert await gate.enter(time.monotonic() + 0.5)
    assert not await gate.enter(time.monotonic() + 0.5)
    waiting = asyncio.create_task(gate.enter(time.monotonic() + 10))
    gate.close()
    assert not await asyncio.wait_for(waiting, 1)


async def test_slow_connections_and_a_take_over_keep_the_pace(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state, "LIFE_S", 0.8)
    _at(bench, 40)
    sent = drains.crowd(bench, 70)
    first, second = Wire(connecting=asyncio.Event()), Wire()
    serving = asyncio.create_task(drain.serve(bench.sender.id, Desk(first)))
    await asyncio.wait({serving}, timeout=0.6)
    assert first.connecting is not None
    assert not first.sent
    first.connecting.set()
    await serving
    monkeypatch.setattr(state, "LIFE_S", 30)
    bench.session.execute(update(SenderDrain).values(leased_until=clock.now()))
    await drain.serve(bench.sender.id, Desk(second, "worker-2"))
    times = [at for wire in (first, second) for at, _ in wire.sent]
    assert first.sent
    assert len(times) == 70
    assert most_in_a_second(times) <= 40
    assert drains.statuses(bench.session, sent) == {"accepted"}


async def test_what_cannot_leave_before_the_lease_is_given_on_never_leaves(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state, "LIFE_S", 0.3)
    [delivery] = drains.crowd(bench, 1)
    wire = Wire(connecting=asyncio.Event())
    serving = asyncio.create_task(drain.serve(bench.sender.id, Desk(wire)))
    await asyncio.wait({serving}, timeout=1.5)
    assert wire.connecting is not None
    assert drains.free(bench, "worker-2")
    wire.connecting.set()
    await serving
    assert not wire.sent
    assert bench.status(delivery) == "scheduled"
    assert bench.attempts(delivery) == ["not_sent"]


def test_a_lease_that_ran_out_ends_the_marks(bench: Bench) -> None:
    begun = drains.begin(bench, Desk())
    assert not begun.over()
    begun.leased_until = time.monotonic()
    assert begun.over()


async def test_what_never_left_uses_up_no_turn_of_its_recipient(bench: Bench) -> None:
    answers: list[Answer] = [NotSent("refused")]
    wire = Wire(lambda request: answers.pop() if answers else drains.accept(request))
    drains.crowd(bench, 1)
    await drain.serve(bench.sender.id, Desk(wire))
    (first, _), (second, _) = wire.sent
    assert second - first < 4
    assert marks.recent_pairs(bench.session, bench.sender.id)[bench.person.id][1] == 1
