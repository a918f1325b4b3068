"""The dispatch worker without the record before the request, to measure what that costs.

Its Celery application has no mark and none of the mark's checks; settling writes at once what
mark and settle write otherwise. Whatever is on the wire when it dies would be sent twice: never
send with it.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Text, Uuid

from app.repositories import marks, settlements
from app.repositories.drains import Lease
from app.repositories.marks import MarkRow
from app.repositories.settlements import Settlement
from app.worker.celery_app import app as app

_IDS = ("occurrence_ids", "delivery_ids", "attempt_ids", "claim_ids")
_SETTLE = text("""
    WITH u AS (
      SELECT u.*, d.workspace_id, d.recipient_id, d.sender_id, l.version, l.message_version_id
        FROM unnest(:occurrence_ids, :delivery_ids, :attempt_ids, :claim_ids, :wamids)
          AS u(occurrence_id, delivery_id, attempt_id, claim_id, wamid)
        JOIN deliveries d ON d.occurrence_id = u.occurrence_id AND d.id = u.delivery_id
         AND d.claim_id = u.claim_id
        JOIN lanes l ON l.occurrence_id = d.occurrence_id AND l.sender_id = d.sender_id
    ), written AS (
      INSERT INTO attempts (occurrence_id, id, workspace_id, delivery_id, recipient_id, sender_id,
                            number, claim_id, worker, epoch, schedule_version,
                            message_version_id, settled_at, outcome, wamid)
      SELECT occurrence_id, attempt_id, workspace_id, delivery_id, recipient_id, sender_id,
             1, claim_id, 'bench', 1, version, message_version_id, clock_timestamp(),
             'accepted', wamid
        FROM u
    ), counted AS (
      INSERT INTO delivery_counts (workspace_id, occurrence_id, status, n)
      SELECT workspace_id, occurrence_id, step.status, step.sign * count(*)
        FROM u CROSS JOIN (VALUES ('scheduled', -1), ('accepted', 1)) AS step(status, sign)
       GROUP BY workspace_id, occurrence_id, step.status, step.sign
    )
    UPDATE deliveries d SET status = 'accepted', attempts = 1, attempt_id = u.attempt_id,
           marked_at = clock_timestamp(), accepted_at = clock_timestamp(), wamid = u.wamid,
           claim_id = NULL, updated_at = clock_timestamp()
      FROM u WHERE d.occurrence_id = u.occurrence_id AND d.id = u.delivery_id
    RETURNING d.occurrence_id, d.id, d.status
""").bindparams(
    *(bindparam(name, type_=ARRAY(Uuid())) for name in _IDS),
    bindparam("wamids", type_=ARRAY(Text())),
)


def _mark(_session: Session, _lease: Lease, _worker: str, rows: Sequence[MarkRow]) -> object:
    return {row.delivery_id: "mark" for row in rows}


def _settle(session: Session, given: Sequence[Settlement]) -> list[tuple[UUID, UUID, str]]:
    other = [row.becomes for row in given if row.becomes != "accepted"]
    if other:
        raise NotImplementedError(f"Only what is accepted can be settled here, not {other}.")
    values = {
        "occurrence_ids": [row.occurrence_id for row in given],
        "delivery_ids": [row.delivery_id for row in given],
        "attempt_ids": [row.attempt_id for row in given],
        "claim_ids": [row.claim_id for row in given],
        "wamids": [row.wamid for row in given],
    }
    return [(row[0], row[1], row[2]) for row in session.execute(_SETTLE, values)]


marks.mark = _mark  # type: ignore[assignment]
settlements.settle = _settle  # type: ignore[assignment]
