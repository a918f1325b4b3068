"""Stopping, resuming and hurrying a whole schedule.

All take the schedule's row first, then its occurrences, then their lanes. A lane is one row
however many people it has, so a stop holds at once: whoever marks waits for that row or sees it.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.core import clock, queue
from app.domain import local_time
from app.domain.audit import Action
from app.domain.errors import NotFoundError
from app.domain.members import Member
from app.domain.refs import Ref
from app.domain.states import (
    CANCELLABLE,
    OCCURRENCE_CANCELLABLE,
    OCCURRENCE_MOVES,
    SCHEDULE_MOVES,
    OccurrenceStatus,
    ScheduleStatus,
    before,
)
from app.models.schedules import Occurrence, Schedule
from app.repositories import edits, lanes, occurrences, pauses
from app.repositories import schedules as schedule_rows
from app.repositories.row_edits import Rows
from app.services import audit, messages, schedules
from app.services.dispatch import doorbells, expand, row_edits
from app.services.schedules import View

PAUSABLE = before(OCCURRENCE_MOVES, OccurrenceStatus.PAUSED)
_CAN_GO_NOW = frozenset({ScheduleStatus.SCHEDULED, ScheduleStatus.SENDING})
_COPIED = (
    "workspace_id", "message_id", "sender_id", "audience", "timing", "max_rate_mps",
    "expires_after_s", "when_unconfirmed", "resend_after_s", "priority",
    "service_window", "reference", "meta",
)  # fmt: skip
_LONGEST_NAME = 200


def pause(session: Session, ref: Ref) -> View:
    """Hold everything back: nothing is marked after the commit.

    Raises NotFoundError, or ConflictError naming the state that stands in the way.
    """
    allowed = before(SCHEDULE_MOVES, ScheduleStatus.PAUSED)
    paused = pauses.pause_schedule(session, ref, allowed)
    if paused is None:
        raise schedules.why_not(session, ref, "paused")
    for occurrence_id in pauses.pause_occurrences(session, ref, PAUSABLE):
        lanes.set_state(session, occurrence_id, "paused")
    return _told(session, paused, Action.SCHEDULE_PAUSED)


def resume(session: Session, ref: Ref) -> View:
    """Go on from where it was paused; what was missed meanwhile is sent late or expires.

    An occurrence that was paused by itself stays paused. Raises NotFoundError, ConflictError.
    """
    resumed = pauses.resume_schedule(session, ref)
    if resumed is None:
        raise schedules.why_not(session, ref, "resumed")
    for row in pauses.resume_occurrences(session, ref):
        release(session, row.id, row.sender_id, row.status)
    for row in occurrences.of_schedule(session, ref):
        _open_if_due(session, row)
    return _told(session, resumed, Action.SCHEDULE_RESUMED)


def release(session: Session, occurrence_id: UUID, sender_id: UUID, status: str) -> None:
    """Let an occurrence's lane go on as its ``status`` says, and ring."""
    held = status == OccurrenceStatus.HELD
    lanes.set_state(session, occurrence_id, "held" if held else "runnable")
    doorbells.ring_for(session, sender_id, clock.now())
    # What was on its way when it was paused may have been the last.
    queue.nudge(session, "dispatch.complete", str(occurrence_id))


def cancel(session: Session, ref: Ref) -> View:
    """Stop a schedule for good: nothing is marked after the commit.

    What WhatsApp already accepted is not recalled. Raises NotFoundError, ConflictError.
    """
    cancelled = schedule_rows.move(session, ref, allowed=CANCELLABLE, to=ScheduleStatus.CANCELLED)
    if cancelled is None:
        raise schedules.why_not(session, ref, "cancelled")
    for occurrence_id in occurrences.cancel_of_schedule(session, ref, OCCURRENCE_CANCELLABLE):
        stop(session, occurrence_id)
    return _told(session, cancelled, Action.SCHEDULE_CANCELLED)


def stop(session: Session, occurrence_id: UUID) -> None:
    """Close an occurrence's lane for good; its rows are turned over in the background."""
    lanes.set_state(session, occurrence_id, "cancelled")
    queue.nudge(session, "dispatch.turn_over", str(occurrence_id))


def archive(session: Session, ref: Ref) -> View:
    """Put a finished schedule out of sight. Raises NotFoundError, ConflictError."""
    archived = schedule_rows.move(
        session,
        ref,
        allowed=before(SCHEDULE_MOVES, ScheduleStatus.ARCHIVED),
        to=ScheduleStatus.ARCHIVED,
    )
    if archived is None:
        raise schedules.why_not(session, ref, "archived")
    return _told(session, archived, Action.SCHEDULE_ARCHIVED)


def send_now(session: Session, ref: Ref) -> View:
    """Make what is planned due now, once however often it is asked for.

    What runs already goes on as it does. Raises NotFoundError, ConflictError.
    """
    schedule = schedule_rows.lock(session, ref)
    if schedule is None:
        raise NotFoundError("schedule", ref.id)
    if schedule.status not in _CAN_GO_NOW:
        raise schedules.why_not(session, ref, "sent now")
    now = clock.now()
    for row in occurrences.of_schedule(session, ref):
        if row.due_at > now and row.status in (OccurrenceStatus.PLANNED, OccurrenceStatus.OPEN):
            _bring_forward(session, schedule, row, now)
    return _told(session, schedule, Action.SCHEDULE_HURRIED)


def _bring_forward(session: Session, schedule: Schedule, row: Occurrence, now: datetime) -> None:
    local = local_time.local(now, row.timezone).replace(tzinfo=None)
    edits.change_occurrence(
        session,
        Ref(row.workspace_id, row.id),
        {"due_at": now, "last_due_at": now, "local_at": local.isoformat(timespec="seconds")},
    )
    if row.status == OccurrenceStatus.OPEN:
        rows = Rows(now, schedule.expires_after_s, schedule.reference, schedule.meta)
        row_edits.begin(session, row, rows)
        doorbells.ring_for(session, row.sender_id, now)
    else:
        queue.nudge(session, "dispatch.expand", str(row.id))


def _open_if_due(session: Session, row: Occurrence) -> None:
    if row.status == OccurrenceStatus.PLANNED and row.due_at <= clock.now() + expand.LEAD:
        queue.nudge(session, "dispatch.expand", str(row.id))


def duplicate(session: Session, member: Member, ref: Ref) -> View:
    """A draft like this schedule, with the newest version of its message.

    Raises NotFoundError.
    """
    original = schedules.get(session, ref).schedule
    message = messages.newest_version(session, member.ref(original.message_id))
    copy = Schedule(
        **{name: getattr(original, name) for name in _COPIED},
        name=f"{original.name[: _LONGEST_NAME - 7]} (copy)",
        message_version=message.version,
        status=ScheduleStatus.DRAFT,
        created_by=member.user_id or member.api_key_id,
    )
    session.add(copy)
    session.flush()
    return _told(session, copy, Action.SCHEDULE_DUPLICATED)


def _told(session: Session, schedule: Schedule, action: Action) -> View:
    ref = Ref(schedule.workspace_id, schedule.id)
    audit.note(session, action, ref, after={"status": schedule.status})
    schedules.announce(session, schedule)
    return schedules.view(session, schedule)
