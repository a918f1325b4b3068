"""Deliveries: what happened to each message, and why."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from app.api import paging
from app.api.deps import CanReadDeliveries, ReadSession
from app.api.idempotency import Route
from app.api.paging import Page, Paging
from app.api.problems import problems
from app.api.schemas.base import QueryText
from app.api.schemas.deliveries import DeliveryOut, DeliveryProofOut
from app.api.schemas.queries import QueryInstant
from app.domain.states import DeliveryStatus
from app.services import deliveries

router = APIRouter(prefix="/deliveries", tags=["deliveries"], route_class=Route)


@router.get("", responses=problems(401, 403, 422))
def list_deliveries(
    session: ReadSession,
    member: CanReadDeliveries,
    request: Paging,
    status: Annotated[list[DeliveryStatus] | None, Query()] = None,
    schedule_id: UUID | None = None,
    occurrence_id: UUID | None = None,
    recipient_id: UUID | None = None,
    reason: QueryText | None = None,
    due_from: Annotated[QueryInstant | None, Query(alias="from")] = None,
    due_to: Annotated[QueryInstant | None, Query(alias="to")] = None,
) -> Page[DeliveryOut]:
    """Deliveries, newest first; every filter narrows."""
    filters = deliveries.Filters(
        status or (), schedule_id, occurrence_id, recipient_id, reason, due_from, due_to
    )
    found = deliveries.page(session, member.workspace_id, filters, request)
    return paging.shape(found, DeliveryOut.of_row)


@router.get("/{delivery_id}", responses=problems(401, 403, 404))
def get_delivery(
    delivery_id: UUID, session: ReadSession, member: CanReadDeliveries
) -> DeliveryProofOut:
    """One delivery: the message as it was sent, and its whole timeline."""
    return DeliveryProofOut.of_proof(deliveries.get(session, member.ref(delivery_id)))
