"""What all bodies share: strict input, exact instants in the output."""

from datetime import datetime
from typing import Annotated, Any, ClassVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    PlainSerializer,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from app.domain.local_time import format_instant


def _without_nul(text: str) -> str:
    if "\x00" in text:
        raise PydanticCustomError("nul_character", "must not contain the NUL character")
    return text


# RFC 3339 in UTC with milliseconds: 2026-12-01T15:00:00.000Z
Instant = Annotated[datetime, PlainSerializer(format_instant, return_type=str, when_used="json")]

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Line = Annotated[str, StringConstraints(max_length=200)]
QueryText = Annotated[str, StringConstraints(max_length=200), AfterValidator(_without_nul)]


class In(BaseModel):
    """A request body: unknown fields are refused by name.

    ``read_only`` are fields of the object that people may not set; ``not_yet`` are those the
    contract names and this version doesn't build: refused, never stored.
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
            _refuse_nul(str(name), value)
        return data


def _refuse_nul(field: str, value: Any) -> None:
    if isinstance(value, str) and "\x00" in value:
        raise PydanticCustomError(
            "nul_character", "{field} must not contain the NUL character", {"field": field}
        )
    if isinstance(value, dict):
        for name, inner in value.items():
            _refuse_nul(field, str(name))
            _refuse_nul(f"{field}.{name}", inner)
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            _refuse_nul(f"{field}.{position}", inner)


class Out(BaseModel):
    """A response body, read from rows. Every field is always there, those with defaults too."""

    model_config = ConfigDict(
        from_attributes=True, json_schema_serialization_defaults_required=True
    )
