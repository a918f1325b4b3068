"""Workspace bodies."""

from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    Field,
    SerializerFunctionWrapHandler,
    StringConstraints,
    model_serializer,
)
from pydantic_core import PydanticCustomError

from app.api.schemas.base import In, Out, Title
from app.domain import countries, local_time

Locale = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[A-Z]{2})?$")]


def _known_country(code: str) -> str:
    if code not in countries.codes():
        raise PydanticCustomError(
            "unknown_country", "must be a country's two letters (ISO 3166), such as MX"
        )
    return code


Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$"), AfterValidator(_known_country)]


def _known_zone(name: str) -> str:
    if name not in local_time.zones():
        raise PydanticCustomError(
            "unknown_timezone", "must be an IANA time zone such as America/Mexico_City"
        )
    return name


TimezoneName = Annotated[str, StringConstraints(max_length=64), AfterValidator(_known_zone)]


StopWord = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]


# WhatsApp reports for seven days on what it has accepted: nothing is deleted before that.
Days = Annotated[int, Field(ge=8, le=3650)]


class RetentionDays(In):
    """After how many days what ended is deleted; what is left out or null is kept.

    ``deliveries``: messages of occurrences that ended, and direct ones, with their attempts and
    timelines. Schedules, occurrences and their counts stay.
    """

    deliveries: Days | None = None

    @model_serializer(mode="wrap")
    def _only_what_ends(self, to_dict: SerializerFunctionWrapHandler) -> dict[str, int]:
        return {name: days for name, days in to_dict(self).items() if days is not None}


Percent = Annotated[float, Field(ge=0, le=100)]


class Breaker(In):
    """When a sending is held until a person has looked at it; a share that is null isn't judged.

    Judged while it is sent, each share of ``first_n``, or of all answered once they are more:
    messages that failed, and people who opted out since it began. One that a person lets go on
    isn't judged again.
    """

    first_n: int = Field(ge=1, le=100_000)
    max_failed_pct: Percent | None = None
    max_opt_out_pct: Percent | None = None


class WorkspaceIn(In):
    """What may be changed."""

    read_only: ClassVar[frozenset[str]] = frozenset({"id", "version"})
    not_yet: ClassVar[frozenset[str]] = frozenset(
        {
            "quiet_hours",
            "blackout_dates",
            "frequency_cap",
            "approval",
            "skip_undeliverable_countries",
        }
    )

    name: Title = ""
    timezone: TimezoneName = "UTC"
    country: Country = "US"
    locale: Locale = "en"
    service_window: Literal["enforce", "ignore"] = "enforce"
    marketing_requires_opt_in: bool = True
    stop_words: dict[Locale, list[StopWord]] = {}
    breaker: Breaker | None = None
    retention_days: RetentionDays = RetentionDays()


class WorkspaceOut(Out):
    """A workspace; the rules this version doesn't build are null or empty."""

    id: UUID
    name: str
    timezone: str
    country: str
    locale: str
    service_window: Literal["enforce", "ignore"]
    marketing_requires_opt_in: bool
    quiet_hours: None = None
    blackout_dates: list[str] = []
    frequency_cap: None = None
    approval: None = None
    breaker: dict[str, Any] | None = None
    stop_words: dict[str, Any]
    retention_days: dict[str, int] = {}
    version: int
