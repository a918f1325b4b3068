"""Occurrences: single firings of a schedule."""

from collections.abc import Sequence
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.orm import Session

from app.api.deps import CanReadSchedules, CanSchedule, ReadSession, WriteSession
from app.api.idempotency import Route
from app.api.problems import problems
from app.api.schemas.occurrences import OccurrenceOut, ResumptionIn
from app.models.templates import Template
from app.services import finishes, occurrences

router = APIRouter(prefix="/occurrences/{occurrence_id}", tags=["schedules"], route_class=Route)
_REFUSALS = problems(401, 403, 404, 409)


@router.get("", responses=problems(401, 403, 404))
def get_occurrence(
    occurrence_id: UUID, session: ReadSession, member: CanReadSchedules
) -> OccurrenceOut:
    """One firing with its counts, which sum to the audience."""
    ref = member.ref(occurrence_id)
    return _out(session, occurrences.get(session, ref), occurrences.offered(session, ref))


@router.post("/pause", responses=_REFUSALS)
def pause_occurrence(
    occurrence_id: UUID, session: WriteSession, member: CanSchedule
) -> OccurrenceOut:
    """Hold it back at once; the others of its schedule go on."""
    return _out(session, occurrences.pause(session, member.ref(occurrence_id)))


@router.post("/resume", responses=problems(401, 403, 404, 409, 422))
def resume_occurrence(
    occurrence_id: UUID,
    session: WriteSession,
    member: CanSchedule,
    body: ResumptionIn | None = None,
) -> OccurrenceOut:
    """Let a paused one go on where it was, or one that was held try again."""
    substitute = body.substitute_template_id if body else None
    resumed = occurrences.resume(session, member.ref(occurrence_id), substitute)
    return _out(session, resumed)


@router.post("/cancel", responses=_REFUSALS)
def cancel_occurrence(
    occurrence_id: UUID, session: WriteSession, member: CanSchedule
) -> OccurrenceOut:
    """Stop it for good; messages WhatsApp has already accepted still arrive."""
    return _out(session, occurrences.cancel(session, member.ref(occurrence_id)))


@router.post("/skip", responses=_REFUSALS)
def skip_occurrence(
    occurrence_id: UUID, session: WriteSession, member: CanSchedule
) -> OccurrenceOut:
    """Leave out one that is planned and not opened yet."""
    return _out(session, occurrences.skip(session, member.ref(occurrence_id)))


def _out(
    session: Session, view: occurrences.View, substitutes: Sequence[Template] | None = None
) -> OccurrenceOut:
    row, counts = view
    ends = finishes.expected(session, [row])
    return OccurrenceOut.of(row, counts, ends.get(row.id), substitutes)
