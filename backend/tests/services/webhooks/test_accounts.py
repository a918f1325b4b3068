"""What WhatsApp says about our own templates and numbers; every known shape."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import tally
from app.domain.refs import Ref
from app.models.callbacks import InboxItem
from app.models.senders import Sender
from app.models.templates import Template
from app.services import senders
from app.services.dispatch import stop_orders
from app.services.webhooks import merge
from tests.factories import callbacks, templates

pytestmark = pytest.mark.usefixtures("only_known_moves")

NUMBER = "106540352242922"
NOW = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=1)
CHANGES = json.loads(
    (Path(__file__).parents[2] / "contract" / "fixtures" / "callbacks.json").read_text()
)


def about_template(session: Session, template: Template, field: str, **value: Any) -> None:
    named = {
        "message_template_id": int(template.meta_id) if template.meta_id.isdecimal() else 1,
        "message_template_name": template.name,
        "message_template_language": template.language.replace("_", "-"),
    }
    raw = callbacks.body(NUMBER, field, template.waba_id, **(named | value))
    callbacks.store(session, raw)
    merge.run()
    session.expire_all()


def aged_template(session: Session, sender: Sender) -> Template:
    template = templates.template(session, sender.workspace_id)
    # The factory's callbacks are of this instant.
    template.synced_at = datetime.fromtimestamp(1795500000, UTC) - timedelta(days=1)
    session.commit()
    return template


def test_a_template_is_paused_and_comes_back(session: Session, sender: Sender) -> None:
    template = aged_template(session, sender)
    field = "message_template_status_update"
    about_template(session, template, field, event="paused", other_info={"title": "FIRST_PAUSE"})
    assert (template.status, template.rejected_reason) == ("PAUSED", "FIRST_PAUSE")
    about_template(session, template, field, event="FLAGGED")
    assert template.status == "PAUSED"
    about_template(session, template, field, event="REINSTATED", reason="NONE")
    assert (template.status, template.rejected_reason) == ("APPROVED", None)
    about_template(session, template, "message_template_quality_update", new_quality_score="YELLOW")
    assert template.quality == "YELLOW"
    about_template(session, template, "template_category_update", new_category="UTILITY",
                   correct_category="MARKETING")  # fmt: skip
    assert template.category == "utility"
    about_template(session, template, "template_category_update", new_category="MARKETING",
                   previous_category="UTILITY")  # fmt: skip
    assert template.category == "marketing"


def test_a_late_callback_never_beats_a_later_sync(session: Session, sender: Sender) -> None:
    template = aged_template(session, sender)
    template.synced_at = datetime.fromtimestamp(1795500000, UTC) + timedelta(hours=1)
    session.commit()
    about_template(session, template, "message_template_status_update", event="DISABLED")
    assert template.status == "APPROVED"


def test_a_numbers_quality_and_limit(session: Session, sender: Sender) -> None:
    raw = callbacks.body(
        NUMBER,
        "phone_number_quality_update",
        sender.waba_id,
        display_phone_number="15550783881",
        event="FLAGGED",
        max_daily_conversations_per_business="TIER_2K",
    )
    callbacks.store(session, raw)
    merge.run()
    session.expire_all()
    assert (sender.quality_rating, sender.messaging_limit, sender.version) == ("RED", 2000, 1)


@pytest.mark.parametrize("name", CHANGES)
def test_every_known_shape_is_merged(session: Session, sender: Sender, name: str) -> None:
    entry = {"id": sender.waba_id, "time": 1795500000, "changes": [CHANGES[name]]}
    body = {"object": "whatsapp_business_account", "entry": [entry]}
    callbacks.store(session, json.dumps(body).encode())
    merge.run()
    session.expire_all()
    assert session.scalars(select(InboxItem.state)).one() == "merged"


def about_account(session: Session, sender: Sender, field: str, value: dict[str, Any]) -> None:
    entry = {"id": sender.waba_id, "time": 1795500000}
    entry |= {"changes": [{"field": field, "value": value}]}
    body = {"object": "whatsapp_business_account", "entry": [entry]}
    callbacks.store(session, json.dumps(body).encode())
    merge.run()
    stop_orders.apply_open()
    session.expire_all()


@pytest.mark.parametrize(
    ("said", "limit"),
    [(-1, None), ("TIER_UNLIMITED", None), (2000, 2000), ("TIER_SOON", 250), (None, 250)],
)
def test_unlimited_is_more_than_nothing_said(
    session: Session, sender: Sender, said: object, limit: int | None
) -> None:
    sender.messaging_limit = 250
    session.commit()
    value = {"max_daily_conversations_per_business": said}
    about_account(session, sender, "business_capability_update", value)
    assert sender.messaging_limit == limit


RESTRICTION = "RESTRICTED_BIZ_INITIATED_MESSAGING"
LATER, BEFORE = 4_000_000_000, 1_700_000_000
OURS = {"display_phone_number": "15550783881"}
RESTRICTED = ("paused", "account_restricted")
GOES_ON = ("active", None)


@pytest.mark.parametrize(
    ("field", "value", "status"),
    [
        ("account_update", {"event": "ACCOUNT_RESTRICTION", "restriction_info": [
            {"restriction_type": RESTRICTION, "expiration": LATER}]}, RESTRICTED),
        ("account_update", {"event": "ACCOUNT_RESTRICTION", "restriction_info": [
            {"restriction_type": RESTRICTION, "expiration": BEFORE}]}, GOES_ON),
        ("account_update", {"event": "ACCOUNT_RESTRICTION", "restriction_info": [
            {"restriction_type": "RESTRICTED_ADD_PHONE_NUMBER_ACTION"}]}, GOES_ON),
        ("account_update", {"event": "DISABLED_UPDATE",
                            "ban_info": {"waba_ban_state": "DISABLE"}}, RESTRICTED),
        ("account_update", {"event": "DISABLED_UPDATE",
                            "ban_info": {"waba_ban_state": "SCHEDULE_FOR_DISABLE"}}, GOES_ON),
        ("account_update", {"event": "ACCOUNT_DELETED"}, ("disconnected", "account_restricted")),
        ("account_update", {"event": "VOLUME_BASED_PRICING_TIER_UPDATE"}, GOES_ON),
    ],
)  # fmt: skip
def test_an_account_that_may_not_send_stops_its_numbers(
    session: Session, sender: Sender, field: str, value: dict[str, Any], status: tuple[str, str]
) -> None:
    about_account(session, sender, field, value)
    assert (sender.status, sender.status_reason) == status


@pytest.mark.parametrize(("ends", "until"), [([LATER], LATER), ([LATER, None], None)])
def test_a_restriction_with_an_end_passes_by_itself(
    session: Session, sender: Sender, ends: list[int | None], until: int | None
) -> None:
    restrictions = [{"restriction_type": RESTRICTION, "expiration": at} for at in ends]
    value = {"event": "ACCOUNT_RESTRICTION", "restriction_info": restrictions}
    about_account(session, sender, "account_update", value)
    assert sender.paused_until == (datetime.fromtimestamp(until, UTC) if until else None)


def test_a_reinstated_account_goes_on_unless_a_person_stopped_it(
    session: Session, sender: Sender
) -> None:
    def say(state: str) -> None:
        value = {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": state}}
        about_account(session, sender, "account_update", value)

    say("DISABLE")
    assert (sender.status, sender.status_reason) == RESTRICTED
    say("REINSTATE")
    assert (sender.status, sender.status_reason) == GOES_ON
    senders.pause(session, Ref(sender.workspace_id, sender.id))
    say("REINSTATE")
    assert sender.status == "paused"


def test_the_merge_itself_stops_no_number(session: Session, sender: Sender) -> None:
    """Its locks would come in another order than the mark's."""
    callbacks.store(session, callbacks.body(NUMBER, "account_update", sender.waba_id,
                                            event="ACCOUNT_DELETED"))  # fmt: skip
    merge.run()
    session.expire_all()
    assert sender.status == "active"
    stop_orders.apply_open()
    session.expire_all()
    assert sender.status == "disconnected"


def test_another_accounts_restriction_stops_nobody(session: Session, sender: Sender) -> None:
    raw = callbacks.body(NUMBER, "account_update", "299", event="ACCOUNT_DELETED")
    callbacks.store(session, raw)
    merge.run()
    session.expire_all()
    assert sender.status == "active"


@pytest.mark.parametrize(("chosen", "now"), [(80, 1000), (30, 30)])
def test_more_throughput_is_used_unless_somebody_chose_less(
    session: Session, sender: Sender, chosen: int, now: int
) -> None:
    sender.throughput_mps = chosen
    session.commit()
    value = OURS | {"event": "THROUGHPUT_UPGRADE"}
    about_account(session, sender, "phone_number_quality_update", value)
    assert sender.throughput_mps == now


def test_an_approved_name_is_shown(session: Session, sender: Sender) -> None:
    name = {"requested_verified_name": "Harbour Street Bakery"}
    field = "phone_number_name_update"
    about_account(session, sender, field, OURS | name | {"decision": "REJECTED"})
    assert sender.verified_name != "Harbour Street Bakery"
    about_account(session, sender, field, OURS | name | {"decision": "APPROVED"})
    assert sender.verified_name == "Harbour Street Bakery"


@pytest.mark.parametrize(
    ("field", "value", "came_to"),
    [
        ("account_update", {"event": "ACCOUNT_DELETED"}, "used"),
        ("security", OURS | {"event": "PIN_CHANGED"}, "told"),
        ("account_alerts", {"alert_info": {"alert_type": "OBA_APPROVED"}}, "told"),
        ("account_review_update", {"decision": "APPROVED"}, "told"),
        ("business_username_updates", OURS | {"status": "approved"}, "told"),
        ("message_template_components_update", {"message_template_id": 1}, "used"),
        ("history", {"history": [{"threads": []}]}, "not_understood"),
        ("smb_app_state_sync", {"state_sync": []}, "not_understood"),
        ("smb_message_echoes", {"message_echoes": []}, "not_understood"),
        ("flows", {"event": "FLOW_STATUS_CHANGE"}, "not_understood"),
        ("calls", {"calls": []}, "not_understood"),
        ("user_id_update", {}, "not_understood"),
        ("what_comes_next_year", {"odd": [None, 1]}, "not_understood"),
    ],
)
def test_nothing_is_dropped_and_all_is_counted(
    session: Session,
    sender: Sender,
    counted: list[tuple[str, str]],
    field: str,
    value: dict[str, Any],
    came_to: str,
) -> None:
    about_account(session, sender, field, value)
    kept = session.scalars(select(InboxItem)).one()
    assert (kept.state, field.encode() in kept.body) == ("merged", True)
    assert counted == [("callbacks", came_to)]


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What is counted, by name and label."""
    found: list[tuple[str, str]] = []
    monkeypatch.setattr(tally, "add", lambda name, label, _n=1: found.append((name, label)))
    return found
