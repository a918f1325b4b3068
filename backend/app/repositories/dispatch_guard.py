"""The row that can stop all sending, by the database's clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Uuid


@dataclass(frozen=True, slots=True)
class State:
    """The row, and the database's time when it was read."""

    epoch: UUID | None
    ticks: int
    superseded: list[UUID]
    home: str | None
    high_water: datetime | None
    held_for: str | None
    held_detail: str | None
    held_at: datetime | None
    doubt_before: datetime | None
    now: datetime


_COLUMNS = (
    "epoch, ticks, superseded, home, high_water, held_for, held_detail, held_at, doubt_before"
)
_READ = text(f"SELECT {_COLUMNS}, clock_timestamp() FROM dispatch_guard")
_LOCK = text(f"SELECT {_COLUMNS}, clock_timestamp() FROM dispatch_guard FOR NO KEY UPDATE")
_MAKE = text("INSERT INTO dispatch_guard DEFAULT VALUES ON CONFLICT DO NOTHING")
# A dump restored elsewhere lands in another database or on another server.
_HOME = text("""
    SELECT (SELECT system_identifier FROM pg_control_system()) || '/' || oid
      FROM pg_database WHERE datname = current_database()
""")
_TICK = text("""
    UPDATE dispatch_guard
       SET epoch = coalesce(epoch, gen_random_uuid()), ticks = ticks + 1, home = :home,
           high_water = greatest(high_water, clock_timestamp())
    RETURNING epoch, ticks
""")
_HOLD = text("""
    UPDATE dispatch_guard
       SET held_for = :reason, held_detail = :detail, held_at = clock_timestamp(),
           superseded = superseded || array_remove(:witnesses, epoch)
     WHERE held_for IS NULL
    RETURNING held_for
""").bindparams(bindparam("witnesses", type_=ARRAY(Uuid())))
_DOUBT = text("UPDATE dispatch_guard SET doubt_before = :before")
_RELEASE = text("""
    UPDATE dispatch_guard
       SET held_for = NULL, held_detail = NULL, held_at = NULL, high_water = clock_timestamp(),
           home = :home, ticks = ticks + 1,
           superseded = CASE WHEN :new_epoch
             THEN array_remove(superseded || epoch || :witnesses, NULL) ELSE superseded END,
           epoch = CASE WHEN :new_epoch THEN gen_random_uuid() ELSE epoch END
     WHERE held_for = :reason
    RETURNING epoch, ticks
""").bindparams(bindparam("witnesses", type_=ARRAY(Uuid())))


def read(session: Session) -> State | None:
    """The row as it is; None before anybody used the database."""
    row = session.execute(_READ).one_or_none()
    return None if row is None else State(*row)


def lock(session: Session) -> State:
    """The row, made when missing, locked until the transaction's end."""
    session.execute(_MAKE)
    return State(*session.execute(_LOCK).one())


def home(session: Session) -> str:
    """Which server and database this is; a copy of the data elsewhere has another."""
    return str(session.execute(_HOME).scalar_one())


def tick(session: Session, home: str) -> tuple[UUID, int]:
    """Count one tick; returns epoch and ticks."""
    row = session.execute(_TICK, {"home": home}).one()
    return row.epoch, row.ticks


def hold(session: Session, reason: str, detail: str, witnesses: Sequence[UUID] = ()) -> bool:
    """Stop all sending; False when it was stopped already.

    ``witnesses`` are epochs that others remember and that end when a person confirms.
    """
    session.execute(_MAKE)
    values = {"reason": reason, "detail": detail, "witnesses": list(witnesses)}
    held = session.execute(_HOLD, values)
    return held.first() is not None


def doubt(session: Session, before: datetime) -> None:
    """From now on nothing due before ``before`` is sent by itself."""
    session.execute(_DOUBT, {"before": before})


def release_if(
    session: Session, reason: str, home: str, *, new_epoch: bool, witnesses: Sequence[UUID]
) -> tuple[UUID, int] | None:
    """Send again if still held for ``reason``; returns epoch and ticks, None when not."""
    values = {"reason": reason, "home": home, "new_epoch": new_epoch, "witnesses": list(witnesses)}
    row = session.execute(_RELEASE, values).one_or_none()
    return None if row is None else (row.epoch, row.ticks)
