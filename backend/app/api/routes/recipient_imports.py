"""Imports: recipients from a CSV file."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.responses import StreamingResponse

from app.api import csv_stream
from app.api.deps import CanReadRecipients, CanWriteRecipients, ReadSession, WriteSession
from app.api.idempotency import Route
from app.api.problems import problems
from app.api.schemas.imports import ImportIn, ImportOut
from app.services.imports import uploads

router = APIRouter(prefix="/recipients/imports", tags=["recipients"], route_class=Route)


@router.post("", status_code=202, responses=problems(401, 403, 413, 422))
def import_recipients(
    body: Annotated[ImportIn, Form(media_type="multipart/form-data")],
    session: WriteSession,
    member: CanWriteRecipients,
) -> ImportOut:
    """Add people from a CSV file; what can't be read at all is refused at once.

    Without ``mapping`` columns are taken by their names (English or Spanish), unknown ones
    become attributes. ``consent`` and ``group_ids`` go for every row. Good rows are kept.
    """
    made = uploads.create(
        session,
        member.workspace_id,
        body.file.filename or "",
        body.file.file.read(),
        body.options(),
        user_id=member.user_id,
        actor=member.actor,
    )
    return ImportOut.of(made)


@router.get("/{import_id}", responses=problems(401, 403, 404))
def get_import(import_id: UUID, session: ReadSession, member: CanReadRecipients) -> ImportOut:
    """How far an import has come."""
    return ImportOut.of(uploads.get(session, member.ref(import_id)))


@router.get(
    "/{import_id}/errors.csv",
    response_class=StreamingResponse,
    responses={
        200: {"content": {"text/csv": {"schema": {"type": "string"}}}},
        **problems(401, 403, 404),
    },
)
def get_rejected_rows(
    import_id: UUID, session: ReadSession, member: CanReadRecipients
) -> StreamingResponse:
    """The rows that were not taken, as they were, with the reason: mend them, send them again."""
    rows = uploads.rejected(session, member.ref(import_id))
    return csv_stream.response(rows, "errors.csv")
