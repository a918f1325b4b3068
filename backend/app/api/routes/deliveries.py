"""Deliveries: what happened to each message, and why."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from app.api import paging
from app.api.deps import CanReadDeliveries, CanResolveDeliveries, ReadSession, WriteSession
from app.api.idempotency import Route
from app.api.paging import Page, Paging
from app.api.problems import problems
from app.api.schemas.base import QueryText
from app.api.schemas.deliveries import DeliveryOut, DeliveryProofOut
from app.api.schemas.queries import QueryInstant
from app.api.schemas.resolutions import ResolutionIn, ResolutionsIn, ResolutionsOut
from app.domain.states import DeliveryStatus
from app.services import deliveries, resolutions

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


@router.post("/resolve", responses=problems(401, 403, 409, 422))
def resolve_deliveries(
    body: ResolutionsIn, session: WriteSession, member: CanResolveDeliveries
) -> ResolutionsOut:
    """Resolve what a filter finds: at most 10,000 in a call; `remaining` asks for another."""
    sums = resolutions.resolve_all(session, member, body.filters(), body.action)
    return ResolutionsOut.model_validate(sums)


@router.post("/{delivery_id}/resolve", responses=problems(401, 403, 404, 409, 422))
def resolve_delivery(
    delivery_id: UUID, body: ResolutionIn, session: WriteSession, member: CanResolveDeliveries
) -> DeliveryProofOut:
    """Send again what is unconfirmed or failed, or call an unconfirmed one failed."""
    proof = resolutions.resolve(session, member, member.ref(delivery_id), body.action)
    return DeliveryProofOut.of_proof(proof)
