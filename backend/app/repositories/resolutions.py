"""Resolving what was left in doubt or failed: another attempt, or a person's word that it failed.

As everywhere, deliveries are locked in the order of their ids first; then one statement, which
sees what the lock waited for, decides. So of two people who resend the same row one succeeds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Uuid

Key = tuple[UUID, UUID]


@dataclass(frozen=True, slots=True)
class Resolver:
    """Who decides: ``source`` is ``person`` or ``api``, ``by`` their name in ledgers."""

    source: str
    by: str


def _of_rows(sql: str) -> Any:
    names = ("occurrence_ids", "ids")
    return text(sql).bindparams(*(bindparam(name, type_=ARRAY(Uuid())) for name in names))


_LOCK = _of_rows("""
    SELECT 1 FROM deliveries
     WHERE (occurrence_id, id) IN (SELECT * FROM unnest(:occurrence_ids, :ids))
     ORDER BY occurrence_id, id FOR NO KEY UPDATE
""")
_COUNT_AND_NOTE = """
    counted AS (
      INSERT INTO delivery_counts (workspace_id, occurrence_id, status, n)
      SELECT workspace_id, occurrence_id, step.status, sum(step.sign)
        FROM changed
        CROSS JOIN LATERAL (VALUES (changed.before, -1), (changed.status, 1)) AS step(status, sign)
       GROUP BY workspace_id, occurrence_id, step.status HAVING sum(step.sign) <> 0
    ), noted AS (
      INSERT INTO delivery_events (workspace_id, occurrence_id, delivery_id, source, event, detail)
      SELECT workspace_id, occurrence_id, id, :source, :event,
             jsonb_build_object('by', CAST(:by AS text), 'before', before)
        FROM changed
    )
    SELECT occurrence_id, id FROM changed
"""
# A callback may still bring news of the attempt: what it keeps (its meta_code) and what is
# emptied here is what the merge of status reports builds on. The time allowed counts anew.
_RESEND = _of_rows(f"""
    WITH wanted AS (
      SELECT d.occurrence_id, d.id, d.status AS before, d.attempt_id
        FROM unnest(:occurrence_ids, :ids) AS w(occurrence_id, id)
        JOIN deliveries d ON d.occurrence_id = w.occurrence_id AND d.id = w.id
        LEFT JOIN attempts a ON a.occurrence_id = d.occurrence_id AND a.id = d.attempt_id
       WHERE d.workspace_id = :workspace_id AND d.status IN ('unconfirmed', 'failed')
         AND NOT (a.outcome IS NOT DISTINCT FROM 'unconfirmed'
                  AND a.marked_at > clock_timestamp() - make_interval(secs => :wait_s))
    ), superseded AS (
      UPDATE attempts a SET superseded_at = clock_timestamp()
        FROM wanted
       WHERE a.occurrence_id = wanted.occurrence_id AND a.delivery_id = wanted.id
         AND a.superseded_at IS NULL
         AND (a.id = wanted.attempt_id OR a.outcome IS NULL
              OR a.outcome IN ('accepted', 'unconfirmed'))
    ), changed AS (
      UPDATE deliveries d SET status = 'scheduled', next_attempt_at = clock_timestamp(),
             claim_id = NULL, marked_at = NULL, wamid = NULL, message_status = NULL,
             accepted_at = NULL, sent_at = NULL, failed_at = NULL, errors = NULL,
             pricing = NULL, reason = NULL, meta_code = NULL, detail = NULL, tries = 0,
             expires_at = greatest(d.expires_at, clock_timestamp() + (d.expires_at - d.due_at)),
             updated_at = clock_timestamp()
        FROM wanted WHERE d.occurrence_id = wanted.occurrence_id AND d.id = wanted.id
      RETURNING d.workspace_id, d.occurrence_id, d.id, d.status, wanted.before
    ), {_COUNT_AND_NOTE}
""")
_MARK_FAILED = _of_rows(f"""
    WITH changed AS (
      UPDATE deliveries d SET status = 'failed', reason = 'marked_failed',
             failed_at = clock_timestamp(), updated_at = clock_timestamp()
        FROM unnest(:occurrence_ids, :ids) AS w(occurrence_id, id)
       WHERE d.occurrence_id = w.occurrence_id AND d.id = w.id
         AND d.workspace_id = :workspace_id AND d.status = 'unconfirmed'
      RETURNING d.workspace_id, d.occurrence_id, d.id, d.status, 'unconfirmed' AS before
    ), {_COUNT_AND_NOTE}
""")
_WAITS = text("""
    SELECT extract(epoch FROM a.marked_at + make_interval(secs => :wait_s) - clock_timestamp())
      FROM deliveries d JOIN attempts a ON a.occurrence_id = d.occurrence_id AND a.id = d.attempt_id
     WHERE d.occurrence_id = :occurrence_id AND d.id = :id AND a.outcome = 'unconfirmed'
""")
_LANE_OF = text("""
    SELECT d.sender_id, a.message_version_id, v.category, d.schedule_id
      FROM deliveries d
      JOIN attempts a ON a.occurrence_id = d.occurrence_id AND a.id = d.attempt_id
      JOIN message_versions v ON v.id = a.message_version_id
     WHERE d.occurrence_id = :occurrence_id AND d.id = :id
""")


def resend(
    session: Session, workspace_id: UUID, keys: Sequence[Key], who: Resolver, wait_s: float
) -> set[Key]:
    """Supersede the open attempts and schedule again; the keys of the rows that changed.

    ``keys`` are ``(occurrence_id, id)``. Left alone are rows that are neither unconfirmed nor
    failed, and those whose attempt is in doubt for less than ``wait_s`` since its mark.
    """
    return _resolve(session, _RESEND, workspace_id, keys, who, event="resend", wait_s=wait_s)


def mark_failed(
    session: Session, workspace_id: UUID, keys: Sequence[Key], who: Resolver
) -> set[Key]:
    """Settle unconfirmed rows as failed; the keys of those that changed."""
    return _resolve(session, _MARK_FAILED, workspace_id, keys, who, event="mark_failed")


def seconds_to_wait(session: Session, key: Key, wait_s: float) -> float:
    """Until an attempt in doubt may be superseded; 0 or less when it may."""
    values = {"occurrence_id": key[0], "id": key[1], "wait_s": wait_s}
    return float(session.execute(_WAITS, values).scalar_one_or_none() or 0)


def lane_of(session: Session, key: Key) -> Row[Any] | None:
    """``(sender_id, message_version_id, category, schedule_id)`` of the latest attempt."""
    return session.execute(_LANE_OF, {"occurrence_id": key[0], "id": key[1]}).one_or_none()


def _resolve(
    session: Session,
    statement: Any,
    workspace_id: UUID,
    keys: Sequence[Key],
    who: Resolver,
    **more: Any,
) -> set[Key]:
    ordered = sorted(keys)
    rows = {"occurrence_ids": [key[0] for key in ordered], "ids": [key[1] for key in ordered]}
    session.execute(_LOCK, rows)
    values = {"workspace_id": workspace_id, "source": who.source, "by": who.by, **more}
    return {(row[0], row[1]) for row in session.execute(statement, {**rows, **values})}
