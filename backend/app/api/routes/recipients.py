"""Recipients: the people of the address book and their consent."""

from collections.abc import Iterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Response
from starlette.responses import StreamingResponse

from app.api import bulk_items, csv_stream, deps, paging
from app.api.deps import (
    CanReadRecipients,
    CanWriteRecipients,
    ExpectedVersion,
    ReadSession,
    WriteSession,
)
from app.api.idempotency import Route
from app.api.paging import Page, Paging
from app.api.problems import problems
from app.api.recipient_filters import ListFilters
from app.api.schemas.recipients import (
    BulkIn,
    BulkOut,
    ConsentChangeIn,
    RecipientIn,
    RecipientOut,
    RecipientPatch,
    TimelineItem,
)
from app.core import walls
from app.core.db import reading
from app.domain.errors import InvalidError
from app.services import (
    consents,
    recipient_bulk,
    recipient_exports,
    recipient_timelines,
    recipients,
)

router = APIRouter(prefix="/recipients", tags=["recipients"], route_class=Route)


@router.get("", responses=problems(401, 403, 422))
def list_recipients(
    session: ReadSession, member: CanReadRecipients, filters: ListFilters, request: Paging
) -> Page[RecipientOut]:
    """People, newest first."""
    page = recipients.page(session, member.workspace_id, filters, request)
    return paging.shape(page, RecipientOut.of)


@router.post("", status_code=201, responses=problems(401, 403, 409, 422))
def create_recipient(
    body: RecipientIn, session: WriteSession, member: CanWriteRecipients, response: Response
) -> RecipientOut:
    """Add a person. The zone is the one given, else the number's, else the workspace's."""
    view = recipients.create(session, member.workspace_id, body.draft(), member.actor)
    deps.tag(response, view.recipient.version)
    return RecipientOut.of(view)


@router.post("/bulk", responses=problems(401, 403, 413, 422))
def save_recipients(body: BulkIn, session: WriteSession, member: CanWriteRecipients) -> BulkOut:
    """Add or change many people: good items are kept, each bad one is named.

    Known people (same phone, user id or external id) are left as they are (``skip``), changed
    with attributes merged (``update``) or reported (``error``); all of them join ``group_ids``.
    """
    drafts, errors = bulk_items.read(body.items)
    rules = recipient_bulk.Rules(body.on_conflict, tuple(body.group_ids), member.actor)
    return bulk_items.answer(
        recipient_bulk.save(session, member.workspace_id, drafts, rules), errors
    )


@router.get(
    "/export.csv",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
def export_recipients(session: WriteSession, member: CanReadRecipients) -> StreamingResponse:
    """Everybody as CSV, in columns that an import understands; safe to open in a spreadsheet."""
    recipient_exports.note(session, member.workspace_id)
    return csv_stream.response(_exported(member.workspace_id), "recipients.csv")


def _exported(workspace_id: UUID) -> Iterator[list[object]]:
    # A session of its own: the request's is closed before the answer's body is made.
    with reading(walls.api(workspace_id)) as session:
        yield from recipient_exports.rows(session, workspace_id)


@router.get("/{recipient_id}", responses=problems(401, 403, 404))
def get_recipient(
    recipient_id: str, session: ReadSession, member: CanReadRecipients, response: Response
) -> RecipientOut:
    """One person, by id or by your own as ``external:<id>``."""
    view = recipients.get(session, member.workspace_id, recipient_id)
    deps.tag(response, view.recipient.version)
    return RecipientOut.of(view)


@router.patch("/{recipient_id}", responses=problems(401, 403, 404, 409, 412, 422))
def change_recipient(
    recipient_id: str,
    body: RecipientPatch,
    session: WriteSession,
    member: CanWriteRecipients,
    expected: ExpectedVersion,
    response: Response,
) -> RecipientOut:
    """Change a person; attributes are merged. An opt-out is never undone here."""
    view = recipients.change(
        session,
        recipients.locate(session, member.workspace_id, recipient_id),
        body.draft(),
        cleared=body.cleared(),
        group_ids=body.groups(),
        expected=expected,
        actor=member.actor,
    )
    deps.tag(response, view.recipient.version)
    return RecipientOut.of(view)


@router.delete("/{recipient_id}", status_code=204, responses=problems(401, 403, 404))
def erase_recipient(recipient_id: str, session: WriteSession, member: CanWriteRecipients) -> None:
    """Erase a person's data; counts of what was sent to them stay."""
    recipients.erase(session, recipients.locate(session, member.workspace_id, recipient_id))


@router.post("/{recipient_id}/consent", responses=problems(401, 403, 404, 422))
def change_consent(
    recipient_id: str,
    body: ConsentChangeIn,
    session: WriteSession,
    member: CanWriteRecipients,
    response: Response,
) -> RecipientOut:
    """Note what a person said: the one way to undo an opt-out."""
    recipient = consents.state(
        session,
        recipients.locate(session, member.workspace_id, recipient_id),
        marketing=body.marketing,
        everything=body.all,
        source=body.source,
        evidence=body.evidence,
        actor=member.actor,
    )
    deps.tag(response, recipient.version)
    return RecipientOut.of(recipients.view(session, recipient))


@router.get("/{recipient_id}/timeline", responses=problems(401, 403, 404, 422))
def get_timeline(
    recipient_id: str, session: ReadSession, member: CanReadRecipients, request: Paging
) -> Page[TimelineItem]:
    """Consent, deliveries and what the person wrote, newest first."""
    page = recipient_timelines.page(session, member.workspace_id, recipient_id, request)
    return paging.shape(page, TimelineItem.model_validate)


@router.post("/{recipient_id}/merge", responses=problems(401, 403, 404, 422))
def merge_recipient(
    recipient_id: str,
    body: Annotated[dict[str, Any], Body()],
    session: ReadSession,
    member: CanWriteRecipients,
) -> None:
    """Make two entries of one person one; not built yet."""
    recipients.get(session, member.workspace_id, recipient_id)
    raise InvalidError.not_supported_yet("into")
