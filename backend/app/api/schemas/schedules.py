"""Schedule bodies."""

import json
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, field_validator, model_validator
from pydantic_core import PydanticCustomError

from app.api.schemas.base import In, Instant, Line, Out, Title
from app.api.schemas.workspaces import TimezoneName
from app.domain.states import ScheduleStatus
from app.services import resolutions
from app.services.schedules import View

_MAX_METADATA_BYTES = 2048
# What the column can count to.
_MOST_VERSIONS = 2**31 - 1
RecipientKey = Annotated[str, StringConstraints(min_length=1, max_length=300)]


class AudienceIn(In):
    """Whom it is for: at least one group or recipient; each person gets one message."""

    group_ids: list[UUID] = []
    recipient_ids: list[RecipientKey] = []
    exclude_group_ids: list[UUID] = []


class TimingIn(In):
    """``now``, or ``once`` at a wall time beside a zone or at an instant with an offset."""

    not_yet: ClassVar[frozenset[str]] = frozenset(
        {"start", "rrule", "exdates", "month_end", "attribute", "time", "offset_days"}
    )

    kind: Literal["now", "once", "recurring", "anniversary"]
    at: Annotated[str, StringConstraints(max_length=40)] | None = None
    timezone: TimezoneName | None = None
    zone_mode: Literal["fixed", "recipient"] = "fixed"

    @model_validator(mode="after")
    def _what_is_built(self) -> "TimingIn":
        if self.kind in ("recurring", "anniversary"):
            raise _not_yet("timing.kind")
        if self.zone_mode == "recipient":
            raise _not_yet("timing.zone_mode")
        if self.kind == "once" and self.at is None:
            raise PydanticCustomError("required", "timing.at says when", {"field": "timing.at"})
        return self


def _nothing() -> Any:
    return None


# Of a field that a change may leave out, but not set to null.
_LEFT_OUT = Field(default_factory=_nothing)


class _ScheduleRules(In):
    read_only: ClassVar[frozenset[str]] = frozenset(
        {
            "id",
            "status",
            "next_occurrence_at",
            "counts",
            "created_by",
            "approved_by",
            "version",
            "created_at",
            "updated_at",
        }
    )
    not_yet: ClassVar[frozenset[str]] = frozenset({"window"})

    max_rate_mps: Annotated[int, Field(ge=1, le=1000)] | None = None
    expires_after_s: Annotated[int, Field(ge=1, le=2_592_000)] = 14400
    passed_zone: Literal["expire", "next_day"] = "expire"
    daily_limit: Literal["spread", "stop"] = "spread"
    when_unconfirmed: Literal["hold", "resend"] = "hold"
    resend_after_s: Annotated[int, Field(ge=resolutions.WAIT_S, le=86_400)] | None = None
    priority: Literal["campaign", "transactional"] = "campaign"
    service_window: Literal["enforce", "ignore"] | None = None
    reference: Line | None = None
    metadata: dict[str, Any] = {}

    @field_validator("passed_zone")
    @classmethod
    def _only_defaults_yet(cls, value: str, info: Any) -> str:
        if value == "next_day":
            raise _not_yet(info.field_name)
        return value

    @field_validator("metadata")
    @classmethod
    def _small(cls, value: dict[str, Any]) -> dict[str, Any]:
        if len(json.dumps(value).encode()) > _MAX_METADATA_BYTES:
            raise PydanticCustomError("too_large", "metadata takes at most 2 kB of JSON")
        return value

    def values(self) -> dict[str, Any]:
        """What the service takes; the default that can't be changed yet is left out."""
        values = self.model_dump(exclude={"passed_zone"})
        return values | _without_nulls(values, "timing")


class ScheduleIn(_ScheduleRules):
    """A new schedule; without ``name`` it is called as its message."""

    name: Title | None = None
    message_id: UUID
    sender_id: UUID
    audience: AudienceIn
    timing: TimingIn
    draft: bool = False


class ScheduleChanges(_ScheduleRules):
    """What may be changed: all of a draft. Of a schedule, timing, audience, message and sender
    only until its first message leaves; ``message_version`` takes another version of its text.
    """

    read_only: ClassVar[frozenset[str]] = _ScheduleRules.read_only | {"draft"}

    name: Title = _LEFT_OUT
    message_id: UUID = _LEFT_OUT
    message_version: Annotated[int, Field(ge=1, le=_MOST_VERSIONS)] = _LEFT_OUT
    sender_id: UUID = _LEFT_OUT
    audience: AudienceIn = _LEFT_OUT
    timing: TimingIn = _LEFT_OUT

    def values(self) -> dict[str, Any]:
        """What was given, as the service takes it."""
        values = self.model_dump(exclude_unset=True, exclude={"passed_zone"})
        if "audience" in values:
            values["audience"] = self.audience.model_dump()
        return values | _without_nulls(values, "timing")


def _without_nulls(values: dict[str, Any], name: str) -> dict[str, Any]:
    if name not in values:
        return {}
    return {name: {key: value for key, value in values[name].items() if value is not None}}


def _not_yet(field: str) -> PydanticCustomError:
    return PydanticCustomError(
        "not_supported_yet", "{field} is not supported by this version yet", {"field": field}
    )


class AudienceOut(BaseModel):
    """As defined, not as resolved."""

    group_ids: list[UUID]
    recipient_ids: list[UUID]
    exclude_group_ids: list[UUID]


class CountsOut(BaseModel):
    """Every delivery is in exactly one; they sum to ``audience``."""

    audience: int
    scheduled: int
    sending: int
    accepted: int
    sent: int
    delivered: int
    read: int
    failed: int
    unconfirmed: int
    skipped: int
    expired: int
    cancelled: int


class ScheduleOut(Out):
    """A schedule and how far it is.

    ``blocked_by`` is ``sender``, ``hold`` or ``daily_limit``; with the last, ``waits_until`` is
    when the next of those who wait for room in it are due.
    """

    id: UUID
    name: str
    message_id: UUID
    message_version: int
    sender_id: UUID
    audience: AudienceOut
    timing: dict[str, Any]
    window: None = None
    max_rate_mps: int | None
    expires_after_s: int
    passed_zone: Literal["expire"] = "expire"
    daily_limit: Literal["spread", "stop"]
    when_unconfirmed: str
    priority: str
    resend_after_s: int | None
    service_window: str | None
    reference: str | None
    metadata: dict[str, Any]
    status: ScheduleStatus
    blocked_by: str | None
    waits_until: Instant | None
    message_update_available: bool
    next_occurrence_at: Instant | None
    counts: CountsOut
    created_by: UUID | None
    approved_by: None = None
    version: int
    created_at: Instant
    updated_at: Instant

    @classmethod
    def of(cls, view: View) -> "ScheduleOut":
        """From a row and what was counted."""
        row = view.schedule
        own = (
            "id",
            "name",
            "message_id",
            "message_version",
            "sender_id",
            "audience",
            "timing",
            "max_rate_mps",
            "expires_after_s",
            "daily_limit",
            "when_unconfirmed",
            "resend_after_s",
            "priority",
            "service_window",
            "reference",
            "status",
            "created_by",
            "version",
            "created_at",
            "updated_at",
        )
        return cls.model_validate(
            {
                **{name: getattr(row, name) for name in own},
                "metadata": row.meta,
                "counts": view.counts,
                "next_occurrence_at": view.next_occurrence_at,
                "blocked_by": view.blocked_by,
                "waits_until": view.waits_until,
                "message_update_available": view.message_update_available,
            }
        )
