"""Messages that come in leave less room for those that go out."""

import time

import pytest
from sqlalchemy import update

from app.core import clock
from app.core.ids import new_id
from app.models.callbacks import InboundMessage
from app.models.senders import Sender
from app.services.dispatch import inflow
from tests.factories import senders
from tests.services.dispatch import drains
from tests.services.dispatch.conftest import Bench
from tests.services.dispatch.drains import Desk


def _write_in(bench: Bench, sender: Sender, many: int) -> None:
    bench.session.add_all(
        InboundMessage(
            workspace_id=sender.workspace_id,
            sender_id=sender.id,
            recipient_id=bench.person.id,
            wamid=f"wamid.in.{new_id()}",
            kind="text",
            text="Hola",
            payload={},
            received_at=clock.now(),
        )
        for _ in range(many)
    )
    bench.session.flush()


async def test_what_came_in_since_takes_up_room_and_only_once(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inflow, "ASK_EVERY_S", 0)
    bench.session.execute(update(Sender).values(throughput_mps=40))
    _write_in(bench, bench.sender, 40)  # the drain before counted these
    state, keeper, _ = drains.parts(bench, Desk())
    await keeper._turn_over()
    other = senders.sender(bench.session, bench.sender.workspace_id, phone_number_id="2")
    _write_in(bench, other, 40)
    _write_in(bench, bench.sender, 30)
    for _ in range(3):
        await keeper._turn_over()
    start = now = time.monotonic()
    left = 0
    while (now := state.pacer.free_at(now)) < start + 0.9:
        state.pacer.take(now)
        left += 1
    assert 4 <= left <= 10
