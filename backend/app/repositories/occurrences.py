"""Occurrences: planned, opened, run and completed by conditional UPDATEs."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, func, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session
from sqlalchemy.types import Uuid

from app.domain.refs import Ref
from app.domain.states import SENDABLE, OccurrenceStatus
from app.models.schedules import Occurrence, Schedule


def plan(session: Session, values: dict[str, Any]) -> UUID | None:
    """Insert a planned occurrence; None when its slot has one already."""
    statement = (
        insert(Occurrence)
        .values(**values)
        .on_conflict_do_nothing(index_elements=["schedule_id", "key"])
        .returning(Occurrence.id)
    )
    return session.scalar(statement)


def of_schedule(session: Session, ref: Ref) -> list[Occurrence]:
    """The occurrences of a schedule, in the order of their slots."""
    statement = (
        select(Occurrence)
        .where(Occurrence.workspace_id == ref.workspace_id, Occurrence.schedule_id == ref.id)
        .order_by(Occurrence.due_at, Occurrence.id)
    )
    return list(session.scalars(statement))


def held(session: Session, schedule_ids: Collection[UUID]) -> set[UUID]:
    """Which of these schedules have an occurrence that is held."""
    statement = select(Occurrence.schedule_id).where(
        Occurrence.schedule_id.in_(schedule_ids), Occurrence.status == OccurrenceStatus.HELD
    )
    return set(session.scalars(statement))


def lock_of_schedule(session: Session, ref: Ref) -> list[Occurrence]:
    """The occurrences of a schedule, locked and read anew, in the order of their ids."""
    statement = (
        select(Occurrence)
        .where(Occurrence.workspace_id == ref.workspace_id, Occurrence.schedule_id == ref.id)
        .order_by(Occurrence.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(statement))


def find(session: Session, ref: Ref) -> Occurrence | None:
    """One occurrence."""
    return session.scalar(
        select(Occurrence).where(
            Occurrence.workspace_id == ref.workspace_id, Occurrence.id == ref.id
        )
    )


def get_any(session: Session, occurrence_id: UUID) -> Occurrence | None:
    """An occurrence by id alone: for the engine, which works for every workspace."""
    return session.get(Occurrence, occurrence_id)


def planned_before(session: Session, before: datetime, most: int = 500) -> list[UUID]:
    """Planned occurrences that are due to be opened, of schedules that may send."""
    statement = (
        select(Occurrence.id)
        .join(Schedule, Schedule.id == Occurrence.schedule_id)
        .where(
            Occurrence.status == OccurrenceStatus.PLANNED,
            Occurrence.due_at <= before,
            Schedule.status.in_(SENDABLE),
        )
        .order_by(Occurrence.due_at)
        .limit(most)
    )
    return list(session.scalars(statement))


def take_planned(session: Session, occurrence_id: UUID) -> Occurrence | None:
    """Lock a planned occurrence; None when it isn't planned, or somebody else has it locked."""
    statement = (
        select(Occurrence)
        .where(Occurrence.id == occurrence_id, Occurrence.status == OccurrenceStatus.PLANNED)
        .with_for_update(skip_locked=True, key_share=True)
        .execution_options(populate_existing=True)
    )
    return session.scalars(statement).one_or_none()


def move(
    session: Session,
    occurrence_id: UUID,
    *,
    allowed: Collection[OccurrenceStatus],
    to: OccurrenceStatus,
    reason: str | None = None,
) -> bool:
    """Move to ``to`` if now in ``allowed``; False when it was not."""
    statement = (
        update(Occurrence)
        .where(Occurrence.id == occurrence_id, Occurrence.status.in_(allowed))
        .values(status=to, status_reason=reason, paused_from=None, paused_by=None)
        .returning(Occurrence.id)
    )
    return session.scalar(statement) is not None


def cancel_of_schedule(session: Session, ref: Ref, allowed: Collection[str]) -> list[UUID]:
    """Cancel a schedule's occurrences that may be; returns their ids."""
    statement = (
        update(Occurrence)
        .where(
            Occurrence.workspace_id == ref.workspace_id,
            Occurrence.schedule_id == ref.id,
            Occurrence.status.in_(allowed),
        )
        .values(
            status=OccurrenceStatus.CANCELLED,
            paused_from=None,
            paused_by=None,
            completed_at=func.clock_timestamp(),
        )
        .returning(Occurrence.id)
    )
    return sorted(session.scalars(statement))


def reopen(session: Session, ref: Ref) -> bool:
    """Let a completed occurrence run again, for a resend.

    False when it is not completed, or so old that its deliveries are being deleted.
    """
    statement = (
        update(Occurrence)
        .where(
            Occurrence.workspace_id == ref.workspace_id,
            Occurrence.id == ref.id,
            Occurrence.status == OccurrenceStatus.COMPLETED,
            Occurrence.kept_counts.is_(None),
        )
        .values(status=OccurrenceStatus.RUNNING, completed_at=None)
        .returning(Occurrence.id)
    )
    return session.scalar(statement) is not None


# One that was paused between its first mark and here goes back to "running" when resumed.
_LOCK_SCHEDULES = text("""
    SELECT 1 FROM schedules
     WHERE id IN (SELECT schedule_id FROM occurrences WHERE id = ANY(:ids))
     ORDER BY id FOR NO KEY UPDATE
""").bindparams(bindparam("ids", type_=ARRAY(Uuid())))
_START = text("""
    WITH started AS (
      UPDATE occurrences
         SET status = CASE WHEN status = 'open' THEN 'running' ELSE status END,
             paused_from = CASE WHEN status = 'paused' THEN 'running' END
       WHERE id = ANY(:ids)
         AND (status = 'open' OR status = 'paused' AND paused_from = 'open')
      RETURNING schedule_id
    )
    UPDATE schedules s
       SET status = CASE WHEN s.status = 'scheduled' THEN 'sending' ELSE s.status END,
           paused_from = CASE WHEN s.status = 'paused' THEN 'sending' END,
           updated_at = clock_timestamp()
     WHERE s.id IN (SELECT schedule_id FROM started)
       AND (s.status = 'scheduled' OR s.status = 'paused' AND s.paused_from = 'scheduled')
    RETURNING s.workspace_id, s.id, s.status
""").bindparams(bindparam("ids", type_=ARRAY(Uuid())))


def start(session: Session, ids: Sequence[UUID]) -> list[Row[UUID, UUID, str]]:
    """Opened occurrences that now send; ``(workspace_id, id, status)`` of schedules that moved.

    Takes the schedules' locks first, as pause and cancel do.
    """
    session.execute(_LOCK_SCHEDULES, {"ids": list(ids)})
    return list(session.execute(_START, {"ids": list(ids)}))


_LOCK_SCHEDULE = text("""
    SELECT s.id FROM schedules s JOIN occurrences o ON o.schedule_id = s.id
     WHERE o.id = :occurrence_id FOR NO KEY UPDATE OF s
""")
_COMPLETE = text("""
    UPDATE occurrences o
       SET status = 'completed', status_reason = NULL, completed_at = clock_timestamp()
     WHERE o.id = :occurrence_id AND o.status IN ('open', 'running', 'held')
       AND 0 = (SELECT coalesce(sum(c.n), 0) FROM delivery_counts c
                 WHERE c.occurrence_id = o.id AND c.status IN ('scheduled', 'sending'))
    RETURNING o.workspace_id, o.schedule_id
""")
_FINISH_SCHEDULE = text("""
    UPDATE schedules s
       SET status = CASE WHEN EXISTS (SELECT 1 FROM occurrences o WHERE o.schedule_id = s.id
                                      AND o.status IN ('completed', 'missed'))
                         THEN 'completed' ELSE 'cancelled' END,
           paused_from = NULL, updated_at = clock_timestamp()
     WHERE s.id = :schedule_id AND s.status IN ('scheduled', 'sending', 'paused')
       AND NOT EXISTS (SELECT 1 FROM occurrences o WHERE o.schedule_id = s.id
                       AND o.status IN ('planned', 'open', 'running', 'held', 'paused'))
    RETURNING s.id
""")


def complete(session: Session, occurrence_id: UUID) -> Row[UUID, UUID] | None:
    """Complete if nothing is left to send; ``(workspace_id, schedule_id)`` or None.

    Takes the schedule's lock first, as pause and cancel do.
    """
    session.execute(_LOCK_SCHEDULE, {"occurrence_id": occurrence_id})
    row = session.execute(_COMPLETE, {"occurrence_id": occurrence_id}).one_or_none()
    if row is not None:
        finish_schedule(session, row.schedule_id)
    return row


def finish_schedule(session: Session, schedule_id: UUID) -> None:
    """End a schedule that has no occurrence left; its row is locked already."""
    session.execute(_FINISH_SCHEDULE, {"schedule_id": schedule_id})


# Everything sent, only nobody noticed: the worker died between its last settle and this.
_RUN_DRY = text("""
    SELECT o.id FROM occurrences o
     WHERE o.status IN ('open', 'running', 'held')
       AND 0 = (SELECT coalesce(sum(c.n), 0) FROM delivery_counts c
                 WHERE c.occurrence_id = o.id AND c.status IN ('scheduled', 'sending'))
     LIMIT 500
""")


def run_dry(session: Session) -> list[UUID]:
    """Occurrences that are done and not marked so."""
    return list(session.scalars(_RUN_DRY))
