"""Bodies of what people decide about deliveries in doubt."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from app.api.schemas.base import In, Line, Out
from app.api.schemas.queries import QueryInstant
from app.services.deliveries import Filters
from app.services.resolutions import Action


class ResolutionIn(In):
    """``confirm``: a message that is sent again may arrive twice, so it must be said."""

    action: Action
    confirm: Literal[True]


class ResolvableIn(In):
    """Which deliveries; every field narrows. ``failed`` ones are resent only when named."""

    status: list[Literal["unconfirmed", "failed"]] = ["unconfirmed"]
    schedule_id: UUID | None = None
    occurrence_id: UUID | None = None
    recipient_id: UUID | None = None
    reason: Line | None = None
    due_from: QueryInstant | None = Field(default=None, alias="from")
    due_to: QueryInstant | None = Field(default=None, alias="to")


class ResolutionsIn(ResolutionIn):
    """One decision for all that ``filter`` finds."""

    filter: ResolvableIn

    def filters(self) -> Filters:
        """As the lists of deliveries take them."""
        wanted = self.filter
        return Filters(
            wanted.status,
            wanted.schedule_id,
            wanted.occurrence_id,
            wanted.recipient_id,
            wanted.reason,
            wanted.due_from,
            wanted.due_to,
        )


class ResolutionsOut(Out):
    """How many; ``stopped`` are those of schedules that were cancelled or are paused."""

    resolved: int
    too_early: int
    stopped: int
    remaining: int
