"""Asking Meta about a number: is it ours to send from, and how is it doing?

Calls are made with no transaction of these functions open; only what came back is written.
"""

from typing import Any

from sqlalchemy.orm import Session

from app.core import live, walls
from app.core.config import settings
from app.core.db import transaction
from app.domain.errors import ConflictError, InvalidError, NotFoundError, UpstreamError
from app.domain.meta_errors import VERDICTS, Kind
from app.domain.refs import Ref
from app.domain.states import SenderStatus
from app.integrations.whatsapp.client import Client, PhoneNumber
from app.integrations.whatsapp.errors import MetaError
from app.integrations.whatsapp.graph import GraphRefusedError, GraphUnreachableError
from app.models.senders import Sender
from app.repositories import senders as rows
from app.services import senders

TOKEN_INVALID = "token_invalid"  # noqa: S105


def verify(phone_number_id: str, waba_id: str, token: str) -> dict[str, Any]:
    """Look the number up and subscribe our app to its account; return the sender's facts.

    Raises InvalidError ``token_invalid`` with Meta's words, UpstreamError without an answer.
    """
    meta = client_for(token)
    try:
        number = meta.phone_number(phone_number_id)
        meta.subscribe_app(waba_id)
    except GraphUnreachableError as error:
        raise UpstreamError(f"WhatsApp could not be asked: {error}.") from error
    except GraphRefusedError as error:
        raise _refusal(error.error) from error
    return facts_of(number) | _portfolio(meta, waba_id)


def _portfolio(meta: Client, waba_id: str) -> dict[str, Any]:
    """Whose messaging limit it shares; what Meta doesn't say now stays as it was."""
    try:
        account = meta.business_account(waba_id)
    except (GraphUnreachableError, GraphRefusedError):
        return {}
    return {"business_id": account.business_id} if account.business_id else {}


def check(ref: Ref) -> Sender:
    """Ask Meta again and store the answer; the sender stops when Meta refuses its token.

    Raises NotFoundError, ConflictError ``api_base_changed``, UpstreamError.
    """
    with transaction(walls.api(ref.workspace_id)) as session:
        sender = senders.get(session, ref)
        token = token_for_calls(sender)
    try:
        facts = verify(sender.phone_number_id, sender.waba_id, token)
    except InvalidError:
        with transaction(walls.api(ref.workspace_id)) as session:
            senders.pause_if_active(session, ref, TOKEN_INVALID)
            return senders.get(session, ref)
    with transaction(walls.api(ref.workspace_id)) as session:
        return _record(session, ref, facts)


def token_for_calls(sender: Sender) -> str:
    """The token, unless the API it was verified against is no longer the one we call.

    Raises ConflictError ``api_base_changed``: a person must confirm by resuming the sender.
    """
    if sender.api_base_url != settings().whatsapp_api_base_url:
        raise ConflictError(
            "The API address has changed since this sender was connected; resume it to confirm.",
            code=senders.BASE_CHANGED,
        )
    return senders.access_token(sender)


def client_for(token: str) -> Client:
    """A client for management calls to the API that is configured now."""
    config = settings()
    return Client(f"{config.whatsapp_api_base_url}/{config.whatsapp_api_version}", token)


def facts_of(number: PhoneNumber) -> dict[str, Any]:
    """A number's facts as columns; ``status`` only when Meta says it can't send."""
    facts: dict[str, Any] = {
        "display_phone_number": number.display_phone_number,
        "verified_name": number.verified_name,
        "quality_rating": number.quality_rating,
        "messaging_limit": number.messaging_limit,
    }
    if number.status not in {None, "CONNECTED"}:
        reason = f"meta_{str(number.status).lower()}"
        facts |= {"status": SenderStatus.DISCONNECTED, "status_reason": reason}
    return facts


def _record(session: Session, ref: Ref, facts: dict[str, Any]) -> Sender:
    stopped = facts.pop("status", None)
    reason = facts.pop("status_reason", None)
    noted = rows.note_facts(session, ref, facts)
    if noted is None:
        raise NotFoundError("sender", ref.id)
    live.announce(session, ref.workspace_id, "sender.updated", id=ref.id)
    if stopped:
        moved = senders.disconnect_if_active(session, ref, reason)
    else:
        moved = senders.reconnect_if_disconnected(session, ref)
    return moved or noted


def _refusal(error: MetaError) -> InvalidError | UpstreamError:
    verdict = VERDICTS.get(error.code)
    passing = verdict is not None and verdict.kind in {Kind.RETRY, Kind.BACKOFF}
    if passing or error.is_transient:
        # Not about this token: Meta is down, busy or wants fewer calls.
        return UpstreamError(f"WhatsApp can't say right now: {error.details} (code {error.code}).")
    message = f"WhatsApp refuses this token or number: {error.details} (code {error.code})."
    return InvalidError.of("access_token", TOKEN_INVALID, message)
