"""Checks interactive messages: reply buttons, lists and links; other kinds pass through."""

from typing import Any

from simulator import fields
from simulator.errors import GraphError

Json = dict[str, Any]
_PART = "interactive"


def check(content: Any) -> None:
    """Raise 131008, 131009 or 100 as Meta would."""
    kind = fields.text(content, "type", 64, _PART)
    action = content.get("action")
    if not isinstance(action, dict):
        raise GraphError(131008, "The parameter interactive.action is required.")
    body_limit = 4096 if kind == "list" else 1024
    fields.text(content.get("body"), "text", body_limit, "interactive.body")
    fields.text(content.get("footer"), "text", 60, "interactive.footer", required=False)
    if kind == "button":
        _buttons(_list(action, "buttons", 3))
    elif kind == "list":
        _sections(action)
    elif kind == "cta_url":
        parameters = action.get("parameters")
        fields.text(parameters, "display_text", 20, "interactive.action.parameters")
        fields.text(parameters, "url", 2000, "interactive.action.parameters")


def _list(parent: Json, field: str, most: int) -> list[Json]:
    items = parent.get(field)
    if not isinstance(items, list) or not 1 <= len(items) <= most:
        raise GraphError(131009, f"interactive.action.{field} takes 1 to {most} items")
    if not all(isinstance(item, dict) for item in items):
        raise GraphError(131009, f"interactive.action.{field} takes objects")
    return items


def _buttons(buttons: list[Json]) -> None:
    for button in buttons:
        fields.text(button.get("reply"), "id", 256, "interactive.action.buttons.reply")
        fields.text(button.get("reply"), "title", 20, "interactive.action.buttons.reply")


def _sections(action: Json) -> None:
    fields.text(action, "button", 20, "interactive.action")
    sections = _list(action, "sections", 10)
    rows = [row for section in sections for row in _list(section, "rows", 10)]
    if len(rows) > 10:
        raise GraphError(131009, "interactive: at most 10 rows in all")
    for row in rows:
        fields.text(row, "id", 200, "interactive.action.sections.rows")
        fields.text(row, "title", 24, "interactive.action.sections.rows")
        fields.text(row, "description", 72, "interactive.action.sections.rows", required=False)
