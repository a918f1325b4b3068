"""The mark: the commit after which a byte may leave.

Two steps in one transaction. First the locks, each set in the order of its ids: lanes, then
recipients, then deliveries; whatever stops a send takes them in the same order. Then, in a
statement with a new snapshot, which therefore sees what the locks waited for, the checks, the
attempts, the deliveries and the counters together.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core.prepared import Prepared, run, uuids
from app.repositories import delivery_locks, row_edits
from app.repositories.drains import Lease


@dataclass(frozen=True, slots=True)
class MarkRow:
    """One delivery about to leave: under which claim, lane version and attempt."""

    occurrence_id: UUID
    delivery_id: UUID
    recipient_id: UUID
    attempt_id: UUID
    claim_id: UUID
    version: int
    parameters: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """What of it the mark is told; the recipient's id is for the locks."""
        return {
            "occurrence_id": str(self.occurrence_id),
            "delivery_id": str(self.delivery_id),
            "attempt_id": str(self.attempt_id),
            "claim_id": str(self.claim_id),
            "version": self.version,
            "parameters": self.parameters,
        }


_LOCK_LANES = Prepared(
    """
    SELECT count(*) FROM (
      SELECT 1 FROM lanes WHERE occurrence_id = ANY(:occurrence_ids) AND sender_id = :sender_id
       ORDER BY occurrence_id FOR SHARE) locked
    """,
    occurrence_ids="uuid[]",
    sender_id="uuid",
)
_LOCK_RECIPIENTS = Prepared(
    """
    SELECT count(*) FROM (
      SELECT 1 FROM recipients WHERE workspace_id = :workspace_id AND id = ANY(:recipient_ids)
       ORDER BY id FOR SHARE) locked
    """,
    workspace_id="uuid",
    recipient_ids="uuid[]",
)
# The verdicts, first match wins. "lost": not ours any more. "release": may go later, claim anew.
# An edit that has not reached the row yet is obeyed here, and written with the mark.
_MARK = Prepared(
    f"""
    WITH job AS (
      SELECT * FROM json_to_recordset(:rows)
        AS j(occurrence_id uuid, delivery_id uuid, attempt_id uuid, claim_id uuid, version int,
             parameters jsonb)
    ), judged AS (
      SELECT job.*, d.workspace_id, d.recipient_id, d.attempts, l.message_version_id,
        {row_edits.due_at("d")} AS due_at, {row_edits.expires_at("d")} AS expires_at,
        CASE WHEN e.occurrence_id IS NULL THEN d.reference ELSE e.reference END AS reference,
        CASE WHEN e.occurrence_id IS NULL THEN d.metadata ELSE e.metadata END AS metadata,
        CASE
          WHEN d.claim_id IS DISTINCT FROM job.claim_id OR d.status <> 'scheduled'
            OR d.next_attempt_at IS NOT NULL OR drain.sender_id IS NULL THEN 'lost'
          WHEN l.state IS DISTINCT FROM 'runnable' OR NOT l.sender_active
            OR l.version <> job.version OR s.status <> 'active'
            OR {row_edits.due_at("d")} > clock_timestamp()
            OR guard.held_for IS NOT NULL
            OR l.category = 'marketing' AND r.marketing_paused_until > clock_timestamp()
            THEN 'release'
          WHEN {row_edits.expires_at("d")} <= clock_timestamp() THEN 'expired'
          WHEN r.id IS NULL OR r.erased_at IS NOT NULL
            OR coalesce(r.phone, r.whatsapp_user_id) IS NULL THEN 'no_phone'
          WHEN r.consent_all = 'opted_out' THEN 'opted_out'
          WHEN l.category = 'marketing' AND r.consent_marketing = 'opted_out' THEN 'opted_out'
          WHEN l.category = 'marketing' AND ws.marketing_requires_opt_in
            AND r.consent_marketing <> 'opted_in' THEN 'no_consent'
          WHEN v.kind <> 'template' AND l.service_window = 'enforce' AND NOT coalesce(
            w.last_inbound_at > clock_timestamp() - interval '23 hours 59 minutes', false)
            THEN 'window_closed'
          WHEN v.kind = 'template' AND t.status IS DISTINCT FROM 'APPROVED'
            THEN 'template_unavailable'
          WHEN v.kind = 'template' AND t.category <> l.category THEN 'template_changed'
          ELSE 'mark'
        END AS verdict
        FROM job
        JOIN deliveries d ON d.occurrence_id = job.occurrence_id AND d.id = job.delivery_id
        {row_edits.joined("d")}
        JOIN workspaces ws ON ws.id = d.workspace_id
        JOIN senders s ON s.id = d.sender_id
        LEFT JOIN dispatch_guard guard ON guard.is_only
        LEFT JOIN sender_drains drain ON drain.sender_id = :sender_id AND drain.epoch = :epoch
        LEFT JOIN lanes l ON l.occurrence_id = d.occurrence_id AND l.sender_id = d.sender_id
        LEFT JOIN message_versions v ON v.id = l.message_version_id
        LEFT JOIN templates t ON t.workspace_id = d.workspace_id
              AND t.id = CAST(v.content ->> 'template_id' AS uuid)
        LEFT JOIN recipients r ON r.workspace_id = d.workspace_id AND r.id = d.recipient_id
        LEFT JOIN service_windows w ON w.workspace_id = d.workspace_id
              AND w.recipient_id = d.recipient_id AND w.sender_id = d.sender_id
    ), written AS (
      INSERT INTO attempts (occurrence_id, id, workspace_id, delivery_id, recipient_id, sender_id,
                            number, claim_id, worker, epoch, schedule_version,
                            message_version_id, parameters)
      SELECT occurrence_id, attempt_id, workspace_id, delivery_id, recipient_id, :sender_id,
             attempts + 1, claim_id, :worker, :epoch, version, message_version_id, parameters
        FROM judged WHERE verdict = 'mark'
    ), marked AS (
      UPDATE deliveries d SET status = 'sending', attempts = d.attempts + 1,
             attempt_id = judged.attempt_id, marked_at = clock_timestamp(),
             due_at = judged.due_at, expires_at = judged.expires_at,
             reference = judged.reference, metadata = judged.metadata,
             updated_at = clock_timestamp()
        FROM judged
       WHERE verdict = 'mark' AND d.occurrence_id = judged.occurrence_id
         AND d.id = judged.delivery_id
    ), counted AS (
      INSERT INTO delivery_counts (workspace_id, occurrence_id, status, n)
      SELECT workspace_id, occurrence_id, step.status, step.sign * count(*)
        FROM judged CROSS JOIN (VALUES ('scheduled', -1), ('sending', 1)) AS step(status, sign)
       WHERE verdict = 'mark'
       GROUP BY workspace_id, occurrence_id, step.status, step.sign
    )
    SELECT delivery_id, verdict FROM judged
    """,
    rows="json",
    sender_id="uuid",
    epoch="bigint",
    worker="text",
)


def mark(session: Session, lease: Lease, worker: str, rows: Sequence[MarkRow]) -> dict[UUID, str]:
    """Mark what may leave, in one round trip; returns the verdict for each delivery id.

    ``mark`` means: ``sending``, attempt on disk. Others changed nothing yet.
    """
    judged = run(
        session,
        _LOCK_LANES(
            occurrence_ids=uuids({row.occurrence_id for row in rows}),
            sender_id=str(lease.sender_id),
        ),
        _LOCK_RECIPIENTS(
            workspace_id=str(lease.workspace_id),
            recipient_ids=uuids({row.recipient_id for row in rows}),
        ),
        delivery_locks.lock([(row.occurrence_id, row.delivery_id) for row in rows]),
        _MARK(
            rows=json.dumps([row.as_json() for row in rows]),
            sender_id=str(lease.sender_id),
            epoch=lease.epoch,
            worker=worker,
        ),
    )
    return {row.delivery_id: row.verdict for row in judged}


_RECENT_PAIRS = text("""
    SELECT recipient_id, extract(epoch FROM clock_timestamp() - max(marked_at))::float8, count(*)
      FROM attempts
     WHERE sender_id = :sender_id AND marked_at > clock_timestamp() - interval '60 seconds'
       AND outcome IS DISTINCT FROM 'not_sent'
     GROUP BY recipient_id
""")


def recent_pairs(session: Session, sender_id: UUID) -> dict[UUID, tuple[float, int]]:
    """Recipients marked in the last minute -> seconds since the last, and how many.

    For a drain that takes over. What is proven not sent doesn't count.
    """
    return {
        row[0]: (row[1], row[2]) for row in session.execute(_RECENT_PAIRS, {"sender_id": sender_id})
    }
