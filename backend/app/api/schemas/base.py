"""What all bodies share: strict input, exact instants in the output."""

import math
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    PlainSerializer,
    PlainValidator,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from app.domain import local_time
from app.domain.errors import InvalidError
from app.domain.local_time import format_instant

# Deeper than anything a person or a program means; the JSON parser itself stops much later.
_MAX_DEPTH = 32


def _without_nul(text: str) -> str:
    if "\x00" in text:
        raise PydanticCustomError("nul_character", "must not contain the NUL character")
    return text


# RFC 3339 in UTC with milliseconds: 2026-12-01T15:00:00.000Z
Instant = Annotated[datetime, PlainSerializer(format_instant, return_type=str, when_used="json")]


def _instant(value: Any) -> datetime:
    try:
        return local_time.parse_instant(value).astimezone(UTC)
    except (InvalidError, TypeError, AttributeError, OverflowError) as error:
        raise PydanticCustomError(
            "invalid", "must be an instant with its offset, such as 2026-12-01T15:00:00Z"
        ) from error


# As text, never a number; the zone in it is kept by nobody.
InstantIn = Annotated[
    datetime,
    PlainValidator(_instant),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Line = Annotated[str, StringConstraints(max_length=200)]
QueryText = Annotated[str, StringConstraints(max_length=200), AfterValidator(_without_nul)]


class In(BaseModel):
    """A request body: unknown fields are refused by name.

    ``read_only`` are fields of the object that people may not set; ``not_yet`` are those the
    contract names and this version doesn't build: refused, never stored; null is what they are.
    """

    model_config = ConfigDict(extra="forbid")

    read_only: ClassVar[frozenset[str]] = frozenset()
    not_yet: ClassVar[frozenset[str]] = frozenset()

    @model_validator(mode="before")
    @classmethod
    def _refuse_what_cannot_be_set(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        for name, value in data.items():
            if name in cls.read_only:
                raise PydanticCustomError(
                    "read_only", "{field} can't be set: it is kept by us", {"field": str(name)}
                )
            if name in cls.not_yet and value is not None:
                raise PydanticCustomError(
                    "not_supported_yet",
                    "{field} is not supported by this version yet",
                    {"field": str(name)},
                )
            _refuse_text(str(name), str(name))
            _refuse_unstorable(str(name), value)
        return {name: value for name, value in data.items() if name not in cls.not_yet}


def _refuse_unstorable(field: str, value: Any, depth: int = 0) -> None:
    """Refuse, naming the field, what JSON can say but neither database nor answer can carry."""
    if isinstance(value, str):
        _refuse_text(field, value)
    elif isinstance(value, float) and not math.isfinite(value):
        raise PydanticCustomError(
            "not_finite", "{field} must be a finite number", {"field": _shown(field)}
        )
    elif isinstance(value, dict | list):
        if depth >= _MAX_DEPTH:
            raise PydanticCustomError(
                "too_deep", "{field} is nested too deeply", {"field": _shown(field)}
            )
        _refuse_inside(field, value, depth + 1)


def _refuse_inside(field: str, value: dict[Any, Any] | list[Any], depth: int) -> None:
    if isinstance(value, list):
        for position, inner in enumerate(value):
            _refuse_unstorable(f"{field}.{position}", inner, depth)
        return
    for name, inner in value.items():
        _refuse_text(field, str(name))
        _refuse_unstorable(f"{field}.{name}", inner, depth)


def _refuse_text(field: str, text: str) -> None:
    if "\x00" in text:
        raise PydanticCustomError(
            "nul_character", "{field} must not contain the NUL character", {"field": _shown(field)}
        )
    if not _is_unicode(text):
        raise PydanticCustomError(
            "invalid_unicode", "{field} holds half of a surrogate pair", {"field": _shown(field)}
        )


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _shown(field: str) -> str:
    # A field's name comes from the body too.
    return field.encode(errors="replace").decode()[:200]


class Out(BaseModel):
    """A response body, read from rows. Every field is always there, those with defaults too."""

    model_config = ConfigDict(
        from_attributes=True, json_schema_serialization_defaults_required=True
    )
