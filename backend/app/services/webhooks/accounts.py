"""What WhatsApp says about our own templates, numbers and accounts.

What changes nothing here is kept in the inbox and counted, whether we know its field or not:
Meta adds fields without notice.
"""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.core import tally
from app.core.queue import nudge
from app.integrations.whatsapp.callback_events import (
    AccountEvent,
    PhoneEvent,
    TemplateEvent,
    UnknownEvent,
)
from app.repositories import callback_facts
from app.repositories.callback_facts import Named, Scope
from app.services import stops
from app.services.webhooks import numbers
from app.services.webhooks.bodies import Read

logger = logging.getLogger(__name__)

# Events that aren't the status they lead to. FLAGGED and LOCKED are warnings: still usable.
_BACK_IN_USE = frozenset({"REINSTATED", "UNARCHIVED", "UNPAUSED"})
_WARNINGS = frozenset({"FLAGGED", "LOCKED"})
# What is told without changing anything we keep; all else is counted as not understood.
_TOLD = frozenset(
    {
        "account_update", "account_alerts", "account_review_update", "security",
        "business_capability_update", "phone_number_quality_update",
        "phone_number_name_update", "business_username_updates", "template",
    }
)  # fmt: skip


def take_in(session: Session, batch: Sequence[Read]) -> None:
    """Take in all that isn't about a message or a person."""
    to_ask: set[UUID] = set()
    for body in batch:
        for event in body.events:
            match event:
                case TemplateEvent(kind="components"):
                    found = _who_can_read(session, event, body.workspace_ids)
                    _count(session, "template", event.kind, used=bool(found))
                    to_ask |= found
                case TemplateEvent():
                    at = event.origin.noted_at or body.received_at
                    used = _template(session, event, at, body.workspace_ids)
                    _count(session, "template", event.kind, used=used)
                case PhoneEvent() | AccountEvent():
                    used = numbers.take_in(session, event, body.workspace_ids)
                    _count(session, event.field, event.event, used=used)
                case UnknownEvent():
                    logger.info("callback %s: %s (%s)", body.id, event.reason, event.field)
                    _count(session, event.field, None, used=False)
    for sender_id in sorted(to_ask):
        nudge(session, "templates.sync", str(sender_id))


def _count(session: Session, field: str | None, said: str | None, *, used: bool) -> None:
    if used:
        tally.add_after(session, "callbacks", "used", 1)
        return
    known = field in _TOLD
    tally.add_after(session, "callbacks", "told" if known else "not_understood", 1)
    if known:
        logger.warning("WhatsApp reports %s: %s", field, said)


def _template(session: Session, event: TemplateEvent, at: datetime, scope: Scope) -> bool:
    values = _template_values(event)
    if not values or event.origin.waba_id is None:
        logger.info("template %s: %s %s", event.name, event.kind, event.value)
        return False
    named = Named(event.origin.waba_id, event.template_id, event.name, event.language)
    changed = callback_facts.change_template(session, named, at, values, scope)
    if changed:
        stops.look_at_templates(session)
        logger.info("template %s is now %s", event.name, values)
    return changed > 0


def _who_can_read(session: Session, event: TemplateEvent, scope: Scope) -> set[UUID]:
    """Through whom templates are read again: what such a callback tells of them isn't all."""
    if event.origin.waba_id is None:
        return set()
    return set(callback_facts.one_of_account(session, event.origin.waba_id, scope))


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
