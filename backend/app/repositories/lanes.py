"""Lanes: open occurrences at a sender. All that can stop a send updates these rows."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Row, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Uuid

from app.core.prepared import Prepared, run
from app.domain.refs import Ref


@dataclass(frozen=True, slots=True)
class DueLane:
    """A lane with work: ``due_in`` is seconds until its next row may go (negative: overdue).

    ``people_per_day``: to how many people its sender's portfolio may write first; None: to all.
    """

    occurrence_id: UUID
    schedule_id: UUID | None
    workspace_id: UUID
    message_version_id: UUID
    priority: int
    version: int
    max_rate_mps: int | None
    category: str
    service_window: str
    due_in: float
    daily_limit: str = "spread"
    people_per_day: int | None = None


# Bare clock_timestamp() is volatile and would read the index to its end; as a scalar subquery
# it is evaluated once and becomes an index condition. What an edit has put off isn't due, though
# its rows may not say so yet.
_DUE = Prepared(
    """
    SELECT l.occurrence_id, l.schedule_id, l.workspace_id, l.message_version_id, l.priority,
           l.version, l.max_rate_mps, l.category, l.service_window,
           extract(epoch FROM n.next_attempt_at - clock_timestamp())::float8 AS due_in,
           l.daily_limit, s.messaging_limit
      FROM lanes l
      JOIN senders s ON s.id = l.sender_id
      LEFT JOIN row_edits e ON e.occurrence_id = l.occurrence_id
      CROSS JOIN LATERAL (
        SELECT greatest(d.next_attempt_at, e.due_at) AS next_attempt_at FROM deliveries d
         WHERE d.occurrence_id = l.occurrence_id AND d.next_attempt_at IS NOT NULL
         ORDER BY d.next_attempt_at, d.id LIMIT 1) n
     WHERE l.sender_id = :sender_id AND l.state = 'runnable' AND l.sender_active
       AND n.next_attempt_at
           <= (SELECT clock_timestamp() + make_interval(secs => :within_s))
     ORDER BY l.priority, n.next_attempt_at, l.occurrence_id
     LIMIT :most
    """,
    sender_id="uuid",
    within_s="float8",
    most="int",
)
_WAITING = text("""
    SELECT l.occurrence_id, l.priority, l.max_rate_mps, s.throughput_mps, n.rest,
           greatest(extract(epoch FROM o.due_at - clock_timestamp()), 0)::float8 AS due_in
      FROM lanes l
      JOIN senders s ON s.workspace_id = l.workspace_id AND s.id = l.sender_id
      JOIN occurrences o ON o.workspace_id = l.workspace_id AND o.id = l.occurrence_id
      CROSS JOIN LATERAL (
        SELECT coalesce(sum(c.n), 0)::int AS rest FROM delivery_counts c
         WHERE c.occurrence_id = l.occurrence_id AND c.status IN ('scheduled', 'sending')) n
     WHERE l.workspace_id = :workspace_id AND l.sender_id = :sender_id
       AND l.state = 'runnable' AND l.sender_active
     ORDER BY l.priority, o.due_at, l.occurrence_id
     LIMIT 200
""")
_SET_STATE = text("""
    UPDATE lanes SET state = :state
     WHERE occurrence_id = :occurrence_id AND state <> :state AND state <> 'cancelled'
    RETURNING sender_id
""")
# Locked by itself first: the sum must be read by a statement that sees what the lock waited for.
_LOCK = text("SELECT 1 FROM lanes WHERE occurrence_id = :occurrence_id FOR UPDATE")
_REMOVE_DIRECT = text("""
    DELETE FROM lanes l
     WHERE l.occurrence_id = :occurrence_id AND l.schedule_id IS NULL
       AND 0 = (SELECT coalesce(sum(c.n), 0) FROM delivery_counts c
                 WHERE c.occurrence_id = l.occurrence_id
                   AND c.status IN ('scheduled', 'sending'))
""")
_OWNERS = text("""
    SELECT occurrence_id, workspace_id, schedule_id FROM (
      SELECT occurrence_id, workspace_id, schedule_id FROM lanes
       WHERE occurrence_id = ANY(:ids)
      UNION
      SELECT id, workspace_id, schedule_id FROM occurrences WHERE id = ANY(:ids)) known
""").bindparams(bindparam("ids", type_=ARRAY(Uuid())))
_VERSION = text("""
    SELECT message_version_id FROM lanes
     WHERE occurrence_id = :occurrence_id AND workspace_id = :workspace_id LIMIT 1
""")
_INSERT = """
    INSERT INTO lanes (occurrence_id, sender_id, workspace_id, schedule_id, message_version_id,
                       priority, state, version, max_rate_mps, service_window, category,
                       daily_limit, sender_active)
    SELECT :occurrence_id, s.id, s.workspace_id, :schedule_id, :message_version_id, :priority,
           :state, :version, :max_rate_mps, :service_window, :category, :daily_limit,
           s.status = 'active'
      FROM senders s WHERE s.id = :sender_id
    ON CONFLICT (occurrence_id, sender_id) DO UPDATE SET
"""
_OPEN = text(f"{_INSERT} priority = lanes.priority")
_RENEW = text(f"""{_INSERT}
    message_version_id = EXCLUDED.message_version_id, category = EXCLUDED.category,
    priority = EXCLUDED.priority, version = EXCLUDED.version,
    max_rate_mps = EXCLUDED.max_rate_mps, service_window = EXCLUDED.service_window,
    daily_limit = EXCLUDED.daily_limit
""")
_REMOVE = text("DELETE FROM lanes WHERE occurrence_id = :occurrence_id")


def due(session: Session, sender_id: UUID, within_s: float, most: int = 500) -> list[DueLane]:
    """Lanes of a sender with a row due within ``within_s``, most urgent first."""
    rows = run(session, _DUE(sender_id=str(sender_id), within_s=within_s, most=most))
    return [DueLane(*row) for row in rows]


def waiting(session: Session, sender: Ref) -> list[Row[UUID, int, int | None, int, int, float]]:
    """``(occurrence_id, priority, max_rate_mps, throughput_mps, rest, due_in)`` of a sender's
    schedules that may be sent, most urgent first."""
    values = {"workspace_id": sender.workspace_id, "sender_id": sender.id}
    return list(session.execute(_WAITING, values))


def set_state(session: Session, occurrence_id: UUID, state: str) -> UUID | None:
    """Pause, hold, resume or cancel at once; returns the sender, None when nothing changed."""
    return session.execute(
        _SET_STATE, {"occurrence_id": occurrence_id, "state": state}
    ).scalar_one_or_none()


def remove(session: Session, occurrence_id: UUID) -> None:
    """Close the lanes of an occurrence that has nothing left to send."""
    session.execute(_REMOVE, {"occurrence_id": occurrence_id})


def remove_direct_if_done(session: Session, occurrence_id: UUID) -> None:
    """Close the lane of a direct send that has left or ended."""
    session.execute(_LOCK, {"occurrence_id": occurrence_id})
    session.execute(_REMOVE_DIRECT, {"occurrence_id": occurrence_id})


def message_version(session: Session, ref: Ref) -> UUID | None:
    """The message version that an open occurrence is sent with."""
    values = {"occurrence_id": ref.id, "workspace_id": ref.workspace_id}
    return session.execute(_VERSION, values).scalar_one_or_none()


def owners(session: Session, ids: Collection[UUID]) -> list[Row[UUID, UUID, UUID | None]]:
    """``(occurrence_id, workspace_id, schedule_id)`` of occurrences, open or not."""
    return list(session.execute(_OWNERS, {"ids": list(ids)}))


def open_lane(
    session: Session,
    *,
    occurrence_id: UUID,
    sender_id: UUID,
    schedule_id: UUID | None,
    message_version_id: UUID,
    category: str,
    service_window: str,
    priority: int,
    version: int = 1,
    max_rate_mps: int | None = None,
    daily_limit: str = "spread",
    state: str = "runnable",
    renew: bool = False,
) -> None:
    """Make the lane through which an occurrence's deliveries leave, or lock the one there is.

    With ``renew`` that one takes all values but its state: what was prepared under another
    ``version`` is not marked any more.
    """
    session.execute(
        _RENEW if renew else _OPEN,
        {
            "occurrence_id": occurrence_id,
            "sender_id": sender_id,
            "schedule_id": schedule_id,
            "message_version_id": message_version_id,
            "category": category,
            "service_window": service_window,
            "priority": priority,
            "version": version,
            "max_rate_mps": max_rate_mps,
            "daily_limit": daily_limit,
            "state": state,
        },
    )
