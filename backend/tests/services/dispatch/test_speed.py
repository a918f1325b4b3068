"""Whose turn it is at a sender, and how fast: changed in flight, shared, given to the urgent."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy.orm import Session

from app.core import clock
from app.domain.refs import Ref
from app.integrations.whatsapp.answers import Answer, Refused
from app.integrations.whatsapp.errors import MetaError
from app.integrations.whatsapp.transport import SendRequest
from app.models.recipients import Recipient
from app.services import direct, finishes, messages, schedule_changes, workspaces
from app.services.dispatch import drain
from tests.factories import messages as message_factory
from tests.services.dispatch import drains
from tests.services.dispatch.campaigns import Campaign, Shop, shop
from tests.services.dispatch.drains import Desk, Wire

pytestmark = pytest.mark.usefixtures("rung")


@asynccontextmanager
async def serving(mine: Shop, wire: Wire) -> AsyncIterator[None]:
    desk = Desk(wire)
    running = asyncio.create_task(drain.serve(mine.sender.id, desk))
    try:
        yield
    finally:
        desk.stopping.set()
        await running


async def until_sent(wire: Wire, many: int, within_s: float = 10) -> float:
    """Wait for so many; when the last of them left."""
    deadline = time.monotonic() + within_s
    while len(wire.sent) < many:
        assert time.monotonic() < deadline, f"only {len(wire.sent)} left"
        await asyncio.sleep(0.01)
    return wire.sent[many - 1][0]


def times_to(wire: Wire, people: list[Recipient]) -> list[float]:
    phones = {person.phone for person in people}
    return [at for at, request in wire.sent if json.loads(request.body)["to"] in phones]


def change(campaign: Campaign, rate: int | None) -> float:
    schedule_changes.change(campaign.session, campaign.ref, {"max_rate_mps": rate}, None)
    return time.monotonic()


async def test_a_schedule_made_faster_is_so_within_a_second(session: Session) -> None:
    mine, wire = shop(session), Wire()
    campaign = mine.campaign(mine.people(60), max_rate_mps=1)
    async with serving(mine, wire):
        await until_sent(wire, 2)
        changed = change(campaign, 60)
        assert await until_sent(wire, 12) - changed < 2  # at the old speed it would take ten
    assert sum(at < changed for at, _ in wire.sent) == 2


async def test_a_schedule_made_slower_is_so_within_a_second(session: Session) -> None:
    mine, wire = shop(session), Wire()
    campaign = mine.campaign(mine.people(200), max_rate_mps=40)
    async with serving(mine, wire):
        await until_sent(wire, 40)
        changed = change(campaign, 2)
        before = len(wire.sent)
        await until_sent(wire, before + 5)
    assert sum(at > changed for at, _ in wire.sent) <= 5 + 40 * 0.25
    assert sum(at > changed + 1 for at, _ in wire.sent) <= 5


async def test_its_expected_end_follows_its_speed_and_the_others(session: Session) -> None:
    mine = shop(session)
    one, other = mine.campaign(mine.people(40)), mine.campaign(mine.people(40))

    def seconds(campaign: Campaign) -> float:
        row = campaign.occurrence
        return (finishes.expected(session, [row])[row.id] - clock.now()).total_seconds()

    assert seconds(one) == pytest.approx(1, abs=0.3)
    change(one, 4)
    assert seconds(one) == pytest.approx(10, abs=0.3)
    assert seconds(other) == pytest.approx(0.5, abs=0.3)


async def test_a_direct_send_leaves_within_a_second_in_the_midst_of_a_campaign(
    session: Session,
) -> None:
    mine, wire = shop(session), Wire()
    workspaces.get(session, mine.workspace_id).service_window = "ignore"
    crowd, [customer] = mine.people(300), mine.people(1)
    mine.campaign(crowd)
    text = message_factory.text(session, mine.workspace_id, category="utility")
    version = messages.newest_version(session, Ref(mine.workspace_id, text.message.id))
    async with serving(mine, wire):
        await until_sent(wire, 40)
        asked = time.monotonic()
        recipient = Ref(mine.workspace_id, customer.id)
        wanted = direct.Direct(mine.sender.id, recipient, version.id, "direct")
        direct.create(session, wanted)
        await until_sent(wire, 150)
    [left] = times_to(wire, [customer])
    assert left - asked < 1


async def test_two_campaigns_of_a_number_share_it_equally(session: Session) -> None:
    mine, wire = shop(session), Wire()
    early, late = mine.people(400), mine.people(250)
    mine.campaign(early)
    async with serving(mine, wire):
        await until_sent(wire, 40)
        mine.campaign(late)
        await until_sent(wire, 400, within_s=20)
    began = min(times_to(wire, late)) + 1
    shares = [sum(at > began for at in times_to(wire, people)) for people in (early, late)]
    assert sum(shares) > 80
    assert min(shares) >= 0.4 * sum(shares), shares


async def test_people_who_must_wait_slow_nobody_down(session: Session) -> None:
    mine = shop(session)
    slow, others = mine.people(10), mine.people(140)
    phones = {person.phone for person in slow}

    def answer(request: SendRequest) -> Answer:
        if json.loads(request.body)["to"] in phones:
            return Refused(MetaError(131056, None, "Pair", "Pair", None, False, 400))
        return drains.accept(request)

    wire = Wire(answer)
    mine.campaign(slow + others)
    async with serving(mine, wire):
        first = await until_sent(wire, 1)
        await until_sent(wire, 150)
    last = max(times_to(wire, others))
    assert last - first < 150 / 80 + 2
