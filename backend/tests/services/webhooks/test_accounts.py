"""What WhatsApp says about our own templates and numbers; every known shape."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.callbacks import InboxItem
from app.models.senders import Sender
from app.models.templates import Template
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
