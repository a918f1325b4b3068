"""The ``messages`` field of callbacks: statuses of what we sent, messages people sent."""

from collections.abc import Iterator

from app.integrations.whatsapp.callback_events import (
    AccountEvent,
    CallbackError,
    Event,
    InboundEvent,
    Media,
    NumberChange,
    Origin,
    Pricing,
    StatusEvent,
    UnknownEvent,
)
from app.integrations.whatsapp.callback_json import Json, instant, obj, objects, text
from app.integrations.whatsapp.errors import as_int

FIELD = "messages"
_MEDIA = frozenset({"image", "video", "audio", "document", "sticker"})
# Reactions, number changes, edits and what WhatsApp can't show are left out to be safe: free text
# after a window that never opened fails and costs quality.
_OPENS_WINDOW = _MEDIA | {"text", "button", "interactive", "location", "contacts", "order"}


def read(origin: Origin, value: Json) -> Iterator[Event]:
    """Yield all that one change tells; statuses, messages and errors may stand side by side."""
    statuses, messages = objects(value, "statuses"), objects(value, "messages")
    contacts = objects(value, "contacts")
    for item in statuses:
        yield _status(origin, item)
    for item in messages:
        yield _inbound(origin, item, contacts)
    problems = errors(value)
    if problems:
        yield AccountEvent(
            origin,
            FIELD,
            "ERROR",
            problems[0].details,
            restrictions=(),
            people_per_day=None,
            unlimited=False,
            errors=problems,
            raw=value,
        )


def errors(parent: Json) -> tuple[CallbackError, ...]:
    """Read ``errors``; ``error_data`` may be an object, a string or absent."""
    return tuple(
        CallbackError(
            code=as_int(item.get("code")) or 0,
            title=text(item, "title") or text(item, "message"),
            details=text(obj(item, "error_data"), "details") or text(item, "error_data"),
        )
        for item in objects(parent, "errors")
    )


def _status(origin: Origin, item: Json) -> Event:
    wamid, status = text(item, "id"), text(item, "status")
    if wamid is None or status is None:
        return UnknownEvent(origin, FIELD, "a status without id or status", item)
    return StatusEvent(
        origin=origin,
        wamid=wamid,
        status=status.lower(),
        at=instant(item, "timestamp"),
        recipient_id=text(item, "recipient_id"),
        user_id=text(item, "recipient_user_id"),
        opaque=text(item, "biz_opaque_callback_data"),
        errors=errors(item),
        pricing=_pricing(obj(item, "pricing")),
        raw=item,
    )


def _pricing(item: Json) -> Pricing | None:
    if not item:
        return None
    billable = item.get("billable")
    return Pricing(
        type=text(item, "type"),
        # Documented in both spellings.
        category=(text(item, "category") or "").replace("-", "_") or None,
        model=text(item, "pricing_model"),
        billable=billable if isinstance(billable, bool) else None,
    )


def _inbound(origin: Origin, item: Json, contacts: list[Json]) -> Event:
    wamid, kind = text(item, "id"), text(item, "type")
    if wamid is None or kind is None:
        return UnknownEvent(origin, FIELD, "a message without id or type", item)
    wa_id, user_id = text(item, "from"), text(item, "from_user_id")
    contact = _contact(contacts, wa_id, user_id)
    shown, payload = _words(kind, item)
    reacted = text(obj(item, "reaction"), "message_id")
    return InboundEvent(
        origin=origin,
        wamid=wamid,
        kind=kind,
        at=instant(item, "timestamp"),
        wa_id=wa_id or text(contact, "wa_id"),
        user_id=user_id or text(contact, "user_id"),
        profile_name=text(obj(contact, "profile"), "name"),
        username=text(obj(contact, "profile"), "username"),
        text=shown,
        payload=payload,
        answers_wamid=text(obj(item, "context"), "id") or reacted,
        media=_media(obj(item, kind)) if kind in _MEDIA else None,
        change=_change(obj(item, "system")) if kind == "system" else None,
        errors=errors(item),
        opens_window=kind in _OPENS_WINDOW,
        raw=item,
    )


def _contact(contacts: list[Json], wa_id: str | None, user_id: str | None) -> Json:
    for contact in contacts:
        if wa_id and wa_id == text(contact, "wa_id"):
            return contact
        if user_id and user_id == text(contact, "user_id"):
            return contact
    return {}


def _words(kind: str, item: Json) -> tuple[str | None, str | None]:
    """The words to show, and the payload or id of what was chosen."""
    content = obj(item, kind)
    match kind:
        case "button":
            return text(content, "text"), text(content, "payload")
        case "interactive":
            answer = obj(content, text(content, "type") or "")
            words = text(answer, "title") or text(answer, "body")
            return words, text(answer, "id") or text(answer, "response_json")
        case "reaction":
            return text(content, "emoji"), None
        case "location":
            return text(content, "name") or text(content, "address"), None
        case "order":
            return text(content, "text"), text(content, "catalog_id")
    return text(content, "body") or text(content, "caption"), None


def _media(item: Json) -> Media:
    names = ("id", "mime_type", "sha256", "filename")
    return Media(*(text(item, name) for name in names))


def _change(item: Json) -> NumberChange | None:
    wa_id, user_id = text(item, "wa_id"), text(item, "user_id")
    return NumberChange(wa_id, user_id) if wa_id or user_id else None
