"""Bodies of ``POST /{phone-number-id}/messages``, built without I/O.

Limits are Meta's: text 4096, caption 1024, opaque data 512, quick-reply payload 256 characters.
"""

import re
from collections.abc import Mapping
from typing import Any, Literal

from app.integrations.whatsapp import template_components
from app.integrations.whatsapp.template_content import Values
from app.integrations.whatsapp.templates import Template

Json = dict[str, Any]
MediaType = Literal["image", "video", "document", "audio", "sticker"]

_PHONE = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)
_USER_ID = re.compile(r"[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}", re.ASCII)
_CAPTIONED = frozenset({"image", "video", "document"})


class PayloadError(ValueError):
    """A message WhatsApp would refuse; ``field`` says which part."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field


def message(
    content: Json,
    *,
    phone: str | None = None,
    user_id: str | None = None,
    opaque: str | None = None,
    reply_to: str | None = None,
) -> Json:
    """Put an envelope around ``content``, as the other functions here make it.

    ``phone`` is E.164 with ``+``; ``user_id`` is Meta's business-scoped id, used only without a
    phone. ``opaque`` comes back in every status; ``reply_to`` is a wamid.
    """
    if opaque is not None:
        _within("biz_opaque_callback_data", opaque, 512)
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        **_address(phone, user_id),
        **content,
        **({"context": {"message_id": reply_to}} if reply_to else {}),
        **({"biz_opaque_callback_data": opaque} if opaque else {}),
    }


def text(body: str, *, preview_url: bool = False) -> Json:
    """Free text; allowed only while the person's service window is open."""
    content = {"body": _within("text.body", body, 4096), "preview_url": preview_url}
    return {"type": "text", "text": content}


def media(
    kind: MediaType,
    *,
    media_id: str | None = None,
    link: str | None = None,
    caption: str | None = None,
    filename: str | None = None,
) -> Json:
    """A file, by the id of an upload or by a public https link: exactly one of both."""
    if bool(media_id) == bool(link):
        raise PayloadError(kind, "give either a media id or a link")
    content: Json = {"id": media_id} if media_id else {"link": link}
    if caption:
        if kind not in _CAPTIONED:
            raise PayloadError(f"{kind}.caption", f"{kind} messages have no caption")
        content["caption"] = _within(f"{kind}.caption", caption, 1024)
    if filename:
        if kind != "document":
            raise PayloadError(f"{kind}.filename", "only documents have a file name")
        content["filename"] = filename
    return {"type": kind, kind: content}


def interactive(content: Mapping[str, Any]) -> Json:
    """Buttons, lists and the like, passed on as given: Meta adds kinds faster than we could."""
    if not isinstance(content.get("type"), str) or not isinstance(content.get("action"), Mapping):
        raise PayloadError("interactive", "type and action are required")
    return {"type": "interactive", "interactive": dict(content)}


def template(shape: Template, values: Values) -> Json:
    """A template with its slots filled; raises PayloadError for the first slot without a value."""
    if shape.unsupported:
        raise PayloadError("template", f"not supported: {', '.join(shape.unsupported)}")
    try:
        components = template_components.build(shape, values)
    except template_components.SlotError as error:
        raise PayloadError(f"template.{error.path}", error.problem) from None
    content: Json = {"name": shape.name, "language": {"code": shape.language}}
    if components:
        content["components"] = components
    return {"type": "template", "template": content}


def _address(phone: str | None, user_id: str | None) -> Json:
    if phone:
        # Without "+" Meta prepends the business number's own country code: another person.
        if not _PHONE.fullmatch(phone):
            raise PayloadError("to", "not a phone number in E.164 with a leading +")
        return {"to": phone}
    # A business-scoped id in "to" would be accepted and silently lost.
    if not user_id or not _USER_ID.fullmatch(user_id):
        raise PayloadError("recipient", "neither a phone number nor a WhatsApp user id")
    return {"recipient": user_id}


def _within(field: str, text: str, limit: int) -> str:
    if not text.strip():
        raise PayloadError(field, "is empty")
    if len(text) > limit:
        raise PayloadError(field, f"has {len(text)} characters, {limit} are allowed")
    return text
