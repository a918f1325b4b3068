"""Whom a stop stops, for how long, and who lets it go on."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.core import clock
from app.core.db import transaction
from app.domain import meta_errors
from app.domain import stops as rules
from app.domain.refs import Ref
from app.domain.stops import What
from app.models.recipients import Recipient
from app.models.senders import Sender
from app.repositories import recipient_facts
from app.repositories import stop_orders as stop_order_rows
from app.repositories.stop_orders import Order
from app.services import senders, stops
from app.services.dispatch import stop_orders
from tests.factories import senders as sender_factory
from tests.factories import workspaces
from tests.services.dispatch.campaigns import Shop, shop

pytestmark = pytest.mark.usefixtures("only_known_moves", "rung")


@pytest.fixture
def mine(session: Session) -> Shop:
    return shop(session)


def ref(sender: Sender) -> Ref:
    return Ref(sender.workspace_id, sender.id)


def state(session: Session, sender: Sender) -> tuple[str, str | None]:
    session.refresh(sender)
    return sender.status, sender.status_reason


@pytest.mark.parametrize(
    ("code", "what"),
    [
        (190, What.SENDER_PAUSED),
        (100, None),
        (131048, What.SENDER_PAUSED),
        (368, What.ACCOUNT_PAUSED),
        (131042, What.ACCOUNT_PAUSED),
        (132000, What.OCCURRENCE_HELD),
        (132001, What.OCCURRENCE_HELD),
        (132015, What.TEMPLATE_PAUSED),
        (132016, What.TEMPLATE_DISABLED),
        (131026, What.RECIPIENT_UNREACHABLE),
        (131049, What.RECIPIENT_COOLED),
        (131050, What.RECIPIENT_OPTED_OUT),
        (130403, None),
        (130497, What.COUNTRY_BARRED),
        (130429, None),
        (131056, None),
        (999999, None),
    ],
)
def test_what_an_error_stops(code: int, what: What | None) -> None:
    for path in meta_errors.Path:
        assert rules.due_to(code, meta_errors.classify(code, path=path)) is what


def test_an_account_is_all_its_numbers_in_the_workspace(session: Session, mine: Shop) -> None:
    same = sender_factory.sender(session, mine.workspace_id)
    other = sender_factory.sender(session, mine.workspace_id, waba_id="300000000000003")
    stranger = sender_factory.sender(session, workspaces.workspace(session, name="Else").id)
    order = Order(mine.workspace_id, mine.sender.id, What.ACCOUNT_PAUSED, "account_restricted")
    stop_order_rows.write(session, [order])
    stop_orders.apply_open()
    stopped = ("paused", "account_restricted")
    assert [state(session, one) for one in (mine.sender, same)] == [stopped, stopped]
    assert [state(session, one) for one in (other, stranger)] == [("active", None)] * 2
    stops.resume_senders(session, [ref(mine.sender)], "payment_problem")
    stop_orders.apply_open()
    assert state(session, mine.sender) == stopped
    stops.resume_senders(session, [ref(mine.sender)], "account_restricted")
    stop_orders.apply_open()
    assert state(session, mine.sender) == ("active", None)
    assert state(session, same) == stopped


def test_a_stop_asked_for_rings_at_the_commit(mine: Shop, rung: list[str]) -> None:
    with transaction() as own:
        stops.pause_senders(own, [ref(mine.sender)], "token_invalid")
        assert rung == []
    assert rung == ["dispatch.obey"]


def test_what_passes_by_itself_goes_on_by_itself(session: Session, mine: Shop) -> None:
    campaign = mine.campaign(mine.people(1))
    verdict = meta_errors.classify(131048)
    until = rules.passes_at(verdict, clock.now())
    assert until is not None
    stops.pause_senders(session, [ref(mine.sender)], verdict.reason, until)
    stop_orders.apply_open()
    assert state(session, mine.sender) == ("paused", "spam_limited")
    assert mine.sender.paused_until == until
    assert campaign.state() == ("open", None, "runnable")
    senders.resume_rested(session)
    assert state(session, mine.sender)[0] == "paused"
    _pass(session, mine.sender)
    assert senders.resume_rested(session) == 1
    assert state(session, mine.sender) == ("active", None)
    assert mine.sender.paused_until is None


def test_what_needs_a_person_is_stronger_than_what_passes(session: Session, mine: Shop) -> None:
    sender = ref(mine.sender)
    soon = clock.now() + timedelta(hours=4)
    senders.pause_if_active(session, sender, "spam_limited", soon)
    assert senders.pause_if_active(session, sender, "spam_limited", soon) is None
    senders.pause_if_active(session, sender, "account_restricted", soon + timedelta(days=1))
    assert state(session, mine.sender) == ("paused", "account_restricted")
    senders.pause(session, sender)
    assert state(session, mine.sender) == ("paused", "paused_by_person")
    assert senders.pause_if_active(session, sender, "spam_limited", soon) is None
    _pass(session, mine.sender)
    assert senders.resume_rested(session) == 0


def test_the_limit_of_marketing_cools_longer_each_time(session: Session, mine: Shop) -> None:
    [person] = mine.people(1)
    days = []
    for _ in range(7):
        recipient_facts.cool_down(session, Ref(person.workspace_id, person.id))
        recipient_facts.cool_down(session, Ref(person.workspace_id, person.id))
        session.refresh(person)
        assert person.marketing_paused_until is not None
        days.append(round((person.marketing_paused_until - clock.now()).total_seconds() / 86400))
        _change(session, person, marketing_paused_until=clock.now() - timedelta(minutes=1))
    assert days == [1, 2, 4, 8, 16, 16, 16]
    _change(session, person, marketing_paused_until=clock.now() - timedelta(days=31))
    recipient_facts.cool_down(session, Ref(person.workspace_id, person.id))
    session.refresh(person)
    assert person.marketing_pauses == 1


def test_three_failures_in_a_row_make_unreachable(session: Session, mine: Shop) -> None:
    [person] = mine.people(1)
    seen = []
    for _ in range(3):
        recipient_facts.mark_undeliverable(
            session, Ref(person.workspace_id, person.id), "undeliverable"
        )
        session.refresh(person)
        seen.append((person.undeliverable_count, person.reachable, person.unreachable_reason))
    assert seen == [(1, True, None), (2, True, None), (3, False, "undeliverable")]
    assert person.undeliverable_at is not None


def test_what_arrived_meanwhile_starts_the_count_anew(session: Session, mine: Shop) -> None:
    [person] = mine.people(1)
    campaign = mine.campaign([person])
    _change(session, person, undeliverable_count=2, undeliverable_at=clock.now())
    [delivery] = campaign.deliveries
    delivery.delivered_at = clock.now() + timedelta(seconds=1)
    session.flush()
    recipient_facts.mark_undeliverable(session, Ref(person.workspace_id, person.id), "no")
    session.refresh(person)
    assert (person.undeliverable_count, person.reachable) == (1, True)


def _change(session: Session, person: Recipient, **values: Any) -> None:
    session.execute(update(Recipient).where(Recipient.id == person.id).values(**values))


def _pass(session: Session, sender: Sender) -> None:
    past = clock.now() - timedelta(seconds=1)
    changed = update(Sender).where(Sender.id == sender.id, Sender.paused_until.is_not(None))
    session.execute(changed.values(paused_until=past))
