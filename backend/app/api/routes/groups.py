"""Groups: recipients put together by hand."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.api import deps, paging
from app.api.deps import (
    CanReadGroups,
    CanReadRecipients,
    CanWriteGroups,
    ExpectedVersion,
    ReadSession,
    WriteSession,
)
from app.api.idempotency import Route
from app.api.paging import Page, Paging
from app.api.problems import problems
from app.api.schemas.base import QueryText
from app.api.schemas.groups import GroupIn, GroupOut, GroupPatch, MembersIn, PreviewIn
from app.api.schemas.recipients import RecipientOut
from app.domain.errors import InvalidError
from app.services import groups

router = APIRouter(prefix="/groups", tags=["groups"], route_class=Route)


@router.get("", responses=problems(401, 403, 422))
def list_groups(
    session: ReadSession,
    member: CanReadGroups,
    request: Paging,
    q: Annotated[QueryText | None, Query()] = None,
) -> Page[GroupOut]:
    """Groups, newest first; ``q`` looks for a part of the name."""
    return paging.shape(groups.page(session, member.workspace_id, q, request), GroupOut.of)


@router.post("", status_code=201, responses=problems(401, 403, 422))
def create_group(
    body: GroupIn, session: WriteSession, member: CanWriteGroups, response: Response
) -> GroupOut:
    """Make a group of nobody."""
    view = groups.create(session, member.workspace_id, body.name, body.description or "")
    deps.tag(response, view.group.version)
    return GroupOut.of(view)


@router.post("/preview", responses=problems(401, 403, 422))
def preview_group(body: PreviewIn, member: CanReadGroups) -> None:
    """Count the people a filter finds; not built yet."""
    raise InvalidError.not_supported_yet("filter")


@router.get("/{group_id}", responses=problems(401, 403, 404))
def get_group(
    group_id: UUID, session: ReadSession, member: CanReadGroups, response: Response
) -> GroupOut:
    """One group."""
    view = groups.get(session, member.ref(group_id))
    deps.tag(response, view.group.version)
    return GroupOut.of(view)


@router.patch("/{group_id}", responses=problems(401, 403, 404, 412, 422))
def change_group(
    group_id: UUID,
    body: GroupPatch,
    session: WriteSession,
    member: CanWriteGroups,
    expected: ExpectedVersion,
    response: Response,
) -> GroupOut:
    """Rename a group or describe it anew."""
    changes = body.model_dump(exclude_unset=True)
    view = groups.change(session, member.ref(group_id), changes, expected)
    deps.tag(response, view.group.version)
    return GroupOut.of(view)


@router.delete("/{group_id}", status_code=204, responses=problems(401, 403, 404, 409))
def delete_group(group_id: UUID, session: WriteSession, member: CanWriteGroups) -> None:
    """Delete a group; its people stay. Refused while a schedule still sends to it."""
    groups.remove(session, member.ref(group_id))


@router.post("/{group_id}/members", responses=problems(401, 403, 404, 422))
def change_members(
    group_id: UUID, body: MembersIn, session: WriteSession, member: CanWriteGroups
) -> GroupOut:
    """Put people in and take people out; who is in already, or isn't, is no error."""
    ref = member.ref(group_id)
    return GroupOut.of(groups.change_members(session, ref, body.add, body.remove))


@router.get("/{group_id}/members", responses=problems(401, 403, 404, 422))
def list_members(
    group_id: UUID,
    session: ReadSession,
    member: CanReadGroups,
    reader: CanReadRecipients,
    request: Paging,
) -> Page[RecipientOut]:
    """The people in a group."""
    page = groups.members(session, member.ref(group_id), request)
    return paging.shape(page, RecipientOut.of)
