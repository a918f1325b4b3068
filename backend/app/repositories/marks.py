"""The mark: the commit after which a byte may leave.

Two steps in one transaction. First the locks, each set in the order of its ids: lanes, then
recipients, then deliveries; whatever stops a send takes them in the same order. Then, in a
statement with a new snapshot, which therefore sees what the locks waited for, the checks, the
attempts, the deliveries and the counters together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Session
from sqlalchemy.types import Integer, Uuid

from app.repositories import row_edits
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


def _uuids(*names: str) -> list[Any]:
    return [bindparam(name, type_=ARRAY(Uuid())) for name in names]


# The mark joins a dozen tables in an order that is right as written. Searching for another took
# PostgreSQL longer than all else that a micro-batch costs it.
_LOCK_LANES = text("""
    SET LOCAL join_collapse_limit = 1;
    SELECT 1 FROM lanes WHERE occurrence_id = ANY(:occurrence_ids) AND sender_id = :sender_id
     ORDER BY occurrence_id FOR SHARE
""").bindparams(*_uuids("occurrence_ids"))
_LOCK_RECIPIENTS = text("""
    SELECT 1 FROM recipients WHERE workspace_id = :workspace_id AND id = ANY(:recipient_ids)
     ORDER BY id FOR SHARE
""").bindparams(*_uuids("recipient_ids"))
_LOCK_DELIVERIES = text("""
    SELECT 1 FROM deliveries
     WHERE (occurrence_id, id) IN (SELECT * FROM unnest(:occurrence_ids, :delivery_ids))
     ORDER BY occurrence_id, id FOR NO KEY UPDATE
""").bindparams(*_uuids("occurrence_ids", "delivery_ids"))

# The verdicts, first match wins. "lost": not ours any more. "release": may go later, claim anew.
# An edit that has not reached the row yet is obeyed here, and written with the mark.
_MARK = text(f"""
    WITH job AS (
      SELECT * FROM unnest(:occurrence_ids, :delivery_ids, :attempt_ids, :claim_ids, :versions,
                           :parameters)
        AS j(occurrence_id, delivery_id, attempt_id, claim_id, version, parameters)
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
""").bindparams(
    *_uuids("occurrence_ids", "delivery_ids", "attempt_ids", "claim_ids"),
    bindparam("versions", type_=ARRAY(Integer())),
    bindparam("parameters", type_=ARRAY(JSONB())),
)


def mark(session: Session, lease: Lease, worker: str, rows: Sequence[MarkRow]) -> dict[UUID, str]:
    """Mark what may leave; returns the verdict for each delivery id.

    ``mark`` means: ``sending``, attempt on disk. Others changed nothing yet.
    """
    occurrence_ids = [row.occurrence_id for row in rows]
    delivery_ids = [row.delivery_id for row in rows]
    session.execute(
        _LOCK_LANES,
        {"occurrence_ids": sorted(set(occurrence_ids)), "sender_id": lease.sender_id},
    )
    session.execute(
        _LOCK_RECIPIENTS,
        {
            "workspace_id": lease.workspace_id,
            "recipient_ids": sorted({row.recipient_id for row in rows}),
        },
    )
    session.execute(
        _LOCK_DELIVERIES, {"occurrence_ids": occurrence_ids, "delivery_ids": delivery_ids}
    )
    verdicts = session.execute(
        _MARK,
        {
            "occurrence_ids": occurrence_ids,
            "delivery_ids": delivery_ids,
            "attempt_ids": [row.attempt_id for row in rows],
            "claim_ids": [row.claim_id for row in rows],
            "versions": [row.version for row in rows],
            "parameters": [row.parameters for row in rows],
            "sender_id": lease.sender_id,
            "epoch": lease.epoch,
            "worker": worker,
        },
    )
    return {row.delivery_id: row.verdict for row in verdicts}


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
