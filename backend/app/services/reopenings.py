"""Opening again what had ended, so that a resent delivery has a lane to leave by.

In three passes, each in the order of ids: schedules, occurrences, lanes, as everybody locks them.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from app.domain.errors import ConflictError
from app.domain.refs import Ref
from app.domain.states import OccurrenceStatus, ScheduleStatus
from app.models.schedules import Schedule
from app.repositories import lanes, occurrences, resolutions, workspaces
from app.repositories import schedules as schedule_rows
from app.repositories.resolutions import Key
from app.services import schedules
from app.services.dispatch import expand

_OPEN = frozenset({ScheduleStatus.SCHEDULED, ScheduleStatus.SENDING, ScheduleStatus.COMPLETED})
_HAS_LANE = frozenset({OccurrenceStatus.OPEN, OccurrenceStatus.RUNNING, OccurrenceStatus.HELD})


def reopen(
    session: Session, workspace_id: UUID, rows: Sequence[tuple[UUID | None, Key]]
) -> set[UUID]:
    """Make sure that each row's occurrence has its lane, locked; returns the senders.

    ``rows`` are ``(schedule_id or None, (occurrence_id, delivery_id))``. Raises ConflictError
    when a schedule or occurrence was stopped or is paused.
    """
    by_occurrence = {key[0]: (schedule_id, key) for schedule_id, key in rows}
    owners: dict[UUID, Schedule] = {}
    for id_ in sorted({schedule_id for schedule_id, _ in by_occurrence.values() if schedule_id}):
        owners[id_] = _lock(session, Ref(workspace_id, id_))
    for occurrence_id, (schedule_id, _) in sorted(by_occurrence.items()):
        if schedule_id is not None:
            _run_again(session, Ref(workspace_id, occurrence_id), owners[schedule_id])
    senders = set()
    for _, (schedule_id, key) in sorted(by_occurrence.items()):
        owner = owners[schedule_id] if schedule_id else None
        senders.add(_open_lane(session, workspace_id, key, owner))
    return senders


def _lock(session: Session, ref: Ref) -> Schedule:
    schedule = schedule_rows.lock(session, ref)
    if schedule is None or schedule.status not in _OPEN:
        status = schedule.status if schedule else "gone"
        raise ConflictError(f"The schedule is {status}, so nothing of it can be resent.")
    return schedule


def _run_again(session: Session, ref: Ref, schedule: Schedule) -> None:
    row = occurrences.find(session, ref)
    if row is not None and row.status in _HAS_LANE:
        return
    if not occurrences.reopen(session, ref):
        raise ConflictError("Its occurrence was stopped or deleted by age: nothing can be resent.")
    moved = schedule_rows.move(
        session,
        ref.beside(schedule.id),
        allowed={ScheduleStatus.COMPLETED, ScheduleStatus.SCHEDULED},
        to=ScheduleStatus.SENDING,
    )
    if moved is not None:
        schedules.announce(session, moved)


def _open_lane(session: Session, workspace_id: UUID, key: Key, schedule: Schedule | None) -> UUID:
    last = resolutions.lane_of(session, key)
    workspace = workspaces.get(session, workspace_id)
    if last is None or workspace is None:
        raise ConflictError("It was never tried, so it can't be resent.")
    sender_id: UUID = last.sender_id
    lanes.open_lane(
        session,
        occurrence_id=key[0],
        sender_id=sender_id,
        schedule_id=schedule.id if schedule else None,
        message_version_id=last.message_version_id,
        category=last.category,
        service_window=(schedule and schedule.service_window) or workspace.service_window,
        priority=expand.PRIORITIES[schedule.priority if schedule else "direct"],
        version=schedule.version if schedule else 1,
        max_rate_mps=schedule.max_rate_mps if schedule else None,
        daily_limit=schedule.daily_limit if schedule else "spread",
    )
    return sender_id
