"""WhatsApp: does it believe our tokens, and do its callbacks reach us?"""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from app.core import crypto
from app.domain import clock_guard
from app.domain.errors import ConflictError
from app.domain.states import SenderStatus
from app.integrations.whatsapp import provider_clock
from app.integrations.whatsapp.graph import GraphRefusedError, GraphUnreachableError
from app.models.senders import Sender
from app.repositories import callback_traffic
from app.services import sender_checks
from app.services.doctor.findings import Finding, fail, ok, warn
from app.services.webhooks.retention import KEPT_DAYS

_DAY_S = 86_400.0
_SLOW_S = 60.0


def of_sender(sender: Sender) -> Finding:
    """Ask Meta about one number, with its own token; changes nothing."""
    name = f"sender {sender.name}"
    if sender.status != SenderStatus.ACTIVE:
        return warn(name, f"{sender.status}: {sender.status_reason}", "Resume it when mended.")
    try:
        client = sender_checks.client_for(sender_checks.token_for_calls(sender))
        number = client.phone_number(sender.phone_number_id)
    except crypto.SealError:
        return fail(name, "its token doesn't open", "Put the old SECRET_KEY back, or a new token.")
    except ConflictError as refusal:
        return fail(name, refusal.detail, "Resume it in the dashboard to confirm.")
    except GraphRefusedError as error:
        return fail(name, f"Meta refuses its token: {error}", "Enter a new access token.")
    except GraphUnreachableError as error:
        return warn(name, f"Meta could not be asked: {error}", "Try again; check the network.")
    if number.status not in {None, "CONNECTED"}:
        return fail(name, f"Meta says the number is {number.status}", "See Meta's manager.")
    return ok(name, f"token accepted, quality {number.quality_rating or 'unknown'}")


def of_clock() -> Iterator[Finding]:
    """WhatsApp's clock, by its answers to the checks before."""
    ahead = provider_clock.ahead_s()
    if ahead is None:
        return
    says = f"WhatsApp is {ahead:+.0f} s from this host"
    if abs(ahead) > clock_guard.STOP_S:
        yield fail("clock", says, "Set this host's clock, run a time service.")
    elif abs(ahead) > clock_guard.WARN_S + 1:
        yield warn("clock", says, "Run a time service (NTP).")
    else:
        yield ok("clock", says)


def of_unknown_messages(session: Session) -> Iterator[Finding]:
    """Reports that found no delivery, as after a restore."""
    messages, since = callback_traffic.unknown_messages(session)
    if since is not None:
        yield warn(
            "unknown messages",
            f"WhatsApp reports on {messages} that this database doesn't know,"
            f" since {since:%Y-%m-%d %H:%M}Z",
            "After a restore these were sent after the backup: their reports are kept for"
            f" {KEPT_DAYS} days. Else another installation sends with a number of ours.",
        )


def of_callbacks(session: Session) -> Finding:
    """Whether callbacks come in and are merged."""
    traffic = callback_traffic.measure(session)
    if traffic.lag_s > _SLOW_S:
        says = f"{traffic.pending} callbacks wait, the oldest for {traffic.lag_s:.0f} s"
        return fail("callbacks", says, "See the log of the default worker.")
    sent = callback_traffic.accepted_within(session, _DAY_S)
    heard = traffic.last_heard_s
    if sent and (heard is None or heard > _DAY_S):
        says = f"none for a day, though {sent} messages were accepted"
        advice = "Check the callback URL, the verify token and the app secret at Meta."
        return fail("callbacks", says, advice)
    if heard is None:
        return warn("callbacks", "none ever came", "Set the callback URL at Meta; send a test.")
    return ok("callbacks", f"the last came {heard:.0f} s ago, {traffic.pending} wait")
