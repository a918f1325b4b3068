"""Which attempt a report is about when it doesn't carry our own id."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Boolean, DateTime, Integer, Text, Uuid

from app.domain.opaque_id import OpaqueId


@dataclass(frozen=True, slots=True)
class Wanted:
    """One way to look for report ``n``: by one of our senders and one form of the number.

    ``phone`` is E.164. ``inferable``: a failure that may be matched by person and time alone.
    """

    n: int
    sender_id: UUID
    wamid: str
    phone: str | None
    wa_id: str | None
    user_id: str | None
    at: datetime
    inferable: bool


_COLUMNS: dict[str, Any] = {
    "n": Integer(),
    "sender_id": Uuid(),
    "wamid": Text(),
    "phone": Text(),
    "wa_id": Text(),
    "user_id": Text(),
    "at": DateTime(timezone=True),
    "inferable": Boolean(),
}

# There is no index on wamid, which would cost every settle; a person's deliveries are few. A
# failure with an unknown wamid belongs to the one open attempt to that person that got no
# answer, if there is exactly one of the quarter of an hour before. One whose answer is still
# awaited may be the failed one just as well: while there is one, nothing is sure. OFFSET 0 and
# the three ways apart keep the planner to one index probe a step, whatever it believes.
_FIND = text(f"""
    WITH wanted AS (
      SELECT * FROM unnest({", ".join(f":{name}" for name in _COLUMNS)})
        AS w({", ".join(_COLUMNS)})
    ), known AS (
      SELECT DISTINCT wanted.n, wanted.at, wanted.inferable, tried.*,
             tried.wamid = wanted.wamid AS sure
        FROM wanted
        JOIN senders s ON s.id = wanted.sender_id
        CROSS JOIN LATERAL (
          SELECT id FROM recipients r
           WHERE r.workspace_id = s.workspace_id AND r.phone = wanted.phone
          UNION
          SELECT id FROM recipients r
           WHERE r.workspace_id = s.workspace_id AND r.wa_id = wanted.wa_id
          UNION
          SELECT id FROM recipients r
           WHERE r.workspace_id = s.workspace_id AND r.whatsapp_user_id = wanted.user_id
        ) person
        CROSS JOIN LATERAL (
          SELECT d.occurrence_id, d.id FROM deliveries d
           WHERE d.recipient_id = person.id AND d.sender_id = s.id OFFSET 0
        ) d
        CROSS JOIN LATERAL (
          SELECT a.occurrence_id, a.delivery_id, a.id, a.outcome, a.wamid, a.superseded_at,
                 a.marked_at
            FROM attempts a
           WHERE a.occurrence_id = d.occurrence_id AND a.delivery_id = d.id OFFSET 0
        ) tried
    ), inferred AS (
      SELECT n, min(CAST(occurrence_id AS text)) AS occurrence_id,
             min(CAST(delivery_id AS text)) AS delivery_id, min(CAST(id AS text)) AS id
        FROM known
       WHERE inferable AND (outcome IS NULL OR outcome = 'unconfirmed')
         AND wamid IS NULL AND superseded_at IS NULL
         AND marked_at BETWEEN at - interval '15 minutes' AND at + interval '1 minute'
       GROUP BY n HAVING count(*) = 1 AND bool_and(outcome = 'unconfirmed')
    )
    SELECT n, occurrence_id, delivery_id, id, false AS guessed FROM known WHERE sure
    UNION ALL
    SELECT n, CAST(occurrence_id AS uuid), CAST(delivery_id AS uuid), CAST(id AS uuid), true
      FROM inferred
""").bindparams(*(bindparam(name, type_=ARRAY(kind)) for name, kind in _COLUMNS.items()))


def find(session: Session, wanted: Sequence[Wanted]) -> dict[int, tuple[OpaqueId, bool]]:
    """``n`` -> the attempt, and whether it was only inferred."""
    values = {name: [getattr(one, name) for one in wanted] for name in _COLUMNS}
    found: dict[int, tuple[OpaqueId, bool]] = {}
    for n, occurrence_id, delivery_id, id_, guessed in session.execute(_FIND, values):
        if n not in found or found[n][1]:
            found[n] = (OpaqueId(occurrence_id, delivery_id, id_), guessed)
    return found
