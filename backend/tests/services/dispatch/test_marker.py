"""The marker's hand at the wire: nothing leaves that isn't marked."""

import asyncio

import pytest
from sqlalchemy.exc import OperationalError

from app.repositories import marks
from app.services.dispatch.marker import Marker
from app.services.dispatch.state import State
from tests.services.dispatch import drains
from tests.services.dispatch.conftest import Bench
from tests.services.dispatch.drains import Desk


async def _claimed(bench: Bench, desk: Desk, size: int) -> tuple[State, Marker]:
    state, keeper, marker = drains.parts(bench, desk)
    drains.crowd(bench, size)
    await keeper._turn_over()
    assert len(state.backlog) == size
    return state, marker


async def test_after_a_failed_mark_nothing_is_sent_and_the_drain_ends(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk()
    state, marker = await _claimed(bench, desk, 3)

    def fail(*_: object) -> None:
        raise OperationalError("UPDATE", {}, Exception("the commit may have happened"))

    monkeypatch.setattr(marks, "mark", fail)
    async with asyncio.timeout(10):
        await marker.mark()
    assert state.stopped
    assert desk.wire.sent == []
    # Marked or not is for recovery to find out: no word of ours may decide it.
    assert not state.returned.settlements
    assert state.backlog.unsent == 0


@pytest.mark.parametrize(
    ("verdict", "becomes", "reason"),
    [
        ("opted_out", "skipped", "opted_out"),
        ("expired", "expired", "expired"),
        ("release", "scheduled", None),
    ],
)
async def test_what_the_mark_refuses_is_not_sent_but_settled(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, verdict: str, becomes: str, reason: str | None
) -> None:
    desk = Desk()
    state, marker = await _claimed(bench, desk, 2)
    batch = state.backlog.take_all()
    monkeypatch.setattr(marks, "mark", lambda *_: {job.row.id: verdict for job in batch})
    await marker._mark_and_send(batch)
    await asyncio.gather(*state.sending)
    assert desk.wire.sent == []
    settled = [(one.becomes, one.reason) for one in state.returned.settlements]
    assert settled == [(becomes, reason)] * 2


async def test_a_row_that_another_has_is_neither_sent_nor_settled(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk()
    state, marker = await _claimed(bench, desk, 1)
    monkeypatch.setattr(marks, "mark", lambda *_: {})
    await marker._mark_and_send(state.backlog.take_all())
    await asyncio.gather(*state.sending)
    assert desk.wire.sent == []
    assert not state.returned.settlements
    assert sum(state.open_rows.values()) == 0


async def test_what_is_marked_leaves_once_and_comes_back_with_its_answer(bench: Bench) -> None:
    desk = Desk()
    state, marker = await _claimed(bench, desk, 3)
    marking = asyncio.create_task(marker.mark())
    async with asyncio.timeout(10):
        while len(state.returned.settlements) < 3:
            await asyncio.sleep(0.01)
    state.stop()
    await marking
    assert len(desk.wire.sent) == 3
    assert {one.becomes for one in state.returned.settlements} == {"accepted"}
