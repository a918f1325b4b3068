"""Changing what is planned: occurrences, and the rows that nobody has marked.

Callers hold the schedule's row and, where an occurrence is open, its lane's. Rows are locked in
the order of their ids, as by whoever marks, settles and merges.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, text, update
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Session
from sqlalchemy.types import Uuid

from app.domain.refs import Ref
from app.models.schedules import Occurrence, Schedule


@dataclass(frozen=True, slots=True)
class Rows:
    """What unmarked rows become: ``due_at`` None leaves it; the rest is as the schedule says."""

    due_at: datetime | None
    expires_after_s: int
    reference: str | None
    metadata: dict[str, Any]


# A claimed row keeps its claim: the mark refuses it, for its lane has a new version, and the
# drain gives it back to its new time. What was resent keeps the time that it was given then.
_EDIT_ROWS = text("""
    WITH unmarked AS (
      SELECT occurrence_id, id, coalesce(CAST(:due_at AS timestamptz), due_at) AS due_at
        FROM deliveries
       WHERE occurrence_id = :occurrence_id AND status = 'scheduled'
       ORDER BY occurrence_id, id FOR NO KEY UPDATE
    )
    UPDATE deliveries d
       SET due_at = u.due_at,
           expires_at = greatest(
             u.due_at + make_interval(secs => :expires_after_s),
             CASE WHEN d.attempts > 0 THEN d.expires_at END),
           next_attempt_at = CASE
             WHEN d.next_attempt_at IS NULL OR CAST(:due_at AS timestamptz) IS NULL
             THEN d.next_attempt_at ELSE u.due_at END,
           reference = :reference, metadata = :metadata, updated_at = clock_timestamp()
      FROM unmarked u WHERE d.occurrence_id = u.occurrence_id AND d.id = u.id
""").bindparams(bindparam("metadata", type_=JSONB()))
_BEGUN = text("SELECT EXISTS (SELECT 1 FROM attempts WHERE occurrence_id = ANY(:ids))").bindparams(
    bindparam("ids", type_=ARRAY(Uuid()))
)


def change_schedule(session: Session, ref: Ref, values: Mapping[str, Any]) -> Schedule:
    """Apply a person's changes to a schedule that is locked; its version grows."""
    statement = (
        update(Schedule)
        .where(Schedule.workspace_id == ref.workspace_id, Schedule.id == ref.id)
        .values(**values, version=Schedule.version + 1)
        .returning(Schedule)
        .execution_options(populate_existing=True)
    )
    return session.scalars(statement).one()


def change_occurrence(session: Session, ref: Ref, values: Mapping[str, Any]) -> Occurrence:
    """Set when an occurrence is due, or its sender, in all their columns."""
    statement = (
        update(Occurrence)
        .where(Occurrence.workspace_id == ref.workspace_id, Occurrence.id == ref.id)
        .values(**values)
        .returning(Occurrence)
        .execution_options(populate_existing=True)
    )
    return session.scalars(statement).one()


def edit_rows(session: Session, occurrence_id: UUID, rows: Rows) -> None:
    """Change the rows that nobody has marked."""
    session.execute(
        _EDIT_ROWS,
        {
            "occurrence_id": occurrence_id,
            "due_at": rows.due_at,
            "expires_after_s": rows.expires_after_s,
            "reference": rows.reference,
            "metadata": rows.metadata,
        },
    )


def begun(session: Session, occurrence_ids: Collection[UUID]) -> bool:
    """Whether anything of these occurrences was ever marked."""
    return bool(session.execute(_BEGUN, {"ids": list(occurrence_ids)}).scalar_one())
