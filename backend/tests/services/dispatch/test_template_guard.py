"""A template that WhatsApp stops or changes holds what would be sent with it, and nothing else."""

from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.api.schemas.deliveries import DeliveryOut
from app.core import clock
from app.domain.refs import Ref
from app.domain.stops import What
from app.integrations.whatsapp.answers import Accepted
from app.models.senders import Sender
from app.models.templates import Template
from app.repositories import stop_orders as order_rows
from app.repositories import template_guard as rows
from app.repositories.stop_orders import Order
from app.services import deliveries
from app.services.dispatch import drain, stop_orders, template_guard
from tests.services.dispatch.campaigns import Campaign, Shop, shop
from tests.services.dispatch.drains import Desk, Wire

pytestmark = pytest.mark.usefixtures("only_known_moves", "rung")

RUNS = ("open", None, "runnable")


@pytest.fixture
def mine(session: Session) -> Shop:
    return shop(session)


def change(session: Session, template: Template, **values: Any) -> None:
    session.execute(update(Template).where(Template.id == template.id).values(**values))
    template_guard.look()


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"status": "PAUSED"}, "template_unavailable"),
        ({"status": "DISABLED"}, "template_unavailable"),
        ({"category": "marketing"}, "template_changed"),
        ({"components": [{"type": "BODY", "text": "Buy!"}]}, "template_changed"),
    ],
)
def test_a_change_holds_and_its_end_lets_go(
    session: Session, mine: Shop, values: dict[str, Any], reason: str
) -> None:
    first, second = mine.campaign(mine.people(1)), mine.campaign(mine.people(1))
    before = {name: getattr(mine.template, name) for name in values}
    change(session, mine.template, **values)
    assert first.state() == second.state() == ("held", reason, "held")
    change(session, mine.template, **before)
    assert first.state() == second.state() == ("running", None, "runnable")


def test_another_template_runs_on(session: Session, mine: Shop) -> None:
    other = Shop(session, mine.sender, mine.copy())
    mine_runs, other_runs = mine.campaign(mine.people(1)), other.campaign(mine.people(1))
    change(session, mine.template, status="PAUSED")
    assert mine_runs.state()[0] == "held"
    assert other_runs.state() == RUNS


def test_what_opens_with_a_changed_template_opens_held(session: Session, mine: Shop) -> None:
    change(session, mine.template, status="PAUSED")
    campaign = mine.campaign(mine.people(1))
    assert campaign.state() == ("held", "template_unavailable", "held")


def test_a_refusal_stops_the_template_not_only_its_campaign(session: Session, mine: Shop) -> None:
    first, second = mine.campaign(mine.people(1)), mine.campaign(mine.people(1))
    _refused(session, mine, first, What.TEMPLATE_PAUSED, "template_unavailable")
    session.refresh(mine.template)
    assert mine.template.status == "PAUSED"
    assert first.state() == second.state() == ("held", "template_unavailable", "held")
    template_guard.look()
    assert first.state()[0] == "held"


def test_a_mismatch_holds_its_campaign_alone(session: Session, mine: Shop) -> None:
    first, second = mine.campaign(mine.people(1)), mine.campaign(mine.people(1))
    _refused(session, mine, first, What.OCCURRENCE_HELD, "template_mismatch")
    assert first.state() == ("held", "template_mismatch", "held")
    template_guard.look()
    assert first.state()[0] == "held"
    assert second.state() == RUNS


def test_templates_in_use_are_read_again_each_hour(session: Session, mine: Shop) -> None:
    waba = update(Sender).where(Sender.id == mine.sender.id)
    session.execute(waba.values(waba_id=mine.template.waba_id))
    old = update(Template).values(synced_at=clock.now() - timedelta(hours=2))
    session.execute(old)
    assert rows.not_asked_for(session, 3600) == []
    mine.campaign(mine.people(1))
    assert rows.not_asked_for(session, 3600) == [mine.sender.id]
    session.execute(update(Template).values(synced_at=clock.now()))
    assert rows.not_asked_for(session, 3600) == []


@pytest.mark.parametrize(
    ("word", "state"),
    [("paused", ("held", "template_unavailable", "held")),
     ("held_for_quality_assessment", ("completed", None, None))],
)  # fmt: skip
async def test_what_whatsapp_says_of_what_it_took(
    session: Session, mine: Shop, word: str, state: tuple[str, str | None, str | None]
) -> None:
    session.execute(update(Sender).values(throughput_mps=2))
    campaign = mine.campaign(mine.people(2))
    numbers = count(1)
    wire = Wire(lambda _: Accepted(f"wamid.{next(numbers)}", word, None))
    await drain.serve(mine.sender.id, Desk(wire))
    delivery, other = sorted(campaign.deliveries, key=lambda row: row.status)
    assert (delivery.status, delivery.message_status) == ("accepted", word)
    assert other.status == ("scheduled" if state[0] == "held" else "accepted")
    assert campaign.state() == state
    row = deliveries.get(session, Ref(mine.workspace_id, delivery.id)).row
    assert DeliveryOut.of_row(row).message_status == word


def _refused(session: Session, mine: Shop, campaign: Campaign, what: What, reason: str) -> None:
    occurrence_id = campaign.occurrence.id
    order = Order(mine.workspace_id, mine.sender.id, what, reason, occurrence_id=occurrence_id)
    order_rows.write(session, [order])
    stop_orders.apply_open()
