"""What a list of recipients is narrowed by, from the query."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, Query

from app.api.schemas.base import QueryText
from app.services.recipients import Filters


def _filters(
    q: Annotated[QueryText | None, Query(description="Part of a name or number")] = None,
    phone: Annotated[QueryText | None, Query()] = None,
    external_id: Annotated[QueryText | None, Query()] = None,
    group_id: UUID | None = None,
    consent: Literal["opted_in", "opted_out", "unknown"] | None = None,
    reachable: bool | None = None,
) -> Filters:
    # A plus that wasn't escaped in the address arrives as a space.
    if phone is not None and phone.startswith(" "):
        phone = "+" + phone[1:]
    return Filters(q, phone, external_id, group_id, consent, reachable)


ListFilters = Annotated[Filters, Depends(_filters)]
