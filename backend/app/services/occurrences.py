"""One firing of a schedule: look at it, hold it back, let it go on, stop it, leave it out."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from app.core import live
from app.domain.audit import Action
from app.domain.errors import ConflictError, NotFoundError
from app.domain.refs import Ref
from app.domain.states import (
    OCCURRENCE_CANCELLABLE,
    OCCURRENCE_MOVES,
    OccurrenceStatus,
    ScheduleStatus,
    before,
)
from app.models.schedules import Occurrence, Schedule
from app.models.templates import Template
from app.repositories import breakers, counts, lanes, occurrences, pauses
from app.repositories import schedules as schedule_rows
from app.services import audit, schedule_control, schedules, substitutes

View = tuple[Occurrence, dict[str, int]]


def get(session: Session, ref: Ref) -> View:
    """One occurrence with its counts. Raises NotFoundError."""
    return _view(session, _find(session, ref))


def offered(session: Session, ref: Ref) -> Sequence[Template] | None:
    """Templates that one held for its own may go on with; None when it isn't held."""
    row = _find(session, ref)
    return substitutes.offered(session, row) if row.status == OccurrenceStatus.HELD else None


def pause(session: Session, ref: Ref) -> View:
    """Hold it back: nothing is marked after the commit. Raises NotFoundError, ConflictError."""
    row, _ = _locked(session, ref)
    if not pauses.pause_occurrence(session, ref, schedule_control.PAUSABLE):
        raise _why_not(session, ref, "paused")
    lanes.set_state(session, row.id, "paused")
    return _changed(session, ref, Action.OCCURRENCE_PAUSED)


def resume(session: Session, ref: Ref, substitute: UUID | None = None) -> View:
    """Let a paused one go on where it was, or a held one try again.

    One held for its template goes on with ``substitute``, or with its own as it is now. Raises
    NotFoundError, InvalidError, or ConflictError, also when its schedule is paused.
    """
    row, schedule = _locked(session, ref)
    if substitute is not None:
        substitutes.check(session, ref.beside(substitute))
    if schedule.status == ScheduleStatus.PAUSED:
        raise ConflictError("Its schedule is paused: resume the schedule.")
    if row.status == OccurrenceStatus.HELD:
        breakers.trust(session, ref)
        substitutes.put_in(session, row, schedule, substitute)
    elif substitute is not None:
        raise ConflictError("Only an occurrence that is held takes another template.")
    status = pauses.resume_occurrence(session, ref) or _retry(session, ref)
    if status is None:
        raise _why_not(session, ref, "resumed")
    schedule_control.release(session, row.id, row.sender_id, status)
    return _changed(session, ref, Action.OCCURRENCE_RESUMED)


def cancel(session: Session, ref: Ref) -> View:
    """Stop it for good. Raises NotFoundError, ConflictError."""
    row, _ = _locked(session, ref)
    _end(session, row, OCCURRENCE_CANCELLABLE, OccurrenceStatus.CANCELLED, "cancelled")
    schedule_control.stop(session, row.id)
    return _changed(session, ref, Action.OCCURRENCE_CANCELLED)


def skip(session: Session, ref: Ref) -> View:
    """Leave out one that is not opened yet. Raises NotFoundError, ConflictError."""
    row, _ = _locked(session, ref)
    allowed = before(OCCURRENCE_MOVES, OccurrenceStatus.SKIPPED)
    _end(session, row, allowed, OccurrenceStatus.SKIPPED, "skipped")
    return _changed(session, ref, Action.OCCURRENCE_SKIPPED)


def _retry(session: Session, ref: Ref) -> str | None:
    moved = occurrences.move(
        session, ref.id, allowed={OccurrenceStatus.HELD}, to=OccurrenceStatus.RUNNING
    )
    return OccurrenceStatus.RUNNING if moved else None


def _end(
    session: Session,
    row: Occurrence,
    allowed: Collection[OccurrenceStatus],
    to: OccurrenceStatus,
    word: str,
) -> None:
    ref = Ref(row.workspace_id, row.id)
    if not occurrences.move(session, row.id, allowed=allowed, to=to):
        raise _why_not(session, ref, word)
    occurrences.finish_schedule(session, row.schedule_id)


def _find(session: Session, ref: Ref) -> Occurrence:
    row = occurrences.find(session, ref)
    if row is None:
        raise NotFoundError("occurrence", ref.id)
    return row


def _locked(session: Session, ref: Ref) -> tuple[Occurrence, Schedule]:
    # The schedule's row first, as whoever pauses or cancels all of it.
    row = _find(session, ref)
    schedule = schedule_rows.lock(session, ref.beside(row.schedule_id))
    if schedule is None:
        raise NotFoundError("occurrence", ref.id)
    session.refresh(row)
    return row, schedule


def _why_not(session: Session, ref: Ref, what: str) -> ConflictError:
    row = _find(session, ref)
    session.refresh(row)
    return ConflictError(f"An occurrence that is {row.status} can't be {what}.")


def _changed(session: Session, ref: Ref, action: Action) -> View:
    row = _find(session, ref)
    session.refresh(row)
    audit.note(session, action, ref, after={"status": row.status})
    live.announce(
        session,
        ref.workspace_id,
        "occurrence.progress",
        occurrence_id=row.id,
        schedule_id=row.schedule_id,
    )
    status = schedule_rows.status_of(session, ref.beside(row.schedule_id))
    live.announce(session, ref.workspace_id, "schedule.updated", id=row.schedule_id, status=status)
    return _view(session, row)


def _view(session: Session, row: Occurrence) -> View:
    sums = counts.of_occurrences(session, [row.id])
    return row, schedules.complete_counts(sums.get(row.id, {}))
