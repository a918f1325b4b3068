"""Occurrences that begin to send, and those that have nothing left to send."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.orm import Session

from app.core import live
from app.core.db import transaction
from app.domain.refs import Ref
from app.repositories import lanes, occurrences, schedules


def note_started(occurrence_ids: Collection[UUID]) -> None:
    """These occurrences send now: so do their schedules."""
    with transaction() as session:
        for row in occurrences.start(session, sorted(occurrence_ids)):
            _announce(session, Ref(row.workspace_id, row.id), row.status)


def complete_if_done(occurrence_id: UUID) -> None:
    """Complete an occurrence without anything scheduled or sending; close its lane."""
    with transaction() as session:
        row = occurrences.complete(session, occurrence_id)
        if row is not None:
            lanes.remove(session, occurrence_id)
            ref = Ref(row.workspace_id, row.schedule_id)
            _announce(session, ref, schedules.status_of(session, ref))
        else:
            lanes.remove_direct_if_done(session, occurrence_id)


def _announce(session: Session, ref: Ref, status: str | None) -> None:
    live.announce(session, ref.workspace_id, "schedule.updated", id=ref.id, status=status)
