"""Schedules: plan a send and look at it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.core import clock, live, queue
from app.domain import audience as audiences
from app.domain import timing as timings
from app.domain.audit import Action
from app.domain.errors import ConflictError, InvalidError, NotFoundError
from app.domain.members import Member
from app.domain.paging import PageOf, PageRequest
from app.domain.refs import Ref
from app.domain.states import SENDABLE, DeliveryStatus, ScheduleStatus
from app.models.schedules import Occurrence, Schedule
from app.repositories import counts, daily_waits, expansions, groups, occurrences, schedules
from app.repositories import messages as message_rows
from app.repositories import senders as sender_rows
from app.services import audit, messages, recipients, workspaces
from app.services.dispatch import expand, plan

MAX_PEOPLE = 1_000_000
_ENDED = frozenset(
    {
        ScheduleStatus.COMPLETED,
        ScheduleStatus.CANCELLED,
        ScheduleStatus.FAILED,
        ScheduleStatus.ARCHIVED,
    }
)
# In these a paused sender stands in the way.
_LIVE = frozenset({ScheduleStatus.SCHEDULED, ScheduleStatus.SENDING, ScheduleStatus.PAUSED})


@dataclass(frozen=True, slots=True)
class View:
    """A schedule with what is counted and computed about it."""

    schedule: Schedule
    counts: dict[str, int]
    next_occurrence_at: datetime | None
    blocked_by: str | None
    message_update_available: bool
    waits_until: datetime | None


def create(session: Session, member: Member, values: Mapping[str, Any]) -> View:
    """Plan a send. Raises InvalidError naming the field that can't be taken."""
    workspace = workspaces.get(session, member.workspace_id)
    message = member.ref(values["message_id"])
    version = messages.newest_version(session, message)
    values = {**values, "name": values.get("name") or messages.get(session, message).message.title}
    check_sender(session, member.ref(values["sender_id"]))
    audience = read_audience(session, member.workspace_id, values["audience"])
    timing = read_timing(values["timing"], workspace.timezone)
    accepted_at = clock.now()
    timing.due_at(accepted_at)
    draft = bool(values["draft"])
    ours = ("metadata", "audience", "draft")
    schedule = Schedule(
        **{name: value for name, value in values.items() if name not in ours},
        workspace_id=member.workspace_id,
        message_version=version.version,
        audience=audience,
        meta=values.get("metadata") or {},
        status=ScheduleStatus.DRAFT if draft else ScheduleStatus.SCHEDULED,
        created_by=member.user_id or member.api_key_id,
    )
    session.add(schedule)
    session.flush()
    check_size(session, schedule)
    ref = Ref(schedule.workspace_id, schedule.id)
    made = {name: value for name, value in values.items() if value is not None}
    audit.note(session, Action.SCHEDULE_CREATED, ref, after=made)
    if not draft:
        _plan(session, schedule, timing, accepted_at)
    return view(session, schedule)


def check_sender(session: Session, sender: Ref) -> None:
    """Raise InvalidError when there is no such sender."""
    if sender_rows.find(session, sender) is None:
        raise InvalidError.unknown_reference("sender_id", sender.id)


def read_timing(timing: Mapping[str, Any], default_timezone: str) -> timings.Timing:
    """The timing of a body."""
    if timing["kind"] == "now":
        return timings.now(timing.get("timezone"), default_timezone)
    return timings.once(timing["at"], timing.get("timezone"), default_timezone)


def read_audience(session: Session, workspace_id: UUID, body: Mapping[str, Any]) -> dict[str, Any]:
    """The audience of a body, as it is stored. Raises InvalidError naming the field."""
    people = recipients.locate_all(
        session, workspace_id, body["recipient_ids"], "audience.recipient_ids"
    )
    defined = audiences.define(body["group_ids"], people, body["exclude_group_ids"])
    for name in ("group_ids", "exclude_group_ids"):
        wanted: Sequence[UUID] = getattr(defined, name)
        known = groups.known(session, workspace_id, wanted)
        for id_ in wanted:
            if id_ not in known:
                raise InvalidError.unknown_reference(f"audience.{name}", id_)
    return {
        "group_ids": [str(id_) for id_ in defined.group_ids],
        "recipient_ids": [str(id_) for id_ in defined.recipient_ids],
        "exclude_group_ids": [str(id_) for id_ in defined.exclude_group_ids],
    }


def check_size(session: Session, schedule: Schedule) -> None:
    """Raise InvalidError when a schedule would reach more people than one may."""
    if expansions.size(session, expand.audience_of(schedule)) > MAX_PEOPLE:
        raise InvalidError.of(
            "audience", "too_many", f"One schedule reaches at most {MAX_PEOPLE} people."
        )


def _plan(
    session: Session, schedule: Schedule, timing: timings.Timing, accepted_at: datetime
) -> None:
    occurrence_id, due_at = plan.plan(session, schedule, timing, accepted_at)
    if due_at <= accepted_at + expand.LEAD:
        queue.nudge(session, "dispatch.expand", str(occurrence_id))
    announce(session, schedule)


def submit(session: Session, ref: Ref) -> View:
    """Plan a draft. Raises NotFoundError, ConflictError, InvalidError ``in_past``."""
    submitted = schedules.move(
        session, ref, allowed={ScheduleStatus.DRAFT}, to=ScheduleStatus.SCHEDULED
    )
    if submitted is None:
        raise why_not(session, ref, "submitted")
    audit.note(session, Action.SCHEDULE_SUBMITTED, ref, after={"status": submitted.status})
    workspace = workspaces.get(session, ref.workspace_id)
    timing = read_timing(submitted.timing, workspace.timezone)
    _plan(session, submitted, timing, clock.now())
    return view(session, submitted)


def get(session: Session, ref: Ref) -> View:
    """One schedule. Raises NotFoundError."""
    schedule = schedules.find(session, ref)
    if schedule is None:
        raise NotFoundError("schedule", ref.id)
    return view(session, schedule)


def page(
    session: Session, workspace_id: UUID, request: PageRequest, **filters: Any
) -> PageOf[View]:
    """The workspace's schedules."""
    found = schedules.page(session, workspace_id, request, **filters)
    return PageOf(_views(session, found.items), found.next_after, found.total)


def remove(session: Session, ref: Ref) -> None:
    """Delete a draft. Raises NotFoundError, ConflictError."""
    if not schedules.delete(session, ref):
        raise why_not(session, ref, "deleted")
    audit.note(session, Action.SCHEDULE_DELETED, ref)


def list_occurrences(session: Session, ref: Ref) -> list[tuple[Occurrence, dict[str, int]]]:
    """A schedule's occurrences with their counts. Raises NotFoundError."""
    get(session, ref)
    rows = occurrences.of_schedule(session, ref)
    sums = counts.of_occurrences(session, [row.id for row in rows])
    return [(row, complete_counts(sums.get(row.id, {}))) for row in rows]


def view(session: Session, schedule: Schedule) -> View:
    """One schedule with its counts."""
    return _views(session, [schedule])[0]


def _views(session: Session, rows: Sequence[Schedule]) -> list[View]:
    ids = [row.id for row in rows]
    sums = counts.of_schedules(session, ids)
    due = schedules.next_due(session, ids)
    stopped = sender_rows.stopped(session, {row.sender_id for row in rows})
    held = occurrences.held(session, ids)
    waits = _waits(session, rows)
    newest = message_rows.current_versions(session, {row.message_id for row in rows})
    return [
        View(
            row,
            complete_counts(sums.get(row.id, {})),
            due.get(row.id),
            _blocked_by(row, stopped, held, waits),
            row.status not in _ENDED and newest[row.message_id] > row.message_version,
            waits.get(row.id),
        )
        for row in rows
    ]


def _waits(session: Session, rows: Sequence[Schedule]) -> Mapping[UUID, datetime]:
    # Not only of those that are sending: another number may have had all the room.
    ids = [row.id for row in rows if row.status in SENDABLE]
    return daily_waits.of_schedules(session, rows[0].workspace_id, ids) if ids else {}


def _blocked_by(
    row: Schedule, stopped: set[UUID], held: set[UUID], waits: Mapping[UUID, datetime]
) -> str | None:
    if row.status not in _LIVE:
        return None
    if row.sender_id in stopped:
        return "sender"
    if row.id in held:
        return "hold"
    return "daily_limit" if row.id in waits else None


def complete_counts(sums: Mapping[str, int]) -> dict[str, int]:
    """Every status, and ``audience``: the sum of them all."""
    every = {status.value: sums.get(status.value, 0) for status in DeliveryStatus}
    return {"audience": sum(every.values()), **every}


def why_not(session: Session, ref: Ref, what: str) -> NotFoundError | ConflictError:
    """Word the refusal of a move that the UPDATE has already decided: ``what`` is "paused"."""
    status = schedules.status_of(session, ref)
    if status is None:
        return NotFoundError("schedule", ref.id)
    return ConflictError(f"A schedule that is {status} can't be {what}.")


def announce(session: Session, schedule: Schedule) -> None:
    """Tell the dashboard after the commit."""
    live.announce(
        session, schedule.workspace_id, "schedule.updated", id=schedule.id, status=schedule.status
    )
