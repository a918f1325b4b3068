"""Pausing and resuming. A paused schedule or occurrence keeps where it came from.

Callers hold the lock on the schedule's row, which comes before those of its occurrences.
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import func, update
from sqlalchemy.orm import Session

from app.domain.refs import Ref
from app.domain.states import OccurrenceStatus, ScheduleStatus
from app.models.schedules import Occurrence, Schedule

BY_SCHEDULE, BY_PERSON = "schedule", "person"
_FRESH = {"populate_existing": True}


def pause_schedule(
    session: Session, ref: Ref, allowed: Collection[ScheduleStatus]
) -> Schedule | None:
    """Pause a schedule that is in ``allowed``; None when it was not. Locks its row."""
    statement = (
        update(Schedule)
        .where(_is(Schedule, ref), Schedule.status.in_(allowed))
        .values(
            paused_from=Schedule.status,
            status=ScheduleStatus.PAUSED,
            updated_at=func.clock_timestamp(),
        )
        .returning(Schedule)
        .execution_options(**_FRESH)
    )
    return session.scalars(statement).one_or_none()


def resume_schedule(session: Session, ref: Ref) -> Schedule | None:
    """Put a paused schedule back where it came from; None when it was not paused."""
    statement = (
        update(Schedule)
        .where(_is(Schedule, ref), Schedule.status == ScheduleStatus.PAUSED)
        .values(
            status=func.coalesce(Schedule.paused_from, ScheduleStatus.SCHEDULED),
            paused_from=None,
            updated_at=func.clock_timestamp(),
        )
        .returning(Schedule)
        .execution_options(**_FRESH)
    )
    return session.scalars(statement).one_or_none()


def pause_occurrences(
    session: Session, schedule: Ref, allowed: Collection[OccurrenceStatus]
) -> list[UUID]:
    """Pause a schedule's occurrences that are in ``allowed``, with it; in the order of ids."""
    statement = (
        update(Occurrence)
        .where(_of(schedule), Occurrence.status.in_(allowed))
        .values(
            paused_from=Occurrence.status, paused_by=BY_SCHEDULE, status=OccurrenceStatus.PAUSED
        )
        .returning(Occurrence.id)
    )
    return sorted(session.scalars(statement))


def resume_occurrences(session: Session, schedule: Ref) -> list[Occurrence]:
    """Resume what was paused with the schedule; in the order of ids."""
    statement = (
        update(Occurrence)
        .where(
            _of(schedule),
            Occurrence.status == OccurrenceStatus.PAUSED,
            Occurrence.paused_by == BY_SCHEDULE,
        )
        .values(status=Occurrence.paused_from, paused_from=None, paused_by=None)
        .returning(Occurrence)
        .execution_options(**_FRESH)
    )
    return sorted(session.scalars(statement), key=lambda row: row.id)


def pause_occurrence(session: Session, ref: Ref, allowed: Collection[OccurrenceStatus]) -> bool:
    """Pause one occurrence by itself; False when it is not in ``allowed``."""
    statement = (
        update(Occurrence)
        .where(_is(Occurrence, ref), Occurrence.status.in_(allowed))
        .values(paused_from=Occurrence.status, paused_by=BY_PERSON, status=OccurrenceStatus.PAUSED)
        .returning(Occurrence.id)
    )
    return session.scalar(statement) is not None


def resume_occurrence(session: Session, ref: Ref) -> str | None:
    """Resume a paused occurrence; the status it went back to, None when it was not paused."""
    statement = (
        update(Occurrence)
        .where(_is(Occurrence, ref), Occurrence.status == OccurrenceStatus.PAUSED)
        .values(status=Occurrence.paused_from, paused_from=None, paused_by=None)
        .returning(Occurrence.status)
    )
    return session.scalar(statement)


def _is(table: Any, ref: Ref) -> Any:
    return (table.workspace_id == ref.workspace_id) & (table.id == ref.id)


def _of(schedule: Ref) -> Any:
    return (Occurrence.workspace_id == schedule.workspace_id) & (
        Occurrence.schedule_id == schedule.id
    )
