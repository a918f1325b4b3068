"""API key bodies."""

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from app.api.schemas.base import In, Instant, InstantIn, Line, Out, Title
from app.domain.permissions import SCOPES


def _known(scope: str) -> str:
    if scope not in SCOPES:
        raise PydanticCustomError(
            "unknown_value", "there is no scope {scope}", {"scope": repr(scope)}
        )
    return scope


class ApiKeyIn(In):
    """A key to make; ``write`` doesn't imply ``read``."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "Booking system", "scopes": ["messages:write"]}]}
    )
    read_only: ClassVar[frozenset[str]] = frozenset(
        {"id", "prefix", "key", "created_at", "last_used_at"}
    )

    name: Title
    scopes: Annotated[
        list[Annotated[Line, AfterValidator(_known)]],
        Field(
            min_length=1,
            max_length=len(SCOPES),
            json_schema_extra={"items": {"type": "string", "enum": sorted(SCOPES)}},
        ),
    ]
    expires_at: InstantIn | None = None


class ApiKeyOut(Out):
    """A key without its secret; ``prefix`` is how it begins."""

    id: UUID
    name: str
    prefix: str
    scopes: list[str]
    expires_at: Instant | None
    last_used_at: Instant | None
    created_at: Instant


class NewApiKeyOut(ApiKeyOut):
    """A new key; ``key`` is shown this once, and not in a replayed answer."""

    key: str
