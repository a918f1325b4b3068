"""What WhatsApp says about our own templates, numbers and accounts."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.core import live
from app.integrations.whatsapp.callback_events import (
    AccountEvent,
    PhoneEvent,
    TemplateEvent,
    UnknownEvent,
)
from app.repositories import callback_facts
from app.repositories.callback_facts import Named, Scope
from app.services import stops
from app.services.webhooks.bodies import Read

logger = logging.getLogger(__name__)

# Events that aren't the status they lead to. FLAGGED and LOCKED are warnings: still usable.
_BACK_IN_USE = frozenset({"REINSTATED", "UNARCHIVED", "UNPAUSED"})
_WARNINGS = frozenset({"FLAGGED", "LOCKED"})
# WhatsApp says that the quality fell or recovered, not to what: asking tells.
_QUALITY: Mapping[str, str | None] = {"FLAGGED": "RED", "UNFLAGGED": None}


def take_in(session: Session, batch: Sequence[Read]) -> None:
    """Take in all that isn't about a message or a person; what we don't use is logged once."""
    for body in batch:
        for event in body.events:
            match event:
                case TemplateEvent():
                    at = event.origin.noted_at or body.received_at
                    _template(session, event, at, body.workspace_ids)
                case PhoneEvent() | AccountEvent():
                    _number(session, event, body.workspace_ids)
                case UnknownEvent():
                    logger.info("callback %s: %s (%s)", body.id, event.reason, event.field)


def _template(session: Session, event: TemplateEvent, at: datetime, scope: Scope) -> None:
    values = _template_values(event)
    if not values or event.origin.waba_id is None:
        logger.info("template %s: %s %s", event.name, event.kind, event.value)
        return
    named = Named(event.origin.waba_id, event.template_id, event.name, event.language)
    if callback_facts.change_template(session, named, at, values, scope):
        stops.look_at_templates(session)
        logger.info("template %s is now %s", event.name, values)


def _template_values(event: TemplateEvent) -> dict[str, Any]:
    match event.kind, event.value:
        case _, None:
            return {}
        case "status", warning if warning in _WARNINGS:
            return {}
        case "status", status:
            usable = "APPROVED" if status in _BACK_IN_USE else status
            reason = None if usable == "APPROVED" else event.reason
            return {"status": usable, "rejected_reason": reason}
        case "quality", score:
            return {"quality": score}
        # An announcement of a change to come names today's category as the new one.
        case "category", category if event.upcoming is None:
            return {"category": category.lower()}
    return {}


def _number(session: Session, event: PhoneEvent | AccountEvent, scope: Scope) -> None:
    values: dict[str, Any] = {}
    said = event.event or ""
    if event.field == "phone_number_quality_update" and said in _QUALITY:
        values["quality_rating"] = _QUALITY[said]
    if event.people_per_day is not None:
        values["messaging_limit"] = event.people_per_day
    if not values or event.origin.waba_id is None:
        logger.warning("WhatsApp reports %s: %s", event.field, event.event)
        return
    digits = event.origin.display_phone_number if isinstance(event, PhoneEvent) else None
    digits = "".join(filter(str.isdecimal, digits)) if digits else None
    if isinstance(event, PhoneEvent) and digits is None:
        return
    for ref in callback_facts.change_number(session, event.origin.waba_id, digits, values, scope):
        live.announce(session, ref.workspace_id, "sender.updated", id=ref.id)
