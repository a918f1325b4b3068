"""What WhatsApp says about our numbers and the accounts they belong to."""

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.core import clock, live
from app.integrations.whatsapp import tiers
from app.integrations.whatsapp.callback_events import AccountEvent, PhoneEvent, Restriction
from app.repositories import callback_facts
from app.repositories.callback_facts import Scope
from app.services import stops

logger = logging.getLogger(__name__)

RESTRICTED = "account_restricted"
# WhatsApp says that the quality fell or recovered, not to what: asking tells.
_QUALITY: Mapping[str, str | None] = {"FLAGGED": "RED", "UNFLAGGED": None}
# Nothing we send may leave an account while one of these holds.
_BARS_SENDING = frozenset({"RESTRICTED_BIZ_INITIATED_MESSAGING"})
_GONE = frozenset({"ACCOUNT_DELETED", "ACCOUNT_OFFBOARDED", "PARTNER_REMOVED"})


def take_in(session: Session, event: PhoneEvent | AccountEvent, scope: Scope) -> bool:
    """Apply what it changes here; False when it changes nothing we keep."""
    waba_id = event.origin.waba_id
    if waba_id is None:
        return False
    digits = _digits(event) if isinstance(event, PhoneEvent) else None
    if isinstance(event, PhoneEvent) and digits is None:
        return False
    values = _values(event)
    if values:
        for ref in callback_facts.change_number(session, waba_id, digits, values, scope):
            live.announce(session, ref.workspace_id, "sender.updated", id=ref.id)
    if event.field == "phone_number_quality_update" and event.event == "THROUGHPUT_UPGRADE":
        return _quicken(session, waba_id, digits, scope)
    stops_or_resumes = isinstance(event, AccountEvent) and _account(session, event, waba_id, scope)
    return stops_or_resumes or bool(values)


def _digits(event: PhoneEvent) -> str | None:
    return "".join(filter(str.isdecimal, event.origin.display_phone_number or "")) or None


def _values(event: PhoneEvent | AccountEvent) -> dict[str, Any]:
    values: dict[str, Any] = {}
    said = event.event or ""
    if event.field == "phone_number_quality_update" and said in _QUALITY:
        values["quality_rating"] = _QUALITY[said]
    if event.field == "phone_number_name_update" and said == "APPROVED":
        name = event.raw.get("requested_verified_name")
        if isinstance(name, str) and name:
            values["verified_name"] = name
    if event.people_per_day is not None or event.unlimited:
        values["messaging_limit"] = event.people_per_day
    return values


def _quicken(session: Session, waba_id: str, digits: str | None, scope: Scope) -> bool:
    # Who had chosen to send more slowly than Meta allowed goes on so.
    usual, high = tiers.messages_per_second("STANDARD"), tiers.messages_per_second("HIGH")
    changed = callback_facts.change_number(
        session, waba_id, digits, {"throughput_mps": high}, scope, throughput_mps=usual
    )
    for ref in changed:
        live.announce(session, ref.workspace_id, "sender.updated", id=ref.id)
    return True


def _account(session: Session, event: AccountEvent, waba_id: str, scope: Scope) -> bool:
    """Ask for the account's numbers to be stopped or let go on; False when it says neither."""
    senders = callback_facts.of_account(session, waba_id, scope)
    ban = event.details if event.event == "DISABLED_UPDATE" else None
    if event.event in _GONE:
        stops.disconnect_senders(session, senders, RESTRICTED)
    elif ban == "REINSTATE":
        stops.resume_senders(session, senders, RESTRICTED)
    elif ban == "DISABLE":
        stops.pause_senders(session, senders, RESTRICTED)
    elif barred := [one for one in event.restrictions if _is_in_force(one)]:
        stops.pause_senders(session, senders, RESTRICTED, _end_of_all(barred))
    else:
        return False
    logger.warning("WhatsApp reports of account %s: %s", waba_id, ban or event.event)
    return True


def _is_in_force(one: Restriction) -> bool:
    over = one.expires_at is not None and one.expires_at <= clock.now()
    return one.kind in _BARS_SENDING and not over


def _end_of_all(restrictions: Iterable[Restriction]) -> datetime | None:
    ends = [one.expires_at for one in restrictions]
    known = [at for at in ends if at is not None]
    return max(known) if len(known) == len(ends) else None
