"""The audit log: who did what, and from where."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from app.api import paging
from app.api.deps import IsAdmin, ReadSession
from app.api.idempotency import Route
from app.api.paging import Page, Paging
from app.api.problems import problems
from app.api.schemas.audit_log import AuditEntryOut
from app.api.schemas.base import QueryText
from app.api.schemas.queries import QueryInstant
from app.domain.audit import Action
from app.services import audit

router = APIRouter(prefix="/audit-log", tags=["workspace"], route_class=Route)


@router.get("", responses=problems(401, 403, 422))
def list_audit_log(
    session: ReadSession,
    member: IsAdmin,
    request: Paging,
    action: Action | None = None,
    actor_id: UUID | None = None,
    object_type: QueryText | None = None,
    object_id: UUID | None = None,
    since: Annotated[QueryInstant | None, Query(alias="from")] = None,
    until: Annotated[QueryInstant | None, Query(alias="to")] = None,
) -> Page[AuditEntryOut]:
    """Who did what to which object, newest first; every filter narrows. Nobody can change it."""
    filters = audit.Filters(action, actor_id, object_type, object_id, since, until)
    found = audit.page(session, member.workspace_id, filters, request)
    return paging.shape(found, AuditEntryOut.of)
