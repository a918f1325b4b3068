"""Control of a whole schedule: hold it, let it go on, hurry it, stop it, copy it."""

from uuid import UUID

from fastapi import APIRouter

from app.api.deps import CanSchedule, WriteSession
from app.api.idempotency import Route
from app.api.problems import problems
from app.api.schemas.schedules import ScheduleOut
from app.services import schedule_control

router = APIRouter(prefix="/schedules/{schedule_id}", tags=["schedules"], route_class=Route)
_REFUSALS = problems(401, 403, 404, 409)


@router.post("/pause", responses=_REFUSALS)
def pause_schedule(schedule_id: UUID, session: WriteSession, member: CanSchedule) -> ScheduleOut:
    """Hold everything back at once; messages WhatsApp has already accepted still arrive."""
    return ScheduleOut.of(schedule_control.pause(session, member.ref(schedule_id)))


@router.post("/resume", responses=_REFUSALS)
def resume_schedule(schedule_id: UUID, session: WriteSession, member: CanSchedule) -> ScheduleOut:
    """Go on from where it was paused; what is too late by now expires."""
    return ScheduleOut.of(schedule_control.resume(session, member.ref(schedule_id)))


@router.post("/send-now", responses=_REFUSALS)
def send_schedule_now(schedule_id: UUID, session: WriteSession, member: CanSchedule) -> ScheduleOut:
    """Send what is planned now instead; asked for twice, it is still sent once."""
    return ScheduleOut.of(schedule_control.send_now(session, member.ref(schedule_id)))


@router.post("/cancel", responses=_REFUSALS)
def cancel_schedule(schedule_id: UUID, session: WriteSession, member: CanSchedule) -> ScheduleOut:
    """Stop a schedule; messages WhatsApp has already accepted still arrive."""
    return ScheduleOut.of(schedule_control.cancel(session, member.ref(schedule_id)))


@router.post("/archive", responses=_REFUSALS)
def archive_schedule(schedule_id: UUID, session: WriteSession, member: CanSchedule) -> ScheduleOut:
    """Put a finished schedule or a draft out of sight."""
    return ScheduleOut.of(schedule_control.archive(session, member.ref(schedule_id)))


@router.post("/duplicate", status_code=201, responses=problems(401, 403, 404))
def duplicate_schedule(
    schedule_id: UUID, session: WriteSession, member: CanSchedule
) -> ScheduleOut:
    """Make a draft like it, with the newest version of its message."""
    return ScheduleOut.of(schedule_control.duplicate(session, member, member.ref(schedule_id)))
