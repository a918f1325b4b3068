"""What a template asks for: its parts' variables and media, read from its components."""

import re
from dataclasses import dataclass
from typing import Any

_VARIABLE = re.compile(r"\{\{\s*([A-Za-z0-9_]+)\s*\}\}")
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ButtonSlot:
    """A button that may or must get a parameter at sending."""

    sub_type: str
    parameter_type: str
    required: bool


@dataclass(frozen=True, slots=True)
class Slots:
    """Variables of header and body in order; ``header_media`` image, video … or None."""

    header: tuple[str, ...]
    header_media: str | None
    body: tuple[str, ...]
    buttons: dict[int, ButtonSlot]
    body_text: str


_BUTTONS = {
    "QUICK_REPLY": ButtonSlot("quick_reply", "payload", False),
    "COPY_CODE": ButtonSlot("copy_code", "coupon_code", True),
    "FLOW": ButtonSlot("flow", "action", False),
    "OTP": ButtonSlot("url", "text", True),
}


def variables(text: str) -> tuple[str, ...]:
    """Names in order of first use."""
    return tuple(dict.fromkeys(_VARIABLE.findall(text)))


def fill(text: str, values: dict[str, str]) -> str:
    return _VARIABLE.sub(lambda match: values.get(match[1], match[0]), text)


def read(components: list[Json]) -> Slots:
    """Slots of a template; unknown components ask for nothing."""
    parts = {str(c.get("type", "")).upper(): c for c in components}
    header, body = parts.get("HEADER", {}), parts.get("BODY", {})
    media = str(header.get("format", "TEXT")).lower()
    return Slots(
        header=variables(header.get("text", "")),
        header_media=None if media == "text" else media,
        body=variables(body.get("text", "")),
        buttons=_button_slots(parts.get("BUTTONS", {}).get("buttons", [])),
        body_text=body.get("text", ""),
    )


def _button_slots(buttons: list[Json]) -> dict[int, ButtonSlot]:
    slots = {}
    for index, button in enumerate(buttons):
        kind = str(button.get("type", "")).upper()
        if kind in _BUTTONS:
            slots[index] = _BUTTONS[kind]
        elif kind == "URL" and variables(button.get("url", "")):
            slots[index] = ButtonSlot("url", "text", True)
    return slots
