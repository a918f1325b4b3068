"""Templates: read from WhatsApp, never made here yet."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BeforeValidator

from app.api import paging
from app.api.deps import CanReadTemplates, CanWriteTemplates, ReadSession, WriteSession
from app.api.idempotency import Route
from app.api.paging import Page, Paging
from app.api.problems import problems
from app.api.schemas.base import QueryText
from app.api.schemas.templates import SyncIn, SyncOut, TemplateOut
from app.domain.errors import InvalidError
from app.services import templates

router = APIRouter(prefix="/templates", tags=["templates"], route_class=Route)

# Meta writes both in capitals, messages have categories in small letters: any case will do.
Status = Annotated[
    Literal[
        "APPROVED", "PENDING", "REJECTED", "PAUSED", "DISABLED", "IN_APPEAL", "PENDING_DELETION",
        "DELETED", "LIMIT_EXCEEDED", "FLAGGED", "REINSTATED", "LOCKED", "ARCHIVED", "UNKNOWN",
    ],
    BeforeValidator(str.upper),
]  # fmt: skip
Category = Annotated[Literal["marketing", "utility", "authentication"], BeforeValidator(str.lower)]


@router.get("", responses=problems(401, 403, 422))
def list_templates(
    session: ReadSession,
    member: CanReadTemplates,
    request: Paging,
    sender_id: UUID | None = None,
    status: Status | None = None,
    category: Category | None = None,
    q: Annotated[QueryText | None, Query()] = None,
) -> Page[TemplateOut]:
    """The templates of the workspace's accounts, as last synced."""
    filters = {"sender_id": sender_id, "status": status, "category": category, "q": q}
    page = templates.page(session, member.workspace_id, request, **filters)
    return paging.shape(page, TemplateOut.of)


@router.post("/sync", status_code=202, responses=problems(401, 403, 422))
def sync_templates(body: SyncIn, session: WriteSession, member: CanWriteTemplates) -> SyncOut:
    """Have the templates of a sender's account read again."""
    templates.ask_for_sync(session, member.ref(body.sender_id))
    return SyncOut()


@router.post("", status_code=201, responses=problems(401, 403, 422))
def create_template(member: CanWriteTemplates) -> TemplateOut:
    """Submitting templates to WhatsApp is not supported yet."""
    raise InvalidError.not_supported_yet("template")


@router.get("/{template_id}", responses=problems(401, 403, 404))
def get_template(template_id: UUID, session: ReadSession, member: CanReadTemplates) -> TemplateOut:
    """One template."""
    return TemplateOut.of(templates.get(session, member.ref(template_id)))


@router.delete("/{template_id}", status_code=204, responses=problems(401, 403, 404, 422))
def delete_template(template_id: UUID, session: ReadSession, member: CanWriteTemplates) -> None:
    """Deleting templates at WhatsApp is not supported yet."""
    templates.get(session, member.ref(template_id))
    raise InvalidError.not_supported_yet("template")
