"""Checks the parameters of a template send, refusing as Meta does."""

import re
from typing import Any

from simulator import slots
from simulator.errors import GraphError
from simulator.world import Template

_FORBIDDEN_TEXT = re.compile(r"[\n\t]| {5,}")
_TEXT_TYPES = {"text", "currency", "date_time"}
_BODY_LIMIT = 1024
_BODY_ONLY_LIMIT = 32_768
Json = dict[str, Any]


def check(template: Template, components: list[Json]) -> None:
    """Raise 132000, 132005, 132012 or 132018 when the components don't fit the template."""
    wanted = slots.read(template.components)
    header = _parameters(components, "header")
    _check_header(template, wanted, header)
    values = _check_texts(template, wanted.body, _parameters(components, "body"), "body")
    _check_length(template, slots.fill(wanted.body_text, values))
    _check_buttons(wanted, [c for c in components if _kind(c) == "button"])


def _kind(component: Json) -> str:
    return str(component.get("type", "")).lower()


def _parameters(components: list[Json], kind: str) -> list[Json]:
    found = [c for c in components if _kind(c) == kind]
    if len(found) > 1:
        raise GraphError(132000, f"{kind}: more than one component of this type")
    parameters = found[0].get("parameters", []) if found else []
    if not isinstance(parameters, list) or not all(isinstance(p, dict) for p in parameters):
        raise GraphError(132018, f"{kind}: parameters must be a list of objects")
    return parameters


def _check_header(template: Template, wanted: slots.Slots, given: list[Json]) -> None:
    media = wanted.header_media
    if media is None:
        _check_texts(template, wanted.header, given, "header")
        return
    if len(given) != 1:
        raise GraphError(132000, f"header: number of parameters ({len(given)}) must be 1")
    if given[0].get("type") != media:
        raise GraphError(
            132012,
            f"header: Format mismatch, expected {media.upper()}, "
            f"received {str(given[0].get('type')).upper()}",
        )
    value = given[0].get(media)
    if not isinstance(value, dict) or (media != "location" and not _has_source(value)):
        raise GraphError(132012, f"header: {media} needs an id or a link")


def _has_source(value: Json) -> bool:
    return bool(value.get("id") or value.get("link"))


def _check_texts(
    template: Template, wanted: tuple[str, ...], given: list[Json], part: str
) -> dict[str, str]:
    if len(given) != len(wanted):
        raise GraphError(
            132000,
            f"{part}: number of localizable_params ({len(given)}) does not match "
            f"the expected number of params ({len(wanted)})",
        )
    names = _names(template, wanted, given, part)
    return {name: _text(item, part) for name, item in zip(names, given, strict=True)}


def _names(template: Template, wanted: tuple[str, ...], given: list[Json], part: str) -> list[str]:
    names = [item.get("parameter_name") for item in given]
    if template.parameter_format == "POSITIONAL":
        if any(name is not None for name in names):
            raise GraphError(132018, f"{part}: this template takes positional parameters")
        return list(wanted)
    if None in names or set(names) != set(wanted):
        raise GraphError(132018, f"{part}: parameter_name must name each of {sorted(wanted)}")
    return [str(name) for name in names]


def _text(item: Json, part: str) -> str:
    kind = item.get("type")
    if kind not in _TEXT_TYPES:
        raise GraphError(132012, f"{part}: Format mismatch, expected TEXT, received {kind}")
    value = item.get("text") if kind == "text" else (item.get(kind) or {}).get("fallback_value")
    if not isinstance(value, str) or not value:
        raise GraphError(132018, f"{part}: a text parameter must not be empty")
    if _FORBIDDEN_TEXT.search(value):
        raise GraphError(
            132018,
            f"{part}: Param text cannot have new-line/tab characters "
            "or more than 4 consecutive spaces",
        )
    return value


def _check_length(template: Template, text: str) -> None:
    only_body = len(template.components) == 1
    limit = _BODY_ONLY_LIMIT if only_body else _BODY_LIMIT
    if len(text) > limit:
        raise GraphError(132005, f"body: translated text has {len(text)} characters, max {limit}")


def _check_buttons(wanted: slots.Slots, given: list[Json]) -> None:
    by_index = {str(button.get("index")): button for button in given}
    known = {str(index) for index in wanted.buttons}
    if set(by_index) - known or len(by_index) != len(given):
        raise GraphError(132018, "buttons: index names no button that takes a parameter")
    for index, slot in wanted.buttons.items():
        button = by_index.get(str(index))
        if button is not None:
            _check_button(index, slot, button)
        elif slot.required:
            raise GraphError(131008, f"buttons: Button at index {index} requires a parameter")


def _check_button(index: int, slot: slots.ButtonSlot, button: Json) -> None:
    parameters = button.get("parameters")
    first = parameters[0] if isinstance(parameters, list) and parameters else {}
    fits = (
        isinstance(first, dict)
        and str(button.get("sub_type", "")).lower() == slot.sub_type
        and first.get("type") in (slot.parameter_type, "text")
    )
    if not fits:
        raise GraphError(
            132012,
            f"buttons: index {index} takes {slot.sub_type} with a {slot.parameter_type} parameter",
        )
