"""The people of a workspace."""

from fastapi import APIRouter

from app.api import paging
from app.api.deps import IsAdmin, ReadSession
from app.api.idempotency import Route
from app.api.paging import Page, Paging
from app.api.problems import problems
from app.api.schemas.accounts import MemberOut
from app.models.users import Membership
from app.services import members

router = APIRouter(prefix="/members", tags=["members"], route_class=Route)


@router.get("", responses=problems(401, 403, 422))
def list_workspace_members(
    session: ReadSession, member: IsAdmin, request: Paging
) -> Page[MemberOut]:
    """Who belongs to the workspace, in which role."""
    return paging.shape(members.page(session, member.workspace_id, request), _member)


def _member(row: Membership) -> MemberOut:
    return MemberOut(
        id=row.user_id,
        email=row.user.email,
        name=row.user.name,
        role=row.role,
        created_at=row.created_at,
    )
