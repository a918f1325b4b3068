"""Refusals because of the rate slow down a number, its successor, and the others concerned."""

import asyncio
import time
from datetime import timedelta

import pytest
from sqlalchemy import func, update

from app.integrations.whatsapp.answers import Answer, Refused
from app.integrations.whatsapp.errors import MetaError
from app.integrations.whatsapp.transport import SendRequest
from app.models.senders import SenderDrain
from app.services.dispatch import account, drain
from tests.services.dispatch import drains
from tests.services.dispatch.conftest import Bench
from tests.services.dispatch.drains import Desk, Wire

pytestmark = pytest.mark.usefixtures("rung")


def _throttled(_: SendRequest) -> Answer:
    return Refused(MetaError(130429, None, "Rate limit", "Rate limit", None, False, 400))


def _ago(seconds: float) -> object:
    return func.clock_timestamp() - timedelta(seconds=seconds)


async def test_throttled_answers_halve_the_rate_and_the_successor_begins_with_it(
    bench: Bench,
) -> None:
    drains.crowd(bench, 30)
    desk = Desk(Wire(_throttled))
    serving = asyncio.create_task(drain.serve(bench.sender.id, desk))
    await asyncio.wait({serving}, timeout=1.5)
    desk.stopping.set()
    await serving
    row = bench.session.get_one(SenderDrain, bench.sender.id, populate_existing=True)
    assert 0.1 < row.share < 0.75
    bench.session.execute(update(SenderDrain).values(leased_until=_ago(1)))
    now = time.monotonic()
    successor = drains.begin(bench, Desk())
    assert successor.pacer.share(now) < 0.8


@pytest.mark.parametrize(("ago_s", "share"), [(0, 0.5), (6, 0.7), (60, 1.0)])
def test_what_it_rested_meanwhile_it_has_climbed(bench: Bench, ago_s: float, share: float) -> None:
    slowed = {"share": 0.5, "next_slot": _ago(ago_s)}
    bench.session.execute(update(SenderDrain).values(slowed))
    state = drains.begin(bench, Desk())
    assert state.share() == pytest.approx(share, abs=0.05)


@pytest.mark.parametrize("of_app", [False, True])
async def test_a_brake_reaches_whichever_process_drains(bench: Bench, of_app: bool) -> None:
    running, keeper, _ = drains.parts(bench, Desk())
    await keeper._turn_over()
    assert running.pacer.free_at(time.monotonic()) < time.monotonic() + 1
    account.brake(running.lease, None if of_app else bench.sender.waba_id, 30)
    await keeper._turn_over()
    assert running.pacer.free_at(time.monotonic()) > time.monotonic() + 25
    bench.session.execute(update(SenderDrain).values(leased_until=_ago(1)))
    successor = drains.begin(bench, Desk())
    assert successor.pacer.free_at(time.monotonic()) > time.monotonic() + 25


async def test_a_brake_of_another_account_is_not_minded(bench: Bench) -> None:
    running, keeper, _ = drains.parts(bench, Desk())
    account.brake(running.lease, "another", 30)
    await keeper._turn_over()
    assert running.pacer.free_at(time.monotonic()) < time.monotonic() + 1
