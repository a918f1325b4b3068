"""Recipient bodies."""

from typing import Annotated, Any, ClassVar, Literal, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    StrictBool,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from app.api.schemas.base import In, Instant, Line, Out
from app.api.schemas.workspaces import Country, TimezoneName
from app.core import clock
from app.domain import recipient_keys
from app.domain.person_fields import MAX_ATTRIBUTES, MAX_EXTERNAL_ID
from app.domain.recipients import Consent, Draft, Marketing
from app.services import recipients

_READ_ONLY = frozenset(
    {"id", "wa_id", "timezone_source", "reachable", "unreachable_reason", "last_inbound_at"}
    | {"undeliverable_count", "undeliverable_at", "marketing_paused_until"}
    | {"version", "created_at"}
)
MAX_BULK = 10_000
_ITEMS: dict[str, JsonValue] = {"items": {"$ref": "#/components/schemas/RecipientIn"}}

ExternalId = Annotated[str, StringConstraints(min_length=1, max_length=MAX_EXTERNAL_ID)]
Source = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Evidence = Annotated[str, StringConstraints(max_length=1024)]
_Text = Annotated[str, StringConstraints()]
_Attribute = Annotated[StrictBool | int | float | _Text, Field(union_mode="smart")]
Attributes = Annotated[dict[_Text, _Attribute | None], Field(max_length=MAX_ATTRIBUTES)]


def _recipient_key(key: str) -> str:
    if recipient_keys.parse(key) is None:
        raise PydanticCustomError("uuid_parsing", "must be an id or external:<your id>")
    return key


# An id, or the caller's own as external:<id>.
RecipientKey = Annotated[str, StringConstraints(max_length=220), AfterValidator(_recipient_key)]


class ConsentIn(In):
    """What people said about marketing and where that is known from."""

    marketing: Marketing
    source: Source
    evidence: Evidence | None = None

    def given(self) -> Consent:
        """As the services take it."""
        return Consent(self.marketing, self.source, clock.now(), self.evidence)


class RecipientIn(In):
    """A new person: a phone or a user id is needed. Phones in any form that can be read."""

    read_only: ClassVar[frozenset[str]] = _READ_ONLY
    not_yet: ClassVar[frozenset[str]] = frozenset({"username"})

    name: Line | None = None
    phone: Line | None = None
    whatsapp_user_id: Line | None = None
    external_id: ExternalId | None = None
    country: Country | None = None
    language: Annotated[str, StringConstraints(max_length=35)] | None = None
    timezone: TimezoneName | None = None
    attributes: Attributes = {}
    group_ids: Annotated[list[UUID], Field(max_length=200)] = []
    consent: ConsentIn | None = None
    allow_invalid: bool = False

    def draft(self) -> Draft:
        """As the services take it; what is null counts as not given."""
        return Draft(
            name=self.name,
            phone=self.phone,
            whatsapp_user_id=self.whatsapp_user_id,
            external_id=self.external_id,
            country=self.country,
            language=self.language,
            timezone=self.timezone,
            attributes=self.attributes,
            group_ids=tuple(self.group_ids),
            consent=self.consent.given() if self.consent else None,
            allow_invalid=self.allow_invalid,
        )


class RecipientPatch(RecipientIn):
    """What changes; null empties a field, an attribute of null is removed, others stay."""

    def cleared(self) -> frozenset[str]:
        """Fields set to null."""
        return frozenset(name for name in self.model_fields_set if getattr(self, name) is None)

    def groups(self) -> list[UUID] | None:
        """All groups of the person from now on, None when not given."""
        return self.group_ids if "group_ids" in self.model_fields_set else None


class BulkIn(BaseModel):
    """Many people; each item is judged by itself, as the body of a new recipient."""

    model_config = ConfigDict(extra="forbid")

    items: Annotated[list[Any], Field(max_length=MAX_BULK, json_schema_extra=_ITEMS)]
    on_conflict: Literal["skip", "update", "error"] = "skip"
    group_ids: Annotated[list[UUID], Field(max_length=200)] = []


class ItemError(Out):
    """What is wrong with an item."""

    index: int
    field: str
    code: str
    message: str


class Warned(Out):
    """What was taken otherwise than given, and why."""

    index: int
    code: Literal["opt_out_kept"]


class BulkOut(Out):
    """What became of the items."""

    created: int
    updated: int
    skipped: int
    errors: list[ItemError]
    warnings: list[Warned]


class ConsentChangeIn(In):
    """A statement about marketing, or about messages of every category."""

    marketing: Marketing | None = None
    all: Literal["allowed", "opted_out"] | None = None
    source: Source
    evidence: Evidence | None = None

    @model_validator(mode="after")
    def _one_is_given(self) -> Self:
        if self.marketing is None and self.all is None:
            raise PydanticCustomError(
                "missing", "give marketing, all, or both", {"field": "marketing"}
            )
        return self


class ConsentOut(Out):
    """The state of consent and where it is known from."""

    marketing: Marketing
    all: Literal["allowed", "opted_out"]
    source: str | None
    at: Instant | None


class RecipientOut(Out):
    """A person. ``warnings`` is there only when something given was not taken.

    ``undeliverable_count`` messages in a row could not be delivered, the last at
    ``undeliverable_at``; until ``marketing_paused_until`` WhatsApp's limit lets no marketing pass.
    """

    id: UUID
    external_id: str | None
    name: str
    phone: str | None
    whatsapp_user_id: str | None
    wa_id: str | None
    username: str | None
    country: str | None
    language: str | None
    timezone: str
    timezone_source: Literal["explicit", "phone", "workspace"]
    attributes: dict[str, str | bool | int | float]
    group_ids: list[UUID]
    consent: ConsentOut
    reachable: bool
    unreachable_reason: str | None
    undeliverable_count: int
    undeliverable_at: Instant | None
    marketing_paused_until: Instant | None
    last_inbound_at: Instant | None
    version: int
    created_at: Instant
    warnings: list[Warned] | None = Field(default=None, exclude_if=lambda value: value is None)

    @classmethod
    def of(cls, view: recipients.View) -> "RecipientOut":
        """From what the services answer."""
        row, own = view.recipient, {}
        for name in cls.model_fields.keys() - _NOT_COLUMNS:
            own[name] = getattr(row, name)
        consent = ConsentOut(
            marketing=row.consent_marketing,
            all=row.consent_all,
            source=row.consent_source,
            at=row.consent_at,
        )
        warnings = [Warned(index=0, code=code) for code in view.warnings]
        return cls(
            **own,
            consent=consent,
            group_ids=list(view.beside.group_ids),
            last_inbound_at=view.beside.last_inbound_at,
            warnings=warnings or None,
        )


_NOT_COLUMNS = {"consent", "group_ids", "last_inbound_at", "warnings"}


class TimelineItem(Out):
    """Something that happened with the person; ``detail`` depends on ``kind``."""

    id: UUID
    at: Instant
    kind: Literal["consent", "delivery", "inbound"]
    detail: dict[str, Any]
