"""Edits of open occurrences: they hold from the commit, the rows follow in the background."""

from uuid import UUID

from sqlalchemy.orm import Session

from app.core import queue
from app.core.db import transaction
from app.domain.refs import Ref
from app.models.schedules import Occurrence
from app.repositories import row_edits
from app.repositories.row_edits import Rows

# In the request itself: most occurrences are edited as a whole before its answer.
_AT_ONCE = 1000
_BATCH = 5000
_ROUNDS = 300


def begin(session: Session, occurrence: Occurrence, rows: Rows) -> None:
    """Change an open occurrence's unmarked rows; its schedule is locked, no row of it yet."""
    row_edits.begin(session, Ref(occurrence.workspace_id, occurrence.id), rows)
    if row_edits.turn(session, occurrence.id, _AT_ONCE):
        queue.nudge(session, "dispatch.edit_rows", str(occurrence.id))


def go_on(occurrence_id: UUID) -> None:
    """Write an edit into the rows that it has not reached, a few thousand a transaction."""
    for _ in range(_ROUNDS):
        with transaction() as session:
            if not row_edits.turn(session, occurrence_id, _BATCH):
                return
