"""Bodies of a schedule's firings."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from app.api.schemas.base import In, Instant, Out
from app.api.schemas.schedules import CountsOut
from app.domain.states import OccurrenceStatus
from app.models.schedules import Occurrence
from app.models.templates import Template


class SubstituteOut(Out):
    """A template that takes the same parameters."""

    id: UUID
    name: str
    language: str
    category: str


class OccurrenceOut(Out):
    """One firing.

    ``finishes_at``: when it ended or, while it is sent, when it will have at this speed.
    ``substitutes``: with what one may go on that is held for its template.
    """

    id: UUID | None
    schedule_id: UUID
    key: str
    local_at: str | None
    timezone: str
    due_at: Instant
    last_due_at: Instant
    status: OccurrenceStatus
    status_reason: str | None
    counts: CountsOut
    finishes_at: Instant | None
    version: int
    substitutes: list[SubstituteOut] | None = Field(
        default=None, exclude_if=lambda value: value is None
    )

    @classmethod
    def of(
        cls,
        row: Occurrence,
        counts: dict[str, int],
        finishes_at: datetime | None,
        substitutes: Sequence[Template] | None = None,
    ) -> "OccurrenceOut":
        """From a row, its counts and, for one alone, the templates that may stand in.

        ``finishes_at``: when it ended or is expected to.
        """
        own = (
            "id",
            "schedule_id",
            "key",
            "local_at",
            "timezone",
            "due_at",
            "last_due_at",
            "status",
            "status_reason",
            "version",
        )
        return cls.model_validate(
            {
                **{name: getattr(row, name) for name in own},
                "counts": counts,
                "finishes_at": finishes_at,
                "substitutes": substitutes,
            }
        )


class ResumptionIn(In):
    """With what an occurrence goes on that is held for its template; null is its own."""

    substitute_template_id: UUID | None = None


class OccurrencesOut(BaseModel):
    """A schedule's occurrences, in the order of their slots."""

    items: list[OccurrenceOut]
    next_cursor: None = None
