"""Schedules: plan a send and look at it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.api import deps, paging
from app.api.deps import (
    CanReadSchedules,
    CanSchedule,
    ExpectedVersion,
    ReadSession,
    WriteSession,
)
from app.api.idempotency import Route
from app.api.paging import Page, Paging
from app.api.problems import problems
from app.api.schemas.base import QueryText
from app.api.schemas.occurrences import OccurrenceOut, OccurrencesOut
from app.api.schemas.queries import QueryInstant
from app.api.schemas.schedules import ScheduleChanges, ScheduleIn, ScheduleOut
from app.domain.states import ScheduleStatus
from app.services import finishes, schedule_changes, schedules

router = APIRouter(prefix="/schedules", tags=["schedules"], route_class=Route)


@router.get("", responses=problems(401, 403, 422))
def list_schedules(
    session: ReadSession,
    member: CanReadSchedules,
    request: Paging,
    status: Annotated[list[ScheduleStatus] | None, Query()] = None,
    q: QueryText | None = None,
    message_id: UUID | None = None,
    sender_id: UUID | None = None,
    due_from: Annotated[QueryInstant | None, Query(alias="from")] = None,
    due_to: Annotated[QueryInstant | None, Query(alias="to")] = None,
) -> Page[ScheduleOut]:
    """Schedules, newest first; ``from`` and ``to`` bound when any occurrence is due."""
    found = schedules.page(
        session,
        member.workspace_id,
        request,
        statuses=status or (),
        q=q,
        message_id=message_id,
        sender_id=sender_id,
        due_from=due_from,
        due_to=due_to,
    )
    return paging.shape(found, ScheduleOut.of)


@router.post("", status_code=201, responses=problems(401, 403, 409, 422))
def create_schedule(
    body: ScheduleIn, session: WriteSession, member: CanSchedule, response: Response
) -> ScheduleOut:
    """Plan a send: now, or once at a time."""
    view = schedules.create(session, member, body.values())
    deps.tag(response, view.schedule.version)
    return ScheduleOut.of(view)


@router.get("/{schedule_id}", responses=problems(401, 403, 404))
def get_schedule(
    schedule_id: UUID, session: ReadSession, member: CanReadSchedules, response: Response
) -> ScheduleOut:
    """One schedule with its counts, which sum to the audience."""
    view = schedules.get(session, member.ref(schedule_id))
    deps.tag(response, view.schedule.version)
    return ScheduleOut.of(view)


@router.patch("/{schedule_id}", responses=problems(401, 403, 404, 409, 412, 422))
def change_schedule(
    schedule_id: UUID,
    body: ScheduleChanges,
    session: WriteSession,
    member: CanSchedule,
    expected: ExpectedVersion,
    response: Response,
) -> ScheduleOut:
    """Change what has not left yet; what is left out of the body stays."""
    ref = member.ref(schedule_id)
    view = schedule_changes.change(session, ref, body.values(), expected)
    deps.tag(response, view.schedule.version)
    return ScheduleOut.of(view)


@router.delete("/{schedule_id}", status_code=204, responses=problems(401, 403, 404, 409))
def delete_schedule(schedule_id: UUID, session: WriteSession, member: CanSchedule) -> None:
    """Delete a draft; what was planned is cancelled instead."""
    schedules.remove(session, member.ref(schedule_id))


@router.post("/{schedule_id}/submit", responses=problems(401, 403, 404, 409, 422))
def submit_schedule(schedule_id: UUID, session: WriteSession, member: CanSchedule) -> ScheduleOut:
    """Plan a draft."""
    return ScheduleOut.of(schedules.submit(session, member.ref(schedule_id)))


@router.get("/{schedule_id}/occurrences", responses=problems(401, 403, 404))
def list_occurrences(
    schedule_id: UUID, session: ReadSession, member: CanReadSchedules
) -> OccurrencesOut:
    """The schedule's firings with their counts."""
    found = schedules.list_occurrences(session, member.ref(schedule_id))
    ends = finishes.expected(session, [row for row, _ in found])
    items = [OccurrenceOut.of(row, sums, ends.get(row.id)) for row, sums in found]
    return OccurrencesOut(items=items)
