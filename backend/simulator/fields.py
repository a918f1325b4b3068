"""One check that message bodies share: a string field within its limit."""

from typing import Any

from simulator.errors import GraphError


def text(content: Any, field: str, limit: int, part: str, *, required: bool = True) -> str:
    """The field's text, '' when absent and not required; raises 131008, or 100 if too long."""
    value = content.get(field) if isinstance(content, dict) else None
    if value is None and not required:
        return ""
    if not isinstance(value, str) or (required and not value):
        raise GraphError(131008, f"The parameter {part}.{field} is required.")
    if len(value) > limit:
        raise GraphError(100, f"Param {part}.{field} must be at most {limit} characters long.")
    return value
