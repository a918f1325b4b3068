"""Messages: write content once, send it often."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.api import deps, paging
from app.api.deps import (
    CanReadMessages,
    CanWriteMessages,
    ExpectedVersion,
    ReadSession,
    WriteSession,
)
from app.api.idempotency import Route
from app.api.paging import Page, Paging
from app.api.problems import problems
from app.api.schemas.base import QueryText
from app.api.schemas.messages import (
    Kind,
    MessageChanges,
    MessageIn,
    MessageOut,
    PreviewIn,
    PreviewOut,
)
from app.services import message_previews, messages

router = APIRouter(prefix="/messages", tags=["messages"], route_class=Route)


@router.get("", responses=problems(401, 403, 422))
def list_messages(
    session: ReadSession,
    member: CanReadMessages,
    request: Paging,
    q: Annotated[QueryText | None, Query()] = None,
    kind: Kind | None = None,
    archived: bool | None = None,
) -> Page[MessageOut]:
    """The workspace's messages, each with its newest version."""
    filters = {"q": q, "kind": kind, "archived": archived}
    page = messages.page(session, member.workspace_id, request, **filters)
    return paging.shape(page, MessageOut.of)


@router.post("", status_code=201, responses=problems(401, 403, 422))
def create_message(body: MessageIn, session: WriteSession, member: CanWriteMessages) -> MessageOut:
    """Write a message; it is checked against its template and for readable Liquid."""
    view = messages.create(session, member.workspace_id, body.title, body.draft())
    return MessageOut.of(view)


@router.get("/{message_id}", responses=problems(401, 403, 404))
def get_message(
    message_id: UUID, session: ReadSession, member: CanReadMessages, response: Response
) -> MessageOut:
    """One message."""
    view = messages.get(session, member.ref(message_id))
    deps.tag(response, view.message.version)
    return MessageOut.of(view)


@router.patch("/{message_id}", responses=problems(401, 403, 404, 412, 422))
def change_message(
    message_id: UUID,
    body: MessageChanges,
    session: WriteSession,
    member: CanWriteMessages,
    expected: ExpectedVersion,
    response: Response,
) -> MessageOut:
    """Write a new version; schedules go on with the one they have."""
    view = messages.change(session, member.ref(message_id), body.parts(), expected)
    deps.tag(response, view.message.version)
    return MessageOut.of(view)


@router.delete("/{message_id}", status_code=204, responses=problems(401, 403, 404, 409))
def delete_message(message_id: UUID, session: WriteSession, member: CanWriteMessages) -> None:
    """Delete a message that no schedule uses; what was sent stays readable."""
    messages.remove(session, member.ref(message_id))


@router.post("/{message_id}/preview", responses=problems(401, 403, 404, 422))
def preview_message(
    message_id: UUID,
    session: ReadSession,
    member: CanReadMessages,
    body: PreviewIn | None = None,
) -> PreviewOut:
    """Show what somebody would get, and the request that would be made."""
    body = body or PreviewIn()
    preview = message_previews.preview(
        session, member.ref(message_id), body.recipient_id, body.variables
    )
    return PreviewOut.model_validate(preview)
