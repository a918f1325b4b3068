"""Message templates as Meta lists them: which values each needs.

Source: Meta's reference of ``/{waba-id}/message_templates`` (components, ``parameter_format``).
What this module doesn't know it names in ``unsupported`` instead of guessing, so that a sync
never stops at an odd template.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Section = Literal["header", "body", "buttons"]
SlotKind = Literal["text", "image", "video", "document", "location", "payload", "coupon_code"]
MediaKind = Literal["image", "video", "document"]

VARIABLE = re.compile(r"\{\{\s*([A-Za-z0-9_]+)\s*\}\}")

_MEDIA: dict[str, MediaKind] = {"IMAGE": "image", "VIDEO": "video", "DOCUMENT": "document"}
# Buttons that are never filled: no component is sent for them.
_FIXED_BUTTONS = frozenset({"PHONE_NUMBER", "REQUEST_CONTACT_INFO", "VOICE_CALL"})


@dataclass(frozen=True, slots=True)
class Slot:
    """One value a send must bring.

    ``key`` is the position (``"1"``) or name in the text, ``payload`` or ``coupon_code`` for
    buttons of that kind, and ``media`` or ``location`` for such headers. ``button`` counts from 0.
    """

    section: Section
    kind: SlotKind
    key: str
    button: int | None = None
    required: bool = True

    @property
    def path(self) -> str:
        """Dotted place in the values: ``body.1``, ``header.media``, ``buttons.0.payload``."""
        middle = "" if self.button is None else f".{self.button}"
        return f"{self.section}{middle}.{self.key}"


@dataclass(frozen=True, slots=True)
class Button:
    """A button as shown; ``url`` may hold a variable at its end."""

    kind: str
    label: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Template:
    """A template's fixed texts and the slots to fill; ``named`` or else positional."""

    name: str
    language: str
    named: bool
    header: str | None
    header_media: MediaKind | Literal["location"] | None
    body: str
    footer: str | None
    buttons: tuple[Button, ...]
    slots: tuple[Slot, ...]
    unsupported: tuple[str, ...]

    def slots_of(self, section: Section, button: int | None = None) -> tuple[Slot, ...]:
        """The slots of one component, in the order Meta expects."""
        return tuple(s for s in self.slots if s.section == section and s.button == button)


def parse(listed: Mapping[str, Any]) -> Template:
    """Read one item of Meta's list of templates. Odd parts end in ``unsupported``."""
    parts = [part for part in _items(listed.get("components")) if isinstance(part, dict)]
    by_type = {_upper(part.get("type")): part for part in parts}
    header, body = by_type.get("HEADER", {}), _text(by_type.get("BODY", {}).get("text"))
    buttons = [b for b in _items(by_type.get("BUTTONS", {}).get("buttons")) if isinstance(b, dict)]
    problems = sorted(by_type.keys() - {"HEADER", "BODY", "FOOTER", "BUTTONS"})
    slots = [*_header_slots(header, problems), *_text_slots("body", body)]
    shown = [_button(button, _upper(listed.get("category"))) for button in buttons]
    for index, button in enumerate(shown):
        slots += _button_slots(index, button, problems)
    return Template(
        name=_text(listed.get("name")),
        language=_text(listed.get("language")).replace("-", "_"),
        named=_is_named(listed, slots),
        header=_text(header.get("text")) or None,
        header_media=_header_media(header),
        body=body,
        footer=_text(by_type.get("FOOTER", {}).get("text")) or None,
        buttons=tuple(shown),
        slots=tuple(slots),
        unsupported=tuple(problem.lower() for problem in problems),
    )


def _is_named(listed: Mapping[str, Any], slots: list[Slot]) -> bool:
    declared = _upper(listed.get("parameter_format"))
    if declared in {"NAMED", "POSITIONAL"}:
        return declared == "NAMED"
    texts = [slot for slot in slots if slot.kind == "text" and slot.button is None]
    return any(not slot.key.isdigit() for slot in texts)


def _header_media(header: Mapping[str, Any]) -> MediaKind | Literal["location"] | None:
    kind = _upper(header.get("format"))
    return "location" if kind == "LOCATION" else _MEDIA.get(kind)


def _header_slots(header: Mapping[str, Any], problems: list[str]) -> list[Slot]:
    kind, media = _upper(header.get("format")), _header_media(header)
    if media == "location":
        return [Slot("header", "location", "location")]
    if media is not None:
        return [Slot("header", media, "media")]
    if header and kind not in {"TEXT", ""}:
        problems.append(f"HEADER_{kind}")
        return []
    return _text_slots("header", _text(header.get("text")))


def _text_slots(section: Section, text: str, button: int | None = None) -> list[Slot]:
    keys = list(dict.fromkeys(VARIABLE.findall(text)))
    if all(key.isdigit() for key in keys):
        # Positional values are sent by number, wherever they stand in the text.
        keys.sort(key=int)
    return [Slot(section, "text", key, button) for key in keys]


def _button(listed: Mapping[str, Any], category: str) -> Button:
    kind = _upper(listed.get("type"))
    if kind == "URL" and category == "AUTHENTICATION":
        # Created as OTP, listed as a link to whatsapp.com/otp.
        kind = "OTP"
    return Button(kind, _text(listed.get("text")), _text(listed.get("url")) or None)


def _button_slots(index: int, button: Button, problems: list[str]) -> Iterator[Slot]:
    match button.kind:
        case "URL":
            yield from _text_slots("buttons", button.url or "", index)
        case "QUICK_REPLY":
            # Without a payload Meta answers with the label.
            yield Slot("buttons", "payload", "payload", index, required=False)
        case "COPY_CODE":
            yield Slot("buttons", "coupon_code", "coupon_code", index)
        case "OTP":
            # Takes the code of the body once more.
            yield Slot("buttons", "text", "1", index, required=False)
        case kind if kind not in _FIXED_BUTTONS:
            problems.append(f"BUTTON_{kind}")


def _items(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _upper(value: object) -> str:
    return _text(value).upper()
