"""The people of a workspace."""

from uuid import UUID

from fastapi import APIRouter, Response

from app.api import deps, paging
from app.api.deps import CanManageMembers, ExpectedVersion, IsAdmin, ReadSession, WriteSession
from app.api.idempotency import Route
from app.api.paging import Page, Paging
from app.api.problems import problems
from app.api.schemas.members import MemberOut, MemberPatch
from app.services import members

router = APIRouter(prefix="/members", tags=["members"], route_class=Route)


@router.get("", responses=problems(401, 403, 422))
def list_workspace_members(
    session: ReadSession, member: IsAdmin, request: Paging
) -> Page[MemberOut]:
    """Who belongs to the workspace, in which role."""
    return paging.shape(members.page(session, member.workspace_id, request), MemberOut.of)


@router.patch("/{member_id}", responses=problems(401, 403, 404, 409, 412, 422))
def change_member(
    member_id: UUID,
    body: MemberPatch,
    session: WriteSession,
    member: CanManageMembers,
    expected: ExpectedVersion,
    response: Response,
) -> MemberOut:
    """Give a person another role. Only owners make or change owners; one must stay."""
    changed = members.change_role(session, member, member_id, body.role, expected)
    deps.tag(response, changed.version)
    return MemberOut.of(changed)


@router.delete("/{member_id}", status_code=204, responses=problems(401, 403, 404, 409))
def remove_member(member_id: UUID, session: WriteSession, member: CanManageMembers) -> None:
    """Take a person out of the workspace; their sessions in it end at once."""
    members.remove(session, member, member_id)
