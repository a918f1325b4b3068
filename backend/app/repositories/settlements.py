"""Settling: what came of attempts, and of claimed rows that were not sent after all."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.core.prepared import Prepared, run
from app.domain.status_merge import shown_status_sql
from app.repositories import delivery_locks


@dataclass(frozen=True, slots=True)
class Settlement:
    """One row to settle.

    ``becomes``: ``accepted``, ``scheduled`` (again, after ``wait_s``), ``failed``,
    ``unconfirmed``, ``skipped``, ``expired``. ``outcome`` is the attempt's; both it and
    ``attempt_id`` are None for a claimed row that was never marked. ``max_tries`` above 0 makes
    a return a try: one more than that many and the delivery has failed. Other returns are
    deferrals, bounded only by its expiry.
    """

    occurrence_id: UUID
    delivery_id: UUID
    claim_id: UUID
    becomes: str
    attempt_id: UUID | None = None
    outcome: str | None = None
    reason: str | None = None
    detail: str | None = None
    wamid: str | None = None
    message_status: str | None = None
    meta_code: int | None = None
    http_status: int | None = None
    wait_s: float = 0
    max_tries: int = 0


_FIELDS = [field.name for field in fields(Settlement)]
_IDS = ("occurrence_id", "delivery_id", "claim_id", "attempt_id")
# "mine": the attempt is the delivery's current one and still open, or, for rows that were never
# marked, the claim still holds it. Facts that callbacks brought meanwhile win over all but
# "accepted", which only adds a fact. Whoever comes too late changes nothing.
_SETTLE = Prepared(
    f"""
    WITH u AS (
      SELECT * FROM json_to_recordset(:settlements)
        AS u(occurrence_id uuid, delivery_id uuid, claim_id uuid, becomes text, attempt_id uuid,
             outcome text, reason text, detail text, wamid text, message_status text,
             meta_code int, http_status int, wait_s float8, max_tries int)
    ), closed AS (
      UPDATE attempts a SET outcome = u.outcome, settled_at = clock_timestamp(),
             wamid = coalesce(a.wamid, u.wamid), meta_code = u.meta_code,
             http_status = u.http_status, detail = u.detail
        FROM u WHERE a.occurrence_id = u.occurrence_id AND a.id = u.attempt_id
         AND (a.outcome IS NULL OR a.outcome = 'unconfirmed')
    ), mine AS (
      SELECT u.*, d.workspace_id, d.status AS before,
             u.becomes = 'scheduled' AND u.max_tries > 0 AND d.tries >= u.max_tries AS exhausted
        FROM u JOIN deliveries d ON d.occurrence_id = u.occurrence_id AND d.id = u.delivery_id
       WHERE CASE
         WHEN u.attempt_id IS NULL THEN d.claim_id = u.claim_id AND d.status = 'scheduled'
              AND d.next_attempt_at IS NULL
         WHEN u.becomes = 'accepted' THEN d.attempt_id = u.attempt_id
         ELSE d.attempt_id = u.attempt_id AND d.status IN ('sending', 'unconfirmed')
       END
    ), after AS (
      UPDATE deliveries d SET
        wamid = coalesce(d.wamid, mine.wamid),
        message_status = coalesce(mine.message_status, d.message_status),
        accepted_at = CASE WHEN mine.becomes = 'accepted'
          THEN least(d.accepted_at, clock_timestamp()) ELSE d.accepted_at END,
        failed_at = CASE WHEN mine.becomes = 'failed' OR mine.exhausted
          THEN least(d.failed_at, clock_timestamp()) ELSE d.failed_at END,
        status = CASE
          WHEN mine.exhausted THEN 'failed'
          WHEN mine.becomes = 'accepted' AND d.sent_at IS NULL AND d.delivered_at IS NULL
            AND d.read_at IS NULL AND d.failed_at IS NULL THEN 'accepted'
          WHEN mine.becomes = 'accepted' THEN {shown_status_sql("d")}
          ELSE mine.becomes END,
        reason = CASE
          WHEN mine.exhausted THEN 'retries_exhausted'
          WHEN mine.becomes = 'accepted' THEN d.reason
          WHEN mine.becomes = 'expired' THEN coalesce(mine.reason, 'expired')
          ELSE mine.reason END,
        meta_code = CASE WHEN mine.becomes IN ('accepted', 'expired', 'skipped')
          THEN d.meta_code ELSE mine.meta_code END,
        detail = CASE WHEN mine.becomes IN ('accepted', 'expired') THEN d.detail
          ELSE mine.detail END,
        tries = d.tries + CASE WHEN mine.max_tries > 0 THEN 1 ELSE 0 END,
        deferrals = d.deferrals
          + CASE WHEN mine.becomes = 'scheduled' AND mine.max_tries = 0
                  AND mine.attempt_id IS NOT NULL THEN 1 ELSE 0 END,
        claim_id = NULL,
        next_attempt_at = CASE WHEN mine.becomes = 'scheduled' AND NOT mine.exhausted
          THEN greatest(d.due_at, least(d.expires_at,
               clock_timestamp() + make_interval(secs => mine.wait_s))) END,
        updated_at = clock_timestamp()
        FROM mine WHERE d.occurrence_id = mine.occurrence_id AND d.id = mine.delivery_id
      RETURNING d.workspace_id, d.occurrence_id, d.id, d.status, d.reason, mine.before,
                mine.attempt_id, mine.detail
    ), counted AS (
      INSERT INTO delivery_counts (workspace_id, occurrence_id, status, n)
      SELECT workspace_id, occurrence_id, step.status, sum(step.sign)
        FROM after
        CROSS JOIN LATERAL (VALUES (after.before, -1), (after.status, 1)) AS step(status, sign)
       WHERE after.before <> after.status
       GROUP BY workspace_id, occurrence_id, step.status
      HAVING sum(step.sign) <> 0
    ), noted AS (
      INSERT INTO delivery_events (workspace_id, occurrence_id, delivery_id, source, event, detail)
      SELECT workspace_id, occurrence_id, id, 'dispatcher', status,
             jsonb_strip_nulls(jsonb_build_object('reason', reason, 'detail', detail))
        FROM after WHERE attempt_id IS NULL AND before <> status
    )
    SELECT occurrence_id, id, status FROM after
    """,
    settlements="json",
)


def settle(session: Session, settlements: Sequence[Settlement]) -> list[tuple[UUID, UUID, str]]:
    """Settle a batch; returns ``(occurrence_id, delivery_id, status)`` of what changed."""
    changed = run(
        session,
        delivery_locks.lock([(row.occurrence_id, row.delivery_id) for row in settlements]),
        _SETTLE(settlements=json.dumps([_as_json(row) for row in settlements])),
    )
    return [(row[0], row[1], row[2]) for row in changed]


def _as_json(row: Settlement) -> dict[str, Any]:
    told = {name: getattr(row, name) for name in _FIELDS}
    for name in _IDS:
        told[name] = str(told[name]) if told[name] else None
    return told
