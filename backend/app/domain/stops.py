"""What has to stop because of an error, and for how long."""

from datetime import datetime, timedelta
from enum import StrEnum

from app.domain.meta_errors import Kind, Scope, Verdict


class What(StrEnum):
    """What an order asks for.

    Senders: one alone, all of its account, one that is ours no more, or back in use what the
    same reason had paused.
    Occurrences: one alone, or all that use its template, which WhatsApp paused or disabled.
    Recipients: what a refusal teaches about them, or about their country.
    """

    SENDER_PAUSED = "sender_paused"
    ACCOUNT_PAUSED = "account_paused"
    SENDER_GONE = "sender_gone"
    SENDER_RESUMED = "sender_resumed"
    OCCURRENCE_HELD = "occurrence_held"
    TEMPLATE_PAUSED = "template_paused"
    TEMPLATE_DISABLED = "template_disabled"
    RECIPIENT_UNREACHABLE = "recipient_unreachable"
    RECIPIENT_OPTED_OUT = "recipient_opted_out"
    RECIPIENT_COOLED = "recipient_cooled"
    COUNTRY_BARRED = "country_barred"


OF_SENDERS = frozenset({What.SENDER_PAUSED, What.ACCOUNT_PAUSED})
OF_RECIPIENTS = frozenset(
    {
        What.RECIPIENT_UNREACHABLE,
        What.RECIPIENT_OPTED_OUT,
        What.RECIPIENT_COOLED,
        What.COUNTRY_BARRED,
    }
)
_BY_CODE = {132015: What.TEMPLATE_PAUSED, 132016: What.TEMPLATE_DISABLED}
_BY_REASON = {
    "opted_out": What.RECIPIENT_OPTED_OUT,
    "undeliverable": What.RECIPIENT_UNREACHABLE,
    "marketing_limit": What.RECIPIENT_COOLED,
    "country_barred": What.COUNTRY_BARRED,
}


def due_to(code: int, verdict: Verdict) -> What | None:
    """What an error with this verdict makes stop; None when nothing has to."""
    match verdict.kind:
        case Kind.STOP:
            return What.ACCOUNT_PAUSED if verdict.scope is Scope.WABA else What.SENDER_PAUSED
        case Kind.TEMPLATE:
            return _BY_CODE.get(code, What.OCCURRENCE_HELD)
        case _:
            return _BY_REASON.get(verdict.reason)


def passes_at(verdict: Verdict, now: datetime) -> datetime | None:
    """When a stop is over by itself; None when a person decides."""
    if verdict.kind is not Kind.STOP or not verdict.delay_s:
        return None
    return now + timedelta(seconds=verdict.delay_s)
