"""One code of each kind and scope, from the simulator through a real drain: who is touched."""

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.core import clock
from app.integrations.whatsapp.transport import AiohttpTransport
from app.models.deliveries import Delivery
from app.models.recipients import ConsentEvent, Recipient
from app.models.senders import Sender, SenderDrain
from app.models.templates import Template
from app.services.dispatch import drain
from devstack.simulator_control import SimulatorControl
from tests.factories import senders, templates
from tests.services.dispatch.campaigns import Campaign, Shop, shop
from tests.services.dispatch.drains import Desk
from tests.support import simulator

pytestmark = pytest.mark.usefixtures("only_known_moves", "rung")

ACTIVE, RUNS = ("active", None), ("running", None, "runnable")
DONE = ("completed", None, None)


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatorControl]:
    with simulator.running(tmp_path_factory.mktemp("simulator") / "data") as control:
        yield control


@dataclass
class World:
    """``one`` and ``same`` send one template, ``other`` another; all from ``shop.sender``.

    ``sibling`` is a number of the same account, ``stranger`` of another one.
    """

    shop: Shop
    control: SimulatorControl
    one: Campaign
    same: Campaign
    other: Campaign
    sibling: Sender
    stranger: Sender

    @property
    def session(self) -> Session:
        return self.shop.session

    @property
    def first(self) -> Delivery:
        """The delivery that is refused."""
        return self.one.deliveries[0]

    @property
    def person(self) -> Recipient:
        found = select(Recipient).where(Recipient.id == self.first.recipient_id)
        return self.session.scalars(found.execution_options(populate_existing=True)).one()

    def refuse(self, code: int, **rule: Any) -> None:
        self.control.add_fault("error", code=code, to=self.person.phone, **{"next_n": 1} | rule)

    def state(self, sender: Sender) -> tuple[str, str | None]:
        self.session.refresh(sender)
        return sender.status, sender.status_reason

    def senders(self) -> list[tuple[str, str | None]]:
        return [self.state(one) for one in (self.shop.sender, self.sibling, self.stranger)]

    def campaigns(self) -> list[tuple[str, str | None, str | None]]:
        return [campaign.state() for campaign in (self.one, self.same, self.other)]

    async def send(self, until: Callable[[], bool] | None = None) -> None:
        """Drain until all is done, or until a condition holds."""
        url = f"{self.control.url}/v26.0"
        async with AiohttpTransport(url) as transport:
            desk = Desk(transport)  # type: ignore[arg-type]  # it has what a drain needs
            serving = asyncio.create_task(drain.serve(self.shop.sender.id, desk))
            deadline = time.monotonic() + 20
            while not serving.done() and time.monotonic() < deadline:
                if until is not None and until():
                    break
                await asyncio.wait({serving}, timeout=0.05)
            desk.stopping.set()
            await serving


@pytest.fixture
def world(session: Session, process: SimulatorControl) -> World:
    process.reset()
    business = process.business()
    own = templates.LISTED["hello_world"]
    listed = {name: value for name, value in own.items() if name != "id"}
    process.add_templates(business.waba_id, listed, listed | {"name": "spare"})
    mine = shop(
        session,
        waba_id=business.waba_id,
        phone_number_id=business.phone_number_id,
        token=business.access_token,
    )
    session.execute(update(Template).values(waba_id=business.waba_id))
    session.refresh(mine.template)
    spare = Shop(session, mine.sender, mine.copy(category="utility"))
    return World(
        mine,
        process,
        mine.campaign(mine.people(1)),
        mine.campaign(mine.people(2)),
        spare.campaign(mine.people(2)),
        senders.sender(session, mine.workspace_id, waba_id=business.waba_id),
        senders.sender(session, mine.workspace_id, waba_id="300000000000003"),
    )


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (131009, "request_refused"),
        (131021, "own_number"),
        (131047, "window_closed"),
        (131026, "undeliverable"),
        (131049, "marketing_limit"),
        (131050, "opted_out"),
    ],
)
async def test_one_message_fails_and_all_else_goes_on(world: World, code: int, reason: str) -> None:
    world.refuse(code)
    await world.send()
    assert (world.first.status, world.first.reason, world.first.meta_code) == (
        "failed",
        reason,
        code,
    )
    assert world.one.counts() == {"failed": 1}
    assert world.same.counts() == world.other.counts() == {"accepted": 2}
    assert world.campaigns() == [DONE] * 3
    assert world.senders() == [ACTIVE] * 3
    person = world.person
    assert person.undeliverable_count == (1 if code == 131026 else 0)
    assert (person.marketing_paused_until is not None) == (code == 131049)
    assert (person.consent_marketing == "opted_out") == (code == 131050)
    evidence = world.session.scalars(
        select(ConsentEvent.evidence).where(ConsentEvent.source == "whatsapp_preference")
    ).all()
    assert len(evidence) == (1 if code == 131050 else 0)
    assert all(evidence)


@pytest.mark.parametrize(
    ("code", "tries", "deferrals"), [(131000, 1, 0), (131016, 1, 0), (130429, 0, 1), (4, 0, 1)]
)
async def test_what_passes_is_tried_again(
    world: World, code: int, tries: int, deferrals: int
) -> None:
    world.refuse(code)
    await world.send()
    assert (world.first.status, world.first.attempts) == ("accepted", 2)
    assert (world.first.tries, world.first.deferrals) == (tries, deferrals)
    assert world.campaigns() == [DONE] * 3
    assert world.senders() == [ACTIVE] * 3


@pytest.mark.parametrize(("code", "all_wait"), [(80007, False), (4, True), (130429, None)])
async def test_numbers_of_the_account_or_app_wait_together(
    world: World, code: int, all_wait: bool | None
) -> None:
    world.refuse(code)
    await world.send()
    assert world.first.status == "accepted"

    def waited(sender: Sender) -> bool:
        drain_row = world.session.get_one(SenderDrain, sender.id, populate_existing=True)
        return drain_row.braked_until is not None

    assert waited(world.sibling) == (all_wait is not None)
    assert waited(world.stranger) == bool(all_wait)


async def test_a_pair_waits_and_slows_nobody_else(world: World) -> None:
    world.refuse(131056, next_n=None)
    await world.send(until=lambda: world.campaigns()[1:] == [DONE] * 2)
    assert (world.first.status, world.first.tries) == ("scheduled", 0)
    assert world.first.deferrals >= 1
    assert world.same.counts() == world.other.counts() == {"accepted": 2}
    assert world.senders() == [ACTIVE] * 3


async def test_temporary_answers_have_an_end(world: World) -> None:
    world.session.execute(update(Delivery).where(Delivery.id == world.first.id).values(tries=5))
    world.refuse(131000)
    await world.send()
    assert (world.first.status, world.first.reason) == ("failed", "retries_exhausted")


@pytest.mark.parametrize(
    ("code", "reason", "of_account", "passes"),
    [
        (190, "token_invalid", False, False),
        (133010, "sender_unavailable", False, False),
        (131048, "spam_limited", False, True),
        (368, "account_restricted", True, False),
        (131042, "payment_problem", True, False),
    ],
)
async def test_a_number_or_its_account_stops(
    world: World, code: int, reason: str, of_account: bool, passes: bool
) -> None:
    world.refuse(code)
    await world.send()
    stopped = ("paused", reason)
    assert world.senders() == [stopped, stopped if of_account else ACTIVE, ACTIVE]
    assert (world.shop.sender.paused_until is not None) == passes
    assert (world.first.status, world.first.deferrals, world.first.reason) == ("scheduled", 1, None)
    assert world.first.next_attempt_at is not None
    assert not any(state[0] == "held" for state in world.campaigns())


@pytest.mark.parametrize(
    ("code", "reason", "of_template"),
    [
        (132015, "template_unavailable", True),
        (132016, "template_unavailable", True),
        (132001, "template_refused", False),
        (132000, "template_mismatch", False),
    ],
)
async def test_a_template_holds_what_is_sent_with_it(
    world: World, code: int, reason: str, of_template: bool
) -> None:
    held = ("held", reason, "held")
    _later(world.same)
    world.refuse(code)
    await world.send(until=lambda: world.campaigns()[::2] == [held, DONE])
    assert world.one.state() == held
    assert world.same.state() == (held if of_template else ("open", None, "runnable"))
    assert world.other.state() == DONE
    assert (world.first.status, world.one.counts()) == ("scheduled", {"scheduled": 1})
    assert world.senders() == [ACTIVE] * 3
    world.session.refresh(world.shop.template)
    status = {132015: "PAUSED", 132016: "DISABLED"}.get(code, "APPROVED")
    assert world.shop.template.status == status


async def test_a_country_is_left_out_and_others_go_on(world: World) -> None:
    world.session.execute(update(Sender).values(throughput_mps=5))
    abroad = world.shop.campaign(world.shop.people(4, country="BR"))
    world.control.add_fault("error", code=130497)
    _later(world.one, world.same, world.other)
    await world.send(until=lambda: abroad.state() == DONE)
    counts = abroad.counts()
    assert counts["failed"] + counts["skipped"] == 4
    assert counts["failed"] < 3
    assert {row.reason for row in abroad.deliveries} == {"country_barred"}
    assert world.senders() == [ACTIVE] * 3
    world.control.clear_faults()
    again = world.shop.campaign([*world.shop.people(1, country="BR"), *world.shop.people(1)])
    await world.send(until=lambda: again.state() == DONE)
    assert again.counts() == {"skipped": 1, "accepted": 1}


def _later(*campaigns: Campaign) -> None:
    for campaign in campaigns:
        mine = update(Delivery).where(Delivery.schedule_id == campaign.ref.id)
        campaign.session.execute(mine.values(next_attempt_at=clock.now() + timedelta(minutes=10)))
