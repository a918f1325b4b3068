"""One drain from doorbell to lease given back: what leaves, what is settled, who goes on."""

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import update

from app.core import clock, queue
from app.integrations.whatsapp.answers import Ambiguous, Answer, NotSent, Refused
from app.integrations.whatsapp.errors import MetaError
from app.models.senders import Sender, SenderDrain
from app.services.dispatch import drain, state
from tests.services.dispatch import drains
from tests.services.dispatch.conftest import Bench
from tests.services.dispatch.drains import Desk, Wire


def refusal(code: int) -> Refused:
    return Refused(MetaError(code, None, "no", "no", None, False, 400))


async def test_everything_due_leaves_once_and_the_lease_is_free(
    bench: Bench, rung: list[str]
) -> None:
    desk, sent = Desk(), drains.crowd(bench, 5)
    await drain.serve(bench.sender.id, desk)
    assert drains.statuses(bench.session, sent) == {"accepted"}
    assert len({request.body for _, request in desk.wire.sent}) == len(desk.wire.sent) == 5
    assert drains.free(bench, "worker-2")
    assert "dispatch.drain" not in rung[5:]


async def test_nothing_leaves_before_its_time_and_connections_are_open_by_then(
    bench: Bench, rung: list[str]
) -> None:
    due_at = clock.now() + timedelta(seconds=1.2)
    desk, sent = Desk(), drains.crowd(bench, 1, due_at)
    await drain.serve(bench.sender.id, desk)
    [(left_at, _)] = desk.wire.sent
    early_s = (due_at - clock.now()).total_seconds() + time.monotonic() - left_at
    assert early_s <= 0
    [(warmed_at, connections)] = desk.wire.warmed
    assert warmed_at < left_at - 0.5
    assert connections > 1
    assert drains.statuses(bench.session, sent) == {"accepted"}


@pytest.mark.parametrize(
    ("answer", "status", "outcome"),
    [
        (Ambiguous("timeout"), "unconfirmed", "unconfirmed"),
        (refusal(131026), "failed", "refused"),
        (refusal(132001), "failed", "refused"),
        (refusal(190), "scheduled", "refused"),
    ],
)
async def test_what_an_answer_makes_of_a_delivery(
    bench: Bench, rung: list[str], answer: Answer, status: str, outcome: str
) -> None:
    [delivery] = drains.crowd(bench, 1)
    await drain.serve(bench.sender.id, Desk(Wire(lambda _: answer)))
    assert drains.statuses(bench.session, [delivery]) == {status}
    assert bench.attempts(delivery) == [outcome]


async def test_a_revoked_token_pauses_the_sender_and_stops_the_rest(
    bench: Bench, rung: list[str]
) -> None:
    desk, sent = Desk(Wire(lambda _: refusal(190))), drains.crowd(bench, 20)
    slow(bench)
    await drain.serve(bench.sender.id, desk)
    bench.session.refresh(bench.sender)
    assert bench.sender.status == "paused"
    assert len(desk.wire.sent) < 20
    assert drains.statuses(bench.session, sent) == {"scheduled"}


async def test_proven_not_sent_goes_again(bench: Bench, rung: list[str]) -> None:
    answers: list[Answer] = [NotSent("refused")]

    def answer(request: object) -> Answer:
        return answers.pop() if answers else drains.accept(request)  # type: ignore[arg-type]

    [delivery] = drains.crowd(bench, 1)
    await drain.serve(bench.sender.id, Desk(Wire(answer)))
    assert drains.statuses(bench.session, [delivery]) == {"accepted"}
    assert bench.attempts(delivery) == ["not_sent", "accepted"]


@pytest.mark.parametrize(("begins", "marked"), [(False, 19), (True, 60)])
async def test_what_no_byte_has_left_of_holds_up_the_marks(
    bench: Bench, rung: list[str], begins: bool, marked: int
) -> None:
    """All that is marked and unsent is in doubt when the process dies: 0.25 s of it at most."""
    wire = Wire(hold=asyncio.Event(), begins=begins)
    drains.crowd(bench, 60)
    serving = asyncio.create_task(drain.serve(bench.sender.id, Desk(wire)))
    await _until(lambda: len(wire.sent) >= marked)
    # In 0.3 s the pace would let 24 more leave.
    await asyncio.wait({serving}, timeout=0.3)
    assert len(wire.sent) == marked
    assert wire.hold is not None
    wire.hold.set()
    await serving
    assert len(wire.sent) == 60


async def test_told_to_stop_it_marks_no_more_and_settles_what_is_on_the_wire(
    bench: Bench, rung: list[str]
) -> None:
    wire = Wire(hold=asyncio.Event())
    desk, sent = Desk(wire), drains.crowd(bench, 20)
    slow(bench)
    serving = asyncio.create_task(drain.serve(bench.sender.id, desk))
    await _until(lambda: len(wire.sent) >= 3)
    desk.stopping.set()
    await _until(lambda: bool(drains.free(bench, "worker-2")))
    left = len(wire.sent)
    assert left < 20
    assert wire.hold is not None
    wire.hold.set()
    await serving
    assert len(wire.sent) == left
    assert drains.statuses(bench.session, sent) == {"accepted", "scheduled"}
    assert len([one for one in sent if one.status == "accepted"]) == left
    assert rung[-1] == "dispatch.drain"


async def test_after_its_life_a_hanging_answer_holds_up_nobody(
    bench: Bench, rung: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state, "LIFE_S", 1)
    wire = Wire(hold=asyncio.Event())
    sent = drains.crowd(bench, 20)
    slow(bench, 10)
    serving = asyncio.create_task(drain.serve(bench.sender.id, Desk(wire)))
    await _until(lambda: len(wire.sent) >= 1)
    await _until(lambda: bool(drains.free(bench, "worker-2")))
    first = len(wire.sent)
    bench.session.execute(update(SenderDrain).values(leased_until=clock.now()))
    assert rung[-1] == "dispatch.drain"
    monkeypatch.setattr(state, "LIFE_S", 30)
    successor = Desk(name="worker-2")
    await drain.serve(bench.sender.id, successor)
    assert len(successor.wire.sent) == 20 - first > 0
    assert wire.hold is not None
    wire.hold.set()
    await serving
    assert drains.statuses(bench.session, sent) == {"accepted"}


async def test_without_a_broker_it_goes_on_itself(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "publish", lambda *_, **__: False)
    monkeypatch.setattr(state, "LIFE_S", 0.3)
    desk, sent = Desk(), drains.crowd(bench, 20)
    slow(bench)
    await drain.serve(bench.sender.id, desk)
    assert drains.statuses(bench.session, sent) == {"accepted"}
    assert len(desk.wire.sent) == 20


async def test_a_second_drain_leaves_the_first_alone(bench: Bench, rung: list[str]) -> None:
    bench.acquire("worker-2")
    desk = Desk()
    drains.crowd(bench, 1)
    await drain.serve(bench.sender.id, desk)
    assert desk.wire.sent == []


async def test_a_paused_sender_sends_nothing(bench: Bench, rung: list[str]) -> None:
    drains.crowd(bench, 1)
    bench.session.execute(update(Sender).values(status="paused"))
    desk = Desk()
    await drain.serve(bench.sender.id, desk)
    assert desk.wire.sent == []
    assert drains.free(bench, "worker-2")


def slow(bench: Bench, mps: int = 20) -> None:
    """A pace at which there is time to interfere."""
    bench.session.execute(update(Sender).values(throughput_mps=mps))


async def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)
