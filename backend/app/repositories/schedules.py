"""Schedules."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.domain.paging import PageOf, PageRequest
from app.domain.refs import Ref
from app.domain.states import OccurrenceStatus, ScheduleStatus
from app.models.schedules import Occurrence, Schedule
from app.repositories import pages


def find(session: Session, ref: Ref) -> Schedule | None:
    """One schedule."""
    return session.scalar(
        select(Schedule).where(Schedule.workspace_id == ref.workspace_id, Schedule.id == ref.id)
    )


def status_of(session: Session, ref: Ref) -> str | None:
    """A schedule's status, read anew."""
    return session.scalar(
        select(Schedule.status).where(
            Schedule.workspace_id == ref.workspace_id, Schedule.id == ref.id
        )
    )


def lock(session: Session, ref: Ref) -> Schedule | None:
    """A schedule, locked and read anew: first of the locks that whoever stops a send takes."""
    return session.scalar(
        select(Schedule)
        .where(Schedule.workspace_id == ref.workspace_id, Schedule.id == ref.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


def page(
    session: Session,
    workspace_id: UUID,
    request: PageRequest,
    *,
    statuses: Collection[str] = (),
    q: str | None = None,
    message_id: UUID | None = None,
    sender_id: UUID | None = None,
    due_from: datetime | None = None,
    due_to: datetime | None = None,
) -> PageOf[Schedule]:
    """The workspace's schedules; ``due_from``/``due_to`` bound any of their occurrences."""
    statement = select(Schedule).where(Schedule.workspace_id == workspace_id)
    if statuses:
        statement = statement.where(Schedule.status.in_(statuses))
    if q:
        statement = statement.where(func.lower(Schedule.name).contains(q.lower(), autoescape=True))
    if message_id:
        statement = statement.where(Schedule.message_id == message_id)
    if sender_id:
        statement = statement.where(Schedule.sender_id == sender_id)
    if due_from or due_to:
        within = select(Occurrence.id).where(Occurrence.schedule_id == Schedule.id)
        if due_from:
            within = within.where(Occurrence.due_at >= due_from)
        if due_to:
            within = within.where(Occurrence.due_at < due_to)
        statement = statement.where(within.exists())
    return pages.fetch(session, statement, Schedule.id, request)


def move(
    session: Session, ref: Ref, *, allowed: Collection[ScheduleStatus], to: ScheduleStatus
) -> Schedule | None:
    """Move to ``to`` if now in ``allowed``; None when no row matched.

    One statement, so of two callers racing for a row exactly one gets it.
    """
    statement = (
        update(Schedule)
        .where(Schedule.workspace_id == ref.workspace_id, Schedule.id == ref.id)
        .where(Schedule.status.in_(allowed))
        .values(status=to, paused_from=None, updated_at=func.clock_timestamp())
        .returning(Schedule)
        .execution_options(populate_existing=True)
    )
    return session.scalars(statement).one_or_none()


def delete(session: Session, ref: Ref) -> bool:
    """Delete a draft; False when it is none (any more)."""
    row = session.scalar(
        select(Schedule)
        .where(
            Schedule.workspace_id == ref.workspace_id,
            Schedule.id == ref.id,
            Schedule.status == ScheduleStatus.DRAFT,
        )
        .with_for_update()
    )
    if row is None:
        return False
    session.delete(row)
    session.flush()
    return True


def next_due(session: Session, ids: Collection[UUID]) -> dict[UUID, datetime]:
    """Schedule id -> when its next planned or open occurrence is due."""
    statement = (
        select(Occurrence.schedule_id, func.min(Occurrence.due_at))
        .where(
            Occurrence.schedule_id.in_(ids),
            Occurrence.status.in_((OccurrenceStatus.PLANNED, OccurrenceStatus.OPEN)),
        )
        .group_by(Occurrence.schedule_id)
    )
    return {schedule_id: due_at for schedule_id, due_at in session.execute(statement)}  # noqa: C416
