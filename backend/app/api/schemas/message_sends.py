"""Bodies of sends to one person."""

from typing import Annotated, Any, ClassVar, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError, to_json

from app.api.schemas.base import In, InstantIn, Line
from app.api.schemas.messages import Category, Text, Variables
from app.api.schemas.recipients import RecipientKey
from app.services.direct import DEFAULT_EXPIRES_AFTER_S
from app.services.message_content import Draft
from app.services.message_sends import Order

MAX_METADATA_BYTES = 2048
LONGEST_S = 30 * 24 * 3600


def _small(metadata: dict[str, Any]) -> dict[str, Any]:
    if len(to_json(metadata)) > MAX_METADATA_BYTES:
        raise PydanticCustomError("too_large", "must be at most 2 kB of JSON")
    return metadata


Metadata = Annotated[dict[str, Any], AfterValidator(_small)]
ExpiresAfter = Annotated[int, Field(ge=1, le=LONGEST_S, strict=True)]


class SendIn(In):
    """``to`` or ``recipient_id``; ``message_id``, or ``content`` with its ``category``."""

    not_yet: ClassVar[frozenset[str]] = frozenset({"template", "media", "interactive"})

    sender_id: UUID
    to: Line | None = None
    recipient_id: RecipientKey | None = None
    message_id: UUID | None = None
    content: Text | None = None
    category: Category | None = None
    variables: Variables | None = None
    send_at: InstantIn | None = None
    expires_after_s: ExpiresAfter = DEFAULT_EXPIRES_AFTER_S
    reference: Line | None = None
    metadata: Metadata | None = None

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        _exactly_one("to", self.to, "recipient_id", self.recipient_id)
        _exactly_one("message_id", self.message_id, "content", self.content)
        return self

    def order(self) -> Order:
        """As the service takes it."""
        draft = None
        if self.content is not None:
            draft = Draft("text", self.category, self.content)
        fields = self.model_dump(exclude={"content", "category"})
        return Order(**fields, draft=draft)


class TestIn(In):
    """Where to send a test, and values the recipient doesn't have."""

    __test__ = False  # for pytest: not a test

    sender_id: UUID
    to: Line
    variables: Variables | None = None


def _exactly_one(name: str, value: object, other: str, other_value: object) -> None:
    if value is None and other_value is None:
        raise PydanticCustomError(
            "missing", "give {field} or {other}", {"field": name, "other": other}
        )
    if value is not None and other_value is not None:
        raise PydanticCustomError(
            "only_one_of", "give {other} or {field}, not both", {"field": other, "other": name}
        )
