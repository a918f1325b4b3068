"""Senders: connect a business number, look after it, stop it."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from app.api import deps, paging
from app.api.deps import CanReadSenders, CanWriteSenders, ExpectedVersion, ReadSession, WriteSession
from app.api.idempotency import Route
from app.api.paging import Page, Paging
from app.api.problems import problems
from app.api.schemas.senders import SenderChanges, SenderIn, SenderOut
from app.models.senders import Sender
from app.services import sender_checks, senders

router = APIRouter(prefix="/senders", tags=["senders"], route_class=Route)


@router.get("", responses=problems(401, 403, 422))
def list_senders(session: ReadSession, member: CanReadSenders, request: Paging) -> Page[SenderOut]:
    """The workspace's senders."""
    page = senders.page(session, member.workspace_id, request)
    uses = senders.uses(session, member.workspace_id, page.items)
    return paging.shape(page, lambda sender: SenderOut.of(sender, uses.get(sender.id)))


@router.post("", status_code=201, responses=problems(401, 403, 409, 422, 502))
def create_sender(body: SenderIn, session: WriteSession, member: CanWriteSenders) -> SenderOut:
    """Connect a number: Meta is asked first, and nothing is stored when it refuses.

    No statement of this request has run by then, but for the claim of an Idempotency-Key:
    a parallel repeat waits for it instead of asking Meta, too.
    """
    values = _plain(body.model_dump(exclude={"verify"}))
    facts: dict[str, Any] = {}
    if body.verify:
        facts = sender_checks.verify(
            body.phone_number_id, body.waba_id, body.access_token.get_secret_value()
        )
    return _shown(session, senders.create(session, member.workspace_id, values, facts))


@router.get("/{sender_id}", responses=problems(401, 403, 404))
def get_sender(
    sender_id: UUID, session: ReadSession, member: CanReadSenders, response: Response
) -> SenderOut:
    """One sender."""
    sender = senders.get(session, member.ref(sender_id))
    deps.tag(response, sender.version)
    return _shown(session, sender)


@router.patch("/{sender_id}", responses=problems(401, 403, 404, 412, 422))
def change_sender(
    sender_id: UUID,
    body: SenderChanges,
    session: WriteSession,
    member: CanWriteSenders,
    expected: ExpectedVersion,
    response: Response,
) -> SenderOut:
    """Change the name, a secret or the speed; what is left out stays."""
    changes = _plain(body.model_dump(exclude_unset=True))
    sender = senders.change(session, member.ref(sender_id), changes, expected)
    deps.tag(response, sender.version)
    return _shown(session, sender)


@router.delete("/{sender_id}", status_code=204, responses=problems(401, 403, 404, 409))
def delete_sender(sender_id: UUID, session: WriteSession, member: CanWriteSenders) -> None:
    """Disconnect a number that no schedule or delivery uses."""
    senders.remove(session, member.ref(sender_id))


@router.post("/{sender_id}/check", responses=problems(401, 403, 404, 409, 502))
def check_sender(sender_id: UUID, session: ReadSession, member: CanWriteSenders) -> SenderOut:
    """Ask Meta about the number again; a refused token pauses the sender."""
    return _shown(session, sender_checks.check(member.ref(sender_id)))


@router.post("/{sender_id}/pause", responses=problems(401, 403, 404, 409))
def pause_sender(sender_id: UUID, session: WriteSession, member: CanWriteSenders) -> SenderOut:
    """Stop sending from this number at once; what is due waits."""
    return _shown(session, senders.pause(session, member.ref(sender_id)))


@router.post("/{sender_id}/resume", responses=problems(401, 403, 404, 409))
def resume_sender(sender_id: UUID, session: WriteSession, member: CanWriteSenders) -> SenderOut:
    """Send again; confirms the API address now in use."""
    return _shown(session, senders.resume(session, member.ref(sender_id)))


def _shown(session: Session, sender: Sender) -> SenderOut:
    uses = senders.uses(session, sender.workspace_id, [sender])
    return SenderOut.of(sender, uses.get(sender.id))


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    secrets: dict[str, Any] = {
        name: values[name] and values[name].get_secret_value()
        for name in ("access_token", "app_secret")
        if name in values
    }
    return {**values, **secrets}
