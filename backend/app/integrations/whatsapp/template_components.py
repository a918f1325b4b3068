"""The ``components`` of a template message: each slot's value in the shape Meta wants."""

from typing import Any

from app.integrations.whatsapp.template_content import Values, value_of
from app.integrations.whatsapp.templates import Slot, Template

Json = dict[str, Any]

_PAYLOAD_LIMIT = 256
_SUB_TYPES = {
    "URL": "url",
    "OTP": "url",
    "QUICK_REPLY": "quick_reply",
    "COPY_CODE": "copy_code",
}


class SlotError(ValueError):
    """A slot without a usable value; ``path`` as in ``Slot.path``."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"{path}: {problem}")
        self.path = path
        self.problem = problem


def build(template: Template, values: Values) -> list[Json]:
    """Return the components to send; none for parts without variables."""
    components: list[Json] = []
    for section in ("header", "body"):
        parameters = [_parameter(template, slot, values) for slot in template.slots_of(section)]
        if parameters:
            components.append({"type": section, "parameters": parameters})
    for index, button in enumerate(template.buttons):
        parameters = [
            _parameter(template, slot, values)
            for slot in template.slots_of("buttons", index)
            if slot.required or _value(slot, values, button.kind) is not None
        ]
        if parameters:
            head = {"type": "button", "sub_type": _SUB_TYPES[button.kind], "index": str(index)}
            components.append({**head, "parameters": parameters})
    return components


def _value(slot: Slot, values: Values, button_kind: str) -> str | None:
    own = value_of(values, slot.path)
    # One-time codes stand in the body and on the button: given once, sent twice.
    return own or (value_of(values, "body.1") if button_kind == "OTP" else None)


def _parameter(template: Template, slot: Slot, values: Values) -> Json:
    if slot.kind in {"image", "video", "document"}:
        return {"type": slot.kind, slot.kind: _media(slot, values)}
    if slot.kind == "location":
        return {"type": "location", "location": _location(slot, values)}
    kind = "" if slot.button is None else template.buttons[slot.button].kind
    text = _value(slot, values, kind)
    if text is None:
        raise SlotError(slot.path, "has no value")
    if slot.kind == "payload" and len(text) > _PAYLOAD_LIMIT:
        raise SlotError(slot.path, f"is longer than {_PAYLOAD_LIMIT} characters")
    if slot.kind != "text":
        return {"type": slot.kind, slot.kind: text}
    if template.named and slot.button is None:
        return {"type": "text", "parameter_name": slot.key, "text": text}
    return {"type": "text", "text": text}


def _media(slot: Slot, values: Values) -> Json:
    media_id, link = value_of(values, "header.media_id"), value_of(values, "header.link")
    if media_id is None and link is None:
        raise SlotError(slot.path, "has neither media_id nor link")
    content: Json = {"id": media_id} if media_id else {"link": link}
    filename = value_of(values, "header.filename")
    if filename and slot.kind == "document":
        content["filename"] = filename
    return content


def _location(slot: Slot, values: Values) -> Json:
    names = ("latitude", "longitude", "name", "address")
    given = {name: value_of(values, f"header.{name}") for name in names}
    if given["latitude"] is None or given["longitude"] is None:
        raise SlotError(slot.path, "has no latitude and longitude")
    return {name: value for name, value in given.items() if value is not None}
