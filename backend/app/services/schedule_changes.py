"""Changing a schedule: what has left keeps what it was sent with, the rest follows the change.

The schedule's row first, then its occurrences, the lanes of what is open, and their rows. A lane
takes the new version, so whatever was prepared under the old one is not marked any more.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.core import clock, queue
from app.domain.audit import Action
from app.domain.errors import ConflictError, InvalidError, NotFoundError, StaleVersionError
from app.domain.refs import Ref
from app.domain.states import OccurrenceStatus, ScheduleStatus
from app.models.schedules import Occurrence, Schedule
from app.repositories import edits, expansions, message_versions, occurrences
from app.repositories import schedules as schedule_rows
from app.repositories.row_edits import Rows
from app.services import audit, messages, schedules, workspaces
from app.services.dispatch import doorbells, expand, plan, row_edits
from app.services.schedules import View

_CHANGEABLE = frozenset({ScheduleStatus.SCHEDULED, ScheduleStatus.SENDING, ScheduleStatus.PAUSED})
_OPENED = frozenset(
    {
        OccurrenceStatus.OPEN,
        OccurrenceStatus.RUNNING,
        OccurrenceStatus.HELD,
        OccurrenceStatus.PAUSED,
    }
)
_BEFORE_THE_FIRST = frozenset({"timing", "audience", "message_id", "message_version", "sender_id"})
_JUDGES_ANEW = frozenset({"audience", "message_id", "message_version"})
_ON_ROWS = frozenset({"timing", "expires_after_s", "reference", "meta"})


def change(session: Session, ref: Ref, changes: Mapping[str, Any], expected: int | None) -> View:
    """Apply ``changes`` (fields of the contract), all or none of them.

    Raises NotFoundError, StaleVersionError, InvalidError naming the field, or ConflictError when
    the schedule has ended or what is to be changed has begun to be sent.
    """
    schedule = schedule_rows.lock(session, ref)
    if schedule is None:
        raise NotFoundError("schedule", ref.id)
    if expected is not None and schedule.version != expected:
        raise StaleVersionError("The schedule was changed meanwhile; read it again.")
    values = _differing(schedule, _checked(session, schedule, changes))
    if values:
        _refuse_if_ended(schedule, values)
        was = {name: getattr(schedule, name) for name in values}
        schedule = edits.change_schedule(session, ref, values)
        audit.note(session, Action.SCHEDULE_CHANGED, ref, before=was, after=values)
        if "audience" in values:
            schedules.check_size(session, schedule)
        if schedule.status in _CHANGEABLE:
            _follow(session, schedule, values)
        schedules.announce(session, schedule)
    return schedules.view(session, schedule)


def take_version(session: Session, schedule: Schedule, version: int) -> None:
    """Send what is not marked yet with another version of the message; the schedule is locked."""
    ref = Ref(schedule.workspace_id, schedule.id)
    changed = edits.change_schedule(session, ref, {"message_version": version})
    for row in occurrences.lock_of_schedule(session, ref):
        if row.status in _OPENED:
            _renew_lane(session, row, changed)
    schedules.announce(session, changed)


def _checked(session: Session, schedule: Schedule, changes: Mapping[str, Any]) -> dict[str, Any]:
    values = dict(changes)
    if "metadata" in values:
        values["meta"] = values.pop("metadata")
    if "sender_id" in values:
        schedules.check_sender(session, Ref(schedule.workspace_id, values["sender_id"]))
    if "audience" in values:
        values["audience"] = schedules.read_audience(
            session, schedule.workspace_id, values["audience"]
        )
    if "timing" in values:
        _timing(session, schedule.workspace_id, values["timing"]).due_at(clock.now())
    if "message_id" in values or "message_version" in values:
        values["message_version"] = _version(session, schedule, values)
    return values


def _version(session: Session, schedule: Schedule, values: Mapping[str, Any]) -> int:
    message = Ref(schedule.workspace_id, values.get("message_id", schedule.message_id))
    newest = messages.newest_version(session, message)
    wanted: int = values.get("message_version", newest.version)
    if message_versions.of_message(session, message, wanted) is None:
        raise InvalidError.unknown_reference("message_version", wanted)
    return wanted


def _timing(session: Session, workspace_id: Any, timing: Mapping[str, Any]) -> Any:
    return schedules.read_timing(timing, workspaces.get(session, workspace_id).timezone)


def _differing(schedule: Schedule, values: Mapping[str, Any]) -> dict[str, Any]:
    # "now" said again means now again.
    return {
        name: value
        for name, value in values.items()
        if getattr(schedule, name) != value or (name == "timing" and value["kind"] == "now")
    }


def _refuse_if_ended(schedule: Schedule, values: Mapping[str, Any]) -> None:
    if schedule.status in _CHANGEABLE or schedule.status == ScheduleStatus.DRAFT:
        return
    if values.keys() != {"name"}:
        raise ConflictError(
            f"A schedule that is {schedule.status} can only be renamed; duplicate it to send again."
        )


def _follow(session: Session, schedule: Schedule, values: Mapping[str, Any]) -> None:
    rows = occurrences.lock_of_schedule(session, Ref(schedule.workspace_id, schedule.id))
    opened = [row for row in rows if row.status in _OPENED]
    for row in opened:
        _renew_lane(session, row, schedule)
    # Asked after the lanes are locked: whoever marks has committed or waits.
    fixed = sorted(_BEFORE_THE_FIRST & values.keys())
    if fixed and edits.begun(session, [row.id for row in opened]):
        raise ConflictError(
            f"Some of its messages have left already, so {', '.join(fixed)} can't be changed."
        )
    if opened and "sender_id" in values:
        raise ConflictError("It is about to be sent, so its sender can't be changed any more.")
    for row in rows:
        if row.status == OccurrenceStatus.PLANNED:
            _replan(session, row, schedule, values)
    for row in opened:
        _edit(session, row, schedule, values)


def _renew_lane(session: Session, row: Occurrence, schedule: Schedule) -> None:
    stopped = row.status in (OccurrenceStatus.PAUSED, OccurrenceStatus.HELD)
    opening = expand.opening_of(session, row, schedule)
    expand.open_lane(session, opening, state=row.status if stopped else "runnable", renew=True)


def _slot(session: Session, schedule: Schedule, values: Mapping[str, Any]) -> dict[str, Any]:
    if "timing" not in values:
        return {}
    return plan.slot(_timing(session, schedule.workspace_id, schedule.timing), clock.now())


def _replan(
    session: Session, row: Occurrence, schedule: Schedule, values: Mapping[str, Any]
) -> None:
    when = _slot(session, schedule, values)
    if "sender_id" in values:
        when["sender_id"] = schedule.sender_id
    if when:
        row = edits.change_occurrence(session, Ref(row.workspace_id, row.id), when)
    if row.due_at <= clock.now() + expand.LEAD:
        queue.nudge(session, "dispatch.expand", str(row.id))


def _edit(session: Session, row: Occurrence, schedule: Schedule, values: Mapping[str, Any]) -> None:
    when = _slot(session, schedule, values)
    if when:
        row = edits.change_occurrence(session, Ref(row.workspace_id, row.id), when)
    if _ON_ROWS & values.keys():
        # Before anything that locks rows: the job that turns them over takes the edit first.
        rows = Rows(when.get("due_at"), schedule.expires_after_s, schedule.reference, schedule.meta)
        row_edits.begin(session, row, rows)
    if _JUDGES_ANEW & values.keys():
        opening = expand.opening_of(session, row, schedule)
        expansions.expand_again(session, expand.audience_of(schedule), opening)
        queue.nudge(session, "dispatch.complete", str(row.id))
    doorbells.ring_for(session, row.sender_id, row.due_at)
