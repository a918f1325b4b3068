"""API keys: how programs log in."""

from uuid import UUID

from fastapi import APIRouter, Request

from app.api import paging
from app.api.deps import CanManageKeys, IsAdmin, ReadSession, WriteSession
from app.api.idempotency import Route
from app.api.paging import Page, Paging
from app.api.problems import problems
from app.api.schemas.api_keys import ApiKeyIn, ApiKeyOut, NewApiKeyOut
from app.services import api_keys

router = APIRouter(prefix="/api-keys", tags=["api-keys"], route_class=Route)


@router.get("", responses=problems(401, 403, 422))
def list_api_keys(session: ReadSession, member: IsAdmin, request: Paging) -> Page[ApiKeyOut]:
    """The keys that were not revoked."""
    page = api_keys.page(session, member.workspace_id, request)
    return paging.shape(page, ApiKeyOut.model_validate)


@router.post("", status_code=201, responses=problems(401, 403, 409, 422))
def create_api_key(
    body: ApiKeyIn, request: Request, session: WriteSession, member: CanManageKeys
) -> NewApiKeyOut:
    """Make a key; `key` is shown this once. Only people can, no key makes keys."""
    row, key = api_keys.create(session, member, body.name, body.scopes, body.expires_at)
    request.state.shown_once = ("key",)
    return NewApiKeyOut(**ApiKeyOut.model_validate(row).model_dump(), key=key)


@router.delete("/{api_key_id}", status_code=204, responses=problems(401, 403, 404))
def revoke_api_key(api_key_id: UUID, session: WriteSession, member: IsAdmin) -> None:
    """Revoke a key; it stops at once."""
    api_keys.revoke(session, member.ref(api_key_id))
