"""Changing what is planned: schedules and occurrences; of their rows, see ``row_edits``.

Callers hold the schedule's row and, where an occurrence is open, its lane's.
"""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, text, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Uuid

from app.domain.refs import Ref
from app.models.schedules import Occurrence, Schedule

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


def begun(session: Session, occurrence_ids: Collection[UUID]) -> bool:
    """Whether anything of these occurrences was ever marked."""
    return bool(session.execute(_BEGUN, {"ids": list(occurrence_ids)}).scalar_one())
