"""A template as people see it, and whether its content has changed."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.integrations.whatsapp.templates import VARIABLE, Button, Template

# section -> slot -> text; of buttons: index -> slot -> text.
Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Preview:
    """The texts with their values; what has no value keeps its ``{{…}}``."""

    header: str | None
    body: str
    footer: str | None
    buttons: tuple[Button, ...]


def value_of(values: Values, path: str) -> str | None:
    """Return the text at a slot's dotted path; None when absent or empty."""
    found: Any = values
    for key in path.split("."):
        found = found.get(key) if isinstance(found, Mapping) else None
    return str(found) if isinstance(found, str | int | float) and str(found) else None


def preview(template: Template, values: Values) -> Preview:
    """Fill the template's texts as WhatsApp would show them."""

    def fill(text: str, place: str) -> str:
        return VARIABLE.sub(lambda m: value_of(values, f"{place}.{m[1]}") or m[0], text)

    buttons = tuple(
        Button(button.kind, button.label, button.url and fill(button.url, f"buttons.{index}"))
        for index, button in enumerate(template.buttons)
    )
    header = template.header and fill(template.header, "header")
    return Preview(header, fill(template.body, "body"), template.footer, buttons)


def fingerprint(listed: Mapping[str, Any]) -> str:
    """Return SHA-256 (hex) of what a template says, to notice that Meta changed it.

    Examples are left out: those of media are signed URLs, new in every listing.
    """
    kept = {key: listed.get(key) for key in ("name", "language", "parameter_format", "components")}
    text = json.dumps(_without_examples(kept), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _without_examples(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without_examples(v) for k, v in value.items() if k != "example"}
    if isinstance(value, list):
        return [_without_examples(item) for item in value]
    return value
