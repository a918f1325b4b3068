"""Parameters of a template message: ``{"body": {"1": "{{ name }}"}, "buttons": {"0": {…}}}``.

Each leaf is a Liquid text at the dotted path of the slot it fills, such as ``body.1``.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from app.integrations.whatsapp.templates import Slot, Template

# What a header with a file or a place takes instead of a text.
_OF_MEDIA = frozenset({"header.link", "header.media_id", "header.filename"})
_OF_PLACE = frozenset(f"header.{key}" for key in ("latitude", "longitude", "name", "address"))


def flat(parameters: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Pairs of dotted path and leaf."""
    for key, value in parameters.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def nested(leaves: Mapping[str, Any]) -> dict[str, Any]:
    """The inverse of ``flat``."""
    parameters: dict[str, Any] = {}
    for path, value in leaves.items():
        *sections, key = path.split(".")
        place = parameters
        for section in sections:
            place = place.setdefault(section, {})
        place[key] = value
    return parameters


def allowed(shape: Template) -> frozenset[str]:
    """Every path that a message with this template may fill."""
    paths: set[str] = set()
    for slot in shape.slots:
        paths |= _paths(slot)
    return frozenset(paths)


def missing(shape: Template, given: Mapping[str, Any]) -> list[str]:
    """Paths that a message must fill and doesn't, as people would write them."""
    return [path for slot in shape.slots if (path := _missing(slot, given))]


def _paths(slot: Slot) -> frozenset[str]:
    if slot.key == "media":
        return _OF_MEDIA
    return _OF_PLACE if slot.key == "location" else frozenset({slot.path})


def _missing(slot: Slot, given: Mapping[str, Any]) -> str | None:
    if not slot.required:
        return None
    if slot.key == "media":
        has = given.get("header.link") or given.get("header.media_id")
        return None if has else "header.link"
    if slot.key == "location":
        needed = ("header.latitude", "header.longitude")
        return next((path for path in needed if not given.get(path)), None)
    return None if given.get(slot.path) else slot.path
