"""Reads and checks the body of POST /messages, apart from template parameters."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from simulator import fields, interactive, phones
from simulator.errors import GraphError

Json = dict[str, Any]
MEDIA = frozenset({"image", "video", "document", "audio", "sticker"})
_WITH_CAPTION = {"image", "video", "document"}


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A well-formed message. ``phone``: digits with country code; None when sent to a
    business-scoped id, or ``lost``: such an id in ``to``, which Meta accepts and loses."""

    to: str
    phone: str | None
    user_id: str | None
    type: str
    content: Json
    opaque: str | None
    lost: bool = False


def read(body: Any, business_digits: str) -> Outgoing:
    """Raise GraphError 100, 131008, 131009, 131021 or 131051 for what Meta would refuse."""
    if not isinstance(body, dict):
        raise GraphError(100, "The body must be a JSON object")
    if body.get("messaging_product") != "whatsapp":
        raise GraphError(100, "messaging_product must be 'whatsapp'")
    if body.get("recipient_type", "individual") not in ("individual", "group"):
        raise GraphError(100, "recipient_type must be 'individual' or 'group'")
    kind = body.get("type", "text")
    opaque = _opaque(body)
    to, phone, user_id, lost = _recipient(body, business_digits)
    check = _CHECKS.get(kind) if isinstance(kind, str) else None
    if check is None:
        raise GraphError(131051, f"Message type {kind!r} is not supported")
    content = body.get(kind)
    if content is None:
        raise GraphError(131008, f"The parameter {kind} is required.")
    check(kind, content)
    return Outgoing(to, phone, user_id, kind, _as_object(content), opaque, lost)


def _as_object(content: Any) -> Json:
    return content if isinstance(content, dict) else {"items": content}


def _opaque(body: Json) -> str | None:
    opaque = body.get("biz_opaque_callback_data")
    if opaque is not None and (not isinstance(opaque, str) or len(opaque) > 512):
        raise GraphError(100, "biz_opaque_callback_data must be a string of at most 512 characters")
    return opaque


def _recipient(body: Json, business: str) -> tuple[str, str | None, str | None, bool]:
    to, recipient = body.get("to"), body.get("recipient")
    if to is None and isinstance(recipient, str) and recipient:
        if not phones.BUSINESS_SCOPED_ID.match(recipient):
            raise GraphError(131009, "recipient is not a business-scoped user id")
        return recipient, None, recipient, False
    if not isinstance(to, str) or not to:
        raise GraphError(131008, "The parameter to is required.")
    if phones.BUSINESS_SCOPED_ID.match(to):
        return to, None, None, True
    phone = phones.read_to(to, business)
    if phone is None:
        raise GraphError(131009, "to is not a phone number")
    if phone == business:
        raise GraphError(131021, "Sender and recipient are the same number")
    return to, phone, None, False


def _text(_kind: str, content: Any) -> None:
    fields.text(content, "body", 4096, "text")


def _media(kind: str, content: Any) -> None:
    if not isinstance(content, dict) or not (content.get("id") or content.get("link")):
        raise GraphError(131008, f"{kind}: id or link is required.")
    if "caption" in content:
        if kind not in _WITH_CAPTION:
            raise GraphError(100, f"{kind}: caption is not allowed")
        fields.text(content, "caption", 1024, kind, required=False)


def _template(_kind: str, content: Any) -> None:
    fields.text(content, "name", 512, "template")
    language = content.get("language")
    if not isinstance(language, dict) or not isinstance(language.get("code"), str):
        raise GraphError(131008, "The parameter template.language.code is required.")
    components = content.get("components", [])
    if not isinstance(components, list) or not all(isinstance(c, dict) for c in components):
        raise GraphError(100, "template.components must be a list of objects")


def _reaction(_kind: str, content: Any) -> None:
    fields.text(content, "message_id", 512, "reaction")
    if not isinstance(content.get("emoji"), str):
        raise GraphError(131008, "The parameter reaction.emoji is required.")


def _location(_kind: str, content: Any) -> None:
    if not isinstance(content, dict) or None in (content.get("latitude"), content.get("longitude")):
        raise GraphError(131008, "location: latitude and longitude are required.")


def _contacts(_kind: str, content: Any) -> None:
    if not isinstance(content, list) or not content:
        raise GraphError(131008, "The parameter contacts is required.")
    for contact in content:
        if not isinstance(contact, dict):
            raise GraphError(131009, "contacts takes objects")
        fields.text(contact.get("name"), "formatted_name", 1024, "contacts.name")


def _interactive(_kind: str, content: Any) -> None:
    interactive.check(content)


_CHECKS: dict[str, Callable[[str, Any], None]] = {
    "text": _text,
    "template": _template,
    "reaction": _reaction,
    "location": _location,
    "contacts": _contacts,
    "interactive": _interactive,
    **dict.fromkeys(MEDIA, _media),
}
