"""A person stops all sending, or has looked and lets it go on."""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from app.core.db import reading, transaction
from app.domain.database_epochs import Tick
from app.domain.errors import ConflictError
from app.models.schedules import Occurrence
from app.repositories import claims, restored
from app.repositories import dispatch_guard as rows
from app.repositories.dispatch_guard import State
from app.services.dispatch import doorbells, witnesses
from app.services.dispatch.guard import WHY

logger = logging.getLogger(__name__)

# After these the database may not know what was sent.
WENT_BACK = frozenset({"restored", "other_database"})
# What the old system sent by a clock a little ahead of this one's.
_MARGIN = timedelta(seconds=60)
_END_OF_TIME = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Released:
    """Why it was held, and how many deliveries are not sent by themselves because of it."""

    reason: str
    unconfirmed: int = 0
    expired: int = 0


def read(session: Session) -> State | None:
    """The guard's row; None before anybody used the database."""
    return rows.read(session)


def state() -> State | None:
    """The guard's row, read by itself."""
    with reading() as session:
        return read(session)


def hold(why: str) -> bool:
    """Stop all sending until somebody confirms; False when it was stopped already."""
    with transaction() as session:
        return rows.hold(session, "by_person", f"{WHY['by_person']}: {why}")


def confirm() -> Released:
    """Let sending go on.

    After a restore, whatever was due by then becomes ``unconfirmed`` first: it may have been
    sent after the backup was taken, so a person or a callback decides. Raises ConflictError
    when nothing is held.
    """
    held = state()
    if held is None or held.held_for is None:
        raise ConflictError("Sending is not held.")
    came_back = held.held_for in WENT_BACK
    unconfirmed, expired = _doubt_what_was_due(held) if came_back else (0, 0)
    outside = [tick.epoch for tick in witnesses.read()] if came_back else []
    with transaction() as session:
        tick = rows.release_if(
            session, held.held_for, rows.home(session), new_epoch=came_back, witnesses=outside
        )
        if tick is None:
            raise ConflictError("Somebody else confirmed, or it is held for another reason now.")
    witnesses.write(Tick(*tick))
    # Only now: a drain rung before the commit would still find everything held.
    with transaction() as session:
        doorbells.ring_all(session)
    logger.warning("a person confirmed: sending goes on after %s", held.held_for)
    return Released(held.held_for, unconfirmed, expired)


def doubt_if_restored(session: Session, occurrence: Occurrence, people: int) -> None:
    """An occurrence of before a restore opens: what was due by then isn't sent by itself."""
    held = rows.read(session)
    before = held.doubt_before if held is not None else None
    if before is None or occurrence.due_at >= before:
        return
    if occurrence.created_at < before - _MARGIN:
        # Its rows are as new as this transaction.
        restored.doubt(session, before, _END_OF_TIME, None, occurrence.id, most=people)


def _doubt_what_was_due(held: State) -> tuple[int, int]:
    restored_at = held.held_at or held.now
    before = restored_at + _MARGIN
    with transaction() as session:
        rows.doubt(session, before)
        # Nobody marks while it is held, so every claim is of the time before.
        claims.recover(session, None, all_of_sender=True, doubt_s=0)
    unconfirmed = expired = 0
    while True:
        with transaction() as session:
            now_unconfirmed, now_expired = restored.doubt(
                session, before, restored_at, held.high_water
            )
        unconfirmed, expired = unconfirmed + now_unconfirmed, expired + now_expired
        if not now_unconfirmed + now_expired:
            return unconfirmed, expired
