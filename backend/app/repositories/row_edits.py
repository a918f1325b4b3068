"""Changing the rows that nobody has marked, at once however many there are.

The edit is one row beside the occurrence; whoever claims, marks or reads a delivery that it has
not reached yet takes the edit's values. A job writes them into the rows, a few thousand in a
transaction. A job locks the edit before deliveries, so whoever begins an edit does it before
touching any of them.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from app.domain.refs import Ref

# Before every row.
_FIRST = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Rows:
    """What unmarked rows become: ``due_at`` None leaves it; the rest is as the schedule says."""

    due_at: datetime | None
    expires_after_s: int
    reference: str | None
    metadata: dict[str, Any]


def joined(d: str) -> str:
    """Join as ``e`` the edit that has not reached the delivery ``d`` yet, if there is one."""
    return f"""LEFT JOIN row_edits e ON e.occurrence_id = {d}.occurrence_id
              AND {d}.id > e.turned_to"""


def due_at(d: str) -> str:
    """When the delivery ``d`` is due with the edit ``e``; what was tried keeps its time."""
    return f"CASE WHEN {d}.attempts = 0 THEN coalesce(e.due_at, {d}.due_at) ELSE {d}.due_at END"


def expires_at(d: str) -> str:
    """When ``d`` expires with the edit ``e``; what was resent keeps the time it was given then."""
    return f"""CASE WHEN e.occurrence_id IS NULL THEN {d}.expires_at ELSE greatest(
             {due_at(d)} + make_interval(secs => e.expires_after_s),
             CASE WHEN {d}.attempts > 0 THEN {d}.expires_at END) END"""


# An edit that an earlier one is still on its way with starts from the first row again.
_BEGIN = text("""
    INSERT INTO row_edits (occurrence_id, workspace_id, due_at, expires_after_s, reference,
                           metadata, turned_to)
    VALUES (:occurrence_id, :workspace_id, :due_at, :expires_after_s, :reference, :metadata,
            :first)
    ON CONFLICT (occurrence_id) DO UPDATE SET
      due_at = coalesce(EXCLUDED.due_at, row_edits.due_at),
      expires_after_s = EXCLUDED.expires_after_s, reference = EXCLUDED.reference,
      metadata = EXCLUDED.metadata, turned_to = EXCLUDED.turned_to
""").bindparams(bindparam("metadata", type_=JSONB()))
_LOCK = text("SELECT 1 FROM row_edits WHERE occurrence_id = :occurrence_id FOR UPDATE")
# As scalar subqueries the bounds are index conditions: each batch begins where the last ended.
_TURNED_TO = "(SELECT turned_to FROM row_edits WHERE occurrence_id = :occurrence_id)"
# A claimed row keeps its claim: the mark refuses it, for its lane has a new version, and the
# drain gives it back to its new time.
_TURN = text(f"""
    WITH span AS (
      SELECT id FROM deliveries
       WHERE occurrence_id = :occurrence_id AND id > {_TURNED_TO}
       ORDER BY id LIMIT :most
    ), last AS (
      SELECT id FROM span ORDER BY id DESC LIMIT 1
    ), unmarked AS (
      SELECT occurrence_id, id FROM deliveries
       WHERE occurrence_id = :occurrence_id AND id > {_TURNED_TO}
         AND id <= (SELECT id FROM last) AND status = 'scheduled'
       ORDER BY occurrence_id, id FOR NO KEY UPDATE
    ), turned AS (
      UPDATE deliveries d
         SET due_at = {due_at("d")}, expires_at = {expires_at("d")},
             next_attempt_at = CASE
               WHEN d.next_attempt_at IS NULL OR e.due_at IS NULL OR d.attempts > 0
               THEN d.next_attempt_at ELSE e.due_at END,
             reference = e.reference, metadata = e.metadata, updated_at = clock_timestamp()
        FROM unmarked u JOIN row_edits e ON e.occurrence_id = u.occurrence_id
       WHERE d.occurrence_id = u.occurrence_id AND d.id = u.id AND d.status = 'scheduled'
    )
    UPDATE row_edits SET turned_to = (SELECT id FROM last)
     WHERE occurrence_id = :occurrence_id AND EXISTS (SELECT 1 FROM last)
    RETURNING (SELECT count(*) FROM span) = :most AS more
""")
_END = text("DELETE FROM row_edits WHERE occurrence_id = :occurrence_id")
_OPEN = text("SELECT occurrence_id FROM row_edits ORDER BY created_at LIMIT 100")


def begin(session: Session, occurrence: Ref, rows: Rows) -> None:
    """Have the rows of an open occurrence, whose schedule is locked, become ``rows``."""
    session.execute(
        _BEGIN,
        {
            "occurrence_id": occurrence.id,
            "workspace_id": occurrence.workspace_id,
            "due_at": rows.due_at,
            "expires_after_s": rows.expires_after_s,
            "reference": rows.reference,
            "metadata": rows.metadata,
            "first": _FIRST,
        },
    )


def turn(session: Session, occurrence_id: UUID, most: int) -> bool:
    """Write an edit into the next ``most`` rows; False, and the edit forgotten, at the end."""
    values = {"occurrence_id": occurrence_id, "most": most}
    if session.execute(_LOCK, values).first() is None:
        return False
    # A statement of its own: it sees where another job, waited for by the lock, has come to.
    more = bool(session.execute(_TURN, values).scalar_one_or_none())
    if not more:
        session.execute(_END, values)
    return more


def on_their_way(session: Session) -> list[UUID]:
    """Occurrences whose rows an edit has not all reached."""
    return list(session.scalars(_OPEN))
