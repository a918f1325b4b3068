"""Deliveries as a drain leaves them: accepted, each with an attempt and a message's id."""

from uuid import UUID

from app.core import keys
from app.domain import opaque_id
from app.domain.opaque_id import OpaqueId
from bench.stage import Stage

_ACCEPT = (
    """
    UPDATE deliveries SET status = 'accepted', attempts = 1, attempt_id = uuidv7(),
           next_attempt_at = NULL, marked_at = clock_timestamp(), accepted_at = clock_timestamp(),
           wamid = 'wamid.HBgL' || replace(id::text, '-', '')
    """,
    """
    INSERT INTO attempts (occurrence_id, id, workspace_id, delivery_id, recipient_id, sender_id,
                          number, claim_id, worker, epoch, schedule_version, message_version_id,
                          settled_at, outcome, wamid)
    SELECT d.occurrence_id, d.attempt_id, d.workspace_id, d.id, d.recipient_id, d.sender_id, 1,
           uuidv7(), 'bench', 1, 1, l.message_version_id, clock_timestamp(), 'accepted', d.wamid
      FROM deliveries d JOIN lanes l ON l.occurrence_id = d.occurrence_id
    """,
    """
    INSERT INTO delivery_counts (workspace_id, occurrence_id, status, n)
    SELECT workspace_id, occurrence_id, s.status, s.sign * count(*)
      FROM deliveries CROSS JOIN (VALUES ('scheduled', -1), ('accepted', 1)) AS s(status, sign)
     GROUP BY workspace_id, occurrence_id, s.status, s.sign
    """,
    "VACUUM ANALYZE deliveries, attempts",
)
_READ = """
    SELECT d.occurrence_id::text, d.id::text, d.attempt_id::text, d.wamid, substr(r.phone, 2)
      FROM deliveries d JOIN recipients r ON r.id = d.recipient_id
     WHERE d.status = 'accepted' ORDER BY d.id
"""


def accept_all(stage: Stage) -> list[tuple[str, str, str]]:
    """Accept all that is scheduled; opaque id, message's id and WhatsApp id of each."""
    for statement in _ACCEPT:
        stage.execute(statement)
    return read_all(stage)


def read_all(stage: Stage) -> list[tuple[str, str, str]]:
    """The same of all that were accepted, in the order of their ids."""
    key = keys.derive(stage.trial.environment["SECRET_KEY"], "opaque-id")
    return [
        (opaque_id.encode(OpaqueId(*map(UUID, ids)), key), wamid, wa_id)
        for *ids, wamid, wa_id in stage.rows(_READ)
    ]
