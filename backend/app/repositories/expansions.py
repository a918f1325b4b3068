"""Opening an occurrence: one row for each person of its audience, in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Uuid

_AUDIENCE = """
    SELECT p.recipient_id FROM (
      SELECT m.recipient_id FROM group_members m
       WHERE m.workspace_id = :workspace_id AND m.group_id = ANY(:group_ids)
      UNION
      SELECT unnest(:recipient_ids)
    ) p
    WHERE NOT EXISTS (
      SELECT 1 FROM group_members x
       WHERE x.workspace_id = :workspace_id AND x.recipient_id = p.recipient_id
         AND x.group_id = ANY(:exclude_group_ids))
"""
_GROUPS = ("group_ids", "recipient_ids", "exclude_group_ids")


def _with_ids(sql: str) -> Any:
    return text(sql).bindparams(*(bindparam(name, type_=ARRAY(Uuid())) for name in _GROUPS))


_COUNT = _with_ids(f"""
    SELECT count(*) FROM recipients r
     WHERE r.workspace_id = :workspace_id AND r.erased_at IS NULL AND r.id IN ({_AUDIENCE})
""")
_LOCK = (
    text("SELECT 1 FROM workspaces WHERE id = :workspace_id FOR SHARE"),
    text("SELECT 1 FROM senders WHERE id = :sender_id FOR SHARE"),
    text("SELECT 1 FROM schedules WHERE id = :schedule_id FOR SHARE"),
)
# Two recipients with one WhatsApp account get one message: the older recipient's.
# Whether a person's window is open is judged when the message leaves, not here.
# "kept" and "first" serve an edit: who is to get it already keeps that.
_EXPAND = """
    WITH people AS (
      SELECT r.id, r.reachable, r.unreachable_reason, r.consent_all, r.consent_marketing,
             coalesce(r.phone, r.whatsapp_user_id) AS address,
             row_number() OVER (
               PARTITION BY coalesce(r.wa_id, r.phone, r.whatsapp_user_id, r.id::text)
               ORDER BY {first} r.id) AS place
        FROM recipients r {kept}
       WHERE r.workspace_id = :workspace_id AND r.erased_at IS NULL AND r.id IN ({audience})
    ), judged AS (
      SELECT id, CASE
          WHEN address IS NULL THEN 'no_phone'
          WHEN unreachable_reason = 'number_not_valid' THEN 'invalid_number'
          WHEN NOT reachable THEN 'unreachable'
          WHEN consent_all = 'opted_out' THEN 'opted_out'
          WHEN :category = 'marketing' AND consent_marketing = 'opted_out' THEN 'opted_out'
          WHEN :category = 'marketing' AND :requires_opt_in
            AND consent_marketing <> 'opted_in' THEN 'no_consent'
          WHEN place > 1 THEN 'same_number'
        END AS reason
        FROM people
    ), made AS (
      INSERT INTO deliveries (occurrence_id, id, workspace_id, recipient_id, sender_id,
                              schedule_id, origin, status, reason, due_at, next_attempt_at,
                              expires_at, reference, metadata)
      SELECT :occurrence_id, uuidv7(), :workspace_id, id, :sender_id, :schedule_id, 'schedule',
             CASE WHEN reason IS NULL THEN 'scheduled' ELSE 'skipped' END, reason,
             :due_at, CASE WHEN reason IS NULL THEN CAST(:due_at AS timestamptz) END,
             CAST(:due_at AS timestamptz) + make_interval(secs => :expires_after_s),
             :reference, CAST(:metadata AS jsonb)
        FROM judged ORDER BY id
      ON CONFLICT (occurrence_id, recipient_id) DO NOTHING
      RETURNING status
    ), sums AS (
      SELECT status, count(*) AS n FROM made GROUP BY status
    ), counted AS (
      INSERT INTO delivery_counts (workspace_id, occurrence_id, status, n)
      SELECT :workspace_id, :occurrence_id, status, n FROM sums
    )
    SELECT coalesce(sum(n), 0)::int AS audience,
           coalesce(sum(n) FILTER (WHERE status = 'scheduled'), 0)::int AS to_send FROM sums
"""
_EXPAND_FIRST = _with_ids(_EXPAND.format(audience=_AUDIENCE, first="", kept=""))
_EXPAND_AGAIN = _with_ids(
    _EXPAND.format(
        audience=_AUDIENCE,
        first="(k.id IS NULL),",
        kept="""LEFT JOIN deliveries k ON k.occurrence_id = :occurrence_id
                AND k.recipient_id = r.id AND k.status = 'scheduled'""",
    )
)
# Before anything was marked an edit judges everybody anew. Who was skipped, or was removed and
# is back, gets a new row; nothing was ever tried with the old one.
_FORGET = _with_ids(f"""
    WITH gone AS (
      DELETE FROM deliveries d
       WHERE d.occurrence_id = :occurrence_id AND d.attempts = 0
         AND (d.status = 'skipped' OR d.status = 'cancelled' AND d.reason = 'edited'
              AND d.recipient_id IN ({_AUDIENCE}))
      RETURNING d.id, d.status
    ), silent AS (
      DELETE FROM delivery_events e USING gone
       WHERE e.occurrence_id = :occurrence_id AND e.delivery_id = gone.id
    )
    INSERT INTO delivery_counts (workspace_id, occurrence_id, status, n)
    SELECT :workspace_id, :occurrence_id, status, -count(*) FROM gone GROUP BY status
""")
_REMOVE = _with_ids(f"""
    WITH away AS (
      SELECT occurrence_id, id FROM deliveries
       WHERE occurrence_id = :occurrence_id AND status = 'scheduled'
         AND recipient_id NOT IN ({_AUDIENCE})
       ORDER BY occurrence_id, id FOR NO KEY UPDATE
    ), cancelled AS (
      UPDATE deliveries d SET status = 'cancelled', reason = 'edited', next_attempt_at = NULL,
             claim_id = NULL, updated_at = clock_timestamp()
        FROM away WHERE d.occurrence_id = away.occurrence_id AND d.id = away.id
      RETURNING d.id
    ), noted AS (
      INSERT INTO delivery_events (workspace_id, occurrence_id, delivery_id, source, event, detail)
      SELECT :workspace_id, :occurrence_id, id, 'planner', 'cancelled',
             jsonb_build_object('reason', 'edited') FROM cancelled
    )
    INSERT INTO delivery_counts (workspace_id, occurrence_id, status, n)
    SELECT :workspace_id, :occurrence_id, step.status, step.sign * count(*)
      FROM cancelled CROSS JOIN (VALUES ('scheduled', -1), ('cancelled', 1)) AS step(status, sign)
     GROUP BY step.status, step.sign
""")
_RECOUNT = text("""
    UPDATE occurrences SET audience = (
             SELECT count(*) FROM deliveries WHERE occurrence_id = :occurrence_id
                AND NOT (status = 'cancelled' AND reason = 'edited'))
     WHERE id = :occurrence_id
""")
_OPEN = text("""
    UPDATE occurrences SET status = 'open', audience = :audience,
           opened_at = clock_timestamp()
     WHERE id = :occurrence_id AND status = 'planned'
    RETURNING id
""")


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a schedule is for, as ids of one workspace."""

    workspace_id: UUID
    group_ids: Sequence[UUID]
    recipient_ids: Sequence[UUID]
    exclude_group_ids: Sequence[UUID]

    def values(self) -> dict[str, Any]:
        """As parameters of the statements here."""
        return {
            "workspace_id": self.workspace_id,
            "group_ids": list(self.group_ids),
            "recipient_ids": list(self.recipient_ids),
            "exclude_group_ids": list(self.exclude_group_ids),
        }


@dataclass(frozen=True, slots=True)
class Opening:
    """What an occurrence is opened with."""

    occurrence_id: UUID
    schedule_id: UUID
    sender_id: UUID
    message_version_id: UUID
    category: str
    requires_opt_in: bool
    service_window: str
    daily_limit: str
    priority: int
    version: int
    max_rate_mps: int | None
    due_at: datetime
    expires_after_s: int
    reference: str | None
    metadata: str


def size(session: Session, audience: Audience) -> int:
    """How many people an audience has now."""
    return int(session.execute(_COUNT, audience.values()).scalar_one())


def lock(session: Session, workspace_id: UUID, sender_id: UUID, schedule_id: UUID) -> None:
    """Hold off whoever pauses, cancels or edits, in the order that they use too."""
    values = {"workspace_id": workspace_id, "sender_id": sender_id, "schedule_id": schedule_id}
    for statement in _LOCK:
        session.execute(statement, values)


def expand(session: Session, audience: Audience, opening: Opening) -> tuple[int, int]:
    """Make the deliveries; ``(people in the audience, people to send to)``."""
    row = session.execute(_EXPAND_FIRST, _values(audience, opening)).one()
    return row.audience, row.to_send


def expand_again(session: Session, audience: Audience, opening: Opening) -> None:
    """Make the rows of an open occurrence, of which nothing was marked, fit what was edited.

    Rows that stay keep their ids; who left the audience is ``cancelled``, reason ``edited``.
    The lane is locked already.
    """
    values = _values(audience, opening)
    for statement in (_FORGET, _REMOVE, _EXPAND_AGAIN, _RECOUNT):
        session.execute(statement, values)


def _values(audience: Audience, opening: Opening) -> dict[str, Any]:
    return {
        **audience.values(),
        "occurrence_id": opening.occurrence_id,
        "schedule_id": opening.schedule_id,
        "sender_id": opening.sender_id,
        "category": opening.category,
        "requires_opt_in": opening.requires_opt_in,
        "due_at": opening.due_at,
        "expires_after_s": opening.expires_after_s,
        "reference": opening.reference,
        "metadata": opening.metadata,
    }


def mark_open(session: Session, occurrence_id: UUID, audience: int) -> bool:
    """Open a planned occurrence; False when it no longer is."""
    row = session.execute(_OPEN, {"occurrence_id": occurrence_id, "audience": audience})
    return row.first() is not None
