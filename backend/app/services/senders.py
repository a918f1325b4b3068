"""Senders: business numbers, their secrets, and whether they may send."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.core import live
from app.core.config import settings
from app.core.crypto import Cell, open_sealed, seal
from app.core.ids import new_id
from app.core.queue import nudge
from app.domain.audit import Action
from app.domain.errors import ConflictError, NotFoundError, StaleVersionError
from app.domain.paging import PageOf, PageRequest
from app.domain.refs import Ref
from app.domain.states import SenderStatus
from app.models.senders import Sender
from app.repositories import daily_waits, senders
from app.repositories.daily_waits import Use as Use
from app.services import audit

BY_PERSON = "paused_by_person"
BASE_CHANGED = "api_base_changed"
_SECRETS = ("access_token", "app_secret")
_STOPPED = frozenset({SenderStatus.PAUSED, SenderStatus.DISCONNECTED})


def get(session: Session, ref: Ref) -> Sender:
    """One sender. Raises NotFoundError."""
    sender = senders.find(session, ref)
    if sender is None:
        raise NotFoundError("sender", ref.id)
    return sender


def page(session: Session, workspace_id: UUID, request: PageRequest) -> PageOf[Sender]:
    """The workspace's senders."""
    return senders.page(session, workspace_id, request)


def uses(session: Session, workspace_id: UUID, found: Iterable[Sender]) -> Mapping[UUID, Use]:
    """Sender id -> how much of its portfolio's limit is used; of those that have one."""
    ids = [sender.id for sender in found if sender.messaging_limit is not None]
    return daily_waits.of_senders(session, workspace_id, ids) if ids else {}


def access_token(sender: Sender) -> str:
    """The token in the clear, for a call. Raises SealError."""
    return open_sealed(sender.access_token_sealed, _cell(_ref(sender), "access_token"))


def app_secret(sender: Sender) -> str | None:
    """The secret that signs callbacks in the clear, if the sender has its own."""
    if sender.app_secret_sealed is None:
        return None
    return open_sealed(sender.app_secret_sealed, _cell(_ref(sender), "app_secret"))


def create(
    session: Session, workspace_id: UUID, values: Mapping[str, Any], facts: Mapping[str, Any]
) -> Sender:
    """Add a sender; ``facts`` is what Meta said about it, if asked.

    The API base is kept, so that a token verified against one never goes to another.
    Raises ConflictError ``duplicate`` when the workspace has this phone number id.
    """
    ref = Ref(workspace_id, new_id())
    row = {**_sealed(ref, values), **facts, "api_base_url": settings().whatsapp_api_base_url}
    sender = senders.add_if_new(session, ref, row)
    if sender is None:
        raise ConflictError("This phone number is connected already.", code="duplicate")
    audit.note(session, Action.SENDER_CREATED, ref, after=_told(values))
    _announce(session, sender)
    return sender


def change(session: Session, ref: Ref, changes: Mapping[str, Any], expected: int | None) -> Sender:
    """Change name, secrets or speed. Raises NotFoundError, StaleVersionError."""
    if not changes:
        return get(session, ref)
    was = _told({name: getattr(get(session, ref), name, None) for name in changes})
    changed = senders.change_if_version(session, ref, _sealed(ref, changes), expected)
    if changed is None:
        get(session, ref)
        raise StaleVersionError("The sender was changed meanwhile; read it again.")
    nudge(session, "dispatch.drain", str(ref.id))
    audit.note(session, Action.SENDER_CHANGED, ref, before=was, after=_told(changes))
    _announce(session, changed)
    return changed


def remove(session: Session, ref: Ref) -> None:
    """Delete a sender nothing depends on. Raises NotFoundError, ConflictError ``in_use``."""
    try:
        with session.begin_nested():
            removed = senders.delete_if_unused(session, ref)
    except IntegrityError:
        # A schedule that named it was made at this very moment.
        removed = False
    if not removed:
        get(session, ref)
        raise ConflictError("Schedules or deliveries use this sender.", code="in_use")
    audit.note(session, Action.SENDER_DELETED, ref)


def pause(session: Session, ref: Ref, reason: str = BY_PERSON) -> Sender:
    """Stop sending: nothing is marked after the commit. Raises NotFoundError, ConflictError."""
    paused = pause_if_active(session, ref, reason)
    if paused is None:
        status = get(session, ref).status
        raise ConflictError(f"A sender that is {status} can't be paused.")
    audit.note(session, Action.SENDER_PAUSED, ref, after={"status": paused.status})
    return paused


def pause_if_active(
    session: Session, ref: Ref, reason: str, until: datetime | None = None
) -> Sender | None:
    """Stop sending for ``reason``; None when it is stopped already, for at least as long.

    It goes on by itself at ``until``, without which a person must resume it.
    """
    values = {"paused_until": until}
    paused = _move(session, ref, {SenderStatus.ACTIVE}, SenderStatus.PAUSED, reason, values)
    if paused is None and (paused := senders.pause_longer(session, ref, reason, until)):
        _announce(session, paused)
    return paused


def resume_rested(session: Session) -> int:
    """Let those go on whose pause has passed by itself; returns how many."""
    found = senders.rested(session)
    for ref in found:
        _move(session, ref, {SenderStatus.PAUSED}, SenderStatus.ACTIVE, None)
    return len(found)


def resume_if_paused_for(session: Session, ref: Ref, reason: str) -> Sender | None:
    """What ``reason`` had stopped is over; None when it is stopped for another, or not at all."""
    return _move(session, ref, {SenderStatus.PAUSED}, SenderStatus.ACTIVE, None, stopped_for=reason)


def disconnect_if_active(session: Session, ref: Ref, reason: str) -> Sender | None:
    """Meta says the number can't send; None when it does not send now."""
    return _move(session, ref, {SenderStatus.ACTIVE}, SenderStatus.DISCONNECTED, reason)


def reconnect_if_disconnected(session: Session, ref: Ref) -> Sender | None:
    """Meta says the number can send again; what a person or we paused stays so."""
    return _move(session, ref, {SenderStatus.DISCONNECTED}, SenderStatus.ACTIVE, None)


def resume(session: Session, ref: Ref) -> Sender:
    """Send again, confirming the API base now in use. Raises NotFoundError, ConflictError."""
    base = {"api_base_url": settings().whatsapp_api_base_url}
    resumed = _move(session, ref, _STOPPED, SenderStatus.ACTIVE, None, base)
    if resumed is None:
        status = get(session, ref).status
        raise ConflictError(f"A sender that is {status} can't be resumed.")
    audit.note(session, Action.SENDER_RESUMED, ref, after={"status": resumed.status})
    return resumed


def pause_if_base_changed(session: Session) -> list[Ref]:
    """Pause every sender verified against another API base than the one now configured.

    Otherwise a changed ``WHATSAPP_API_BASE_URL`` would send real tokens and real people's
    numbers to a place nobody chose for them.
    """
    paused = senders.pause_if_base_differs(session, settings().whatsapp_api_base_url, BASE_CHANGED)
    for ref in paused:
        live.announce(session, ref.workspace_id, "sender.updated", id=ref.id)
    return paused


def _move(
    session: Session,
    ref: Ref,
    allowed: set[SenderStatus] | frozenset[SenderStatus],
    to: SenderStatus,
    reason: str | None,
    values: Mapping[str, Any] | None = None,
    stopped_for: str | None = None,
) -> Sender | None:
    moved = senders.move_if(
        session,
        ref,
        allowed=allowed,
        to=to,
        values={"status_reason": reason, "paused_until": None, **(values or {})},
        stopped_for=stopped_for,
    )
    if moved is not None:
        if to == SenderStatus.ACTIVE:
            nudge(session, "dispatch.drain", str(ref.id))
        _announce(session, moved)
    return moved


def _sealed(ref: Ref, values: Mapping[str, Any]) -> dict[str, Any]:
    row = {name: value for name, value in values.items() if name not in _SECRETS}
    for name in _SECRETS:
        if name in values:
            plain = values[name]
            row[f"{name}_sealed"] = seal(plain, _cell(ref, name)) if plain else None
    return row


def _told(values: Mapping[str, Any]) -> dict[str, Any]:
    """What the audit log may hold: of a secret only that it was given."""
    told = {name: value for name, value in values.items() if name not in _SECRETS}
    return told | {f"{name}_changed": True for name in _SECRETS if values.get(name)}


def _cell(ref: Ref, column: str) -> Cell:
    return Cell("senders", column, ref.workspace_id, ref.id)


def _ref(sender: Sender) -> Ref:
    return Ref(sender.workspace_id, sender.id)


def _announce(session: Session, sender: Sender) -> None:
    live.announce(session, sender.workspace_id, "sender.updated", id=sender.id)
