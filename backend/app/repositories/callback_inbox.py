"""The inbox of callbacks: bodies stored before they are answered, merged afterwards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import BigInteger, LargeBinary, Text


@dataclass(frozen=True, slots=True)
class Signed:
    """A body to store: its SHA-256, and whose secret signed it (None: the installation's)."""

    digest: bytes
    body: bytes
    workspace_ids: tuple[UUID, ...] | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A body to merge."""

    id: int
    body: bytes
    workspace_ids: tuple[UUID, ...] | None
    received_at: datetime


# In the order of the digests: two processes that store the same bodies wait for each other in
# one direction only.
_INSERT = text("""
    INSERT INTO webhook_inbox (digest, body, workspace_ids)
    SELECT digest, body, CAST(workspace_ids AS uuid[])
      FROM unnest(:digests, :bodies, :workspace_ids) AS given(digest, body, workspace_ids)
     ORDER BY digest
    ON CONFLICT (digest) DO NOTHING
""").bindparams(
    bindparam("digests", type_=ARRAY(LargeBinary())),
    bindparam("bodies", type_=ARRAY(LargeBinary())),
    bindparam("workspace_ids", type_=ARRAY(Text())),
)

# All locked rows count against ``most``, only those that fit into ``bytes`` come back; the first
# always does. The size of a stored value is known without reading it.
_TAKE = text("""
    WITH waiting AS MATERIALIZED (
      SELECT id, octet_length(body) AS size FROM webhook_inbox
       WHERE state = 'pending' AND (CAST(:only AS bigint) IS NULL OR id = :only)
       ORDER BY id LIMIT :most FOR UPDATE SKIP LOCKED
    ), measured AS (
      SELECT id, sum(size) OVER (ORDER BY id) - size AS before FROM waiting
    )
    SELECT inbox.id, inbox.body, inbox.workspace_ids, inbox.received_at
      FROM measured JOIN webhook_inbox inbox ON inbox.id = measured.id
     WHERE measured.before < :bytes
     ORDER BY inbox.id
""")
_MERGED = text("""
    UPDATE webhook_inbox SET state = 'merged' WHERE id = ANY(:ids)
""").bindparams(bindparam("ids", type_=ARRAY(BigInteger())))
_QUARANTINE = text("""
    UPDATE webhook_inbox inbox SET state = 'quarantined', tries = tries + 1, error = bad.error
      FROM unnest(:ids, :errors) AS bad(id, error) WHERE inbox.id = bad.id
""").bindparams(
    bindparam("ids", type_=ARRAY(BigInteger())), bindparam("errors", type_=ARRAY(Text()))
)
# The oldest by their ids, of which one look says whether any is old enough: no index is needed.
_FORGET = text("""
    WITH oldest AS (
      SELECT id, state, received_at FROM webhook_inbox ORDER BY id LIMIT :most
    )
    DELETE FROM webhook_inbox inbox USING oldest
     WHERE inbox.id = oldest.id AND oldest.state <> 'pending'
       AND oldest.received_at < clock_timestamp() - make_interval(days => :days)
    RETURNING 1
""")
_WAITS_LONGER = text("""
    SELECT coalesce((SELECT received_at FROM webhook_inbox WHERE state = 'pending'
                      ORDER BY id LIMIT 1)
                    < clock_timestamp() - make_interval(secs => :seconds), false)
""")
_PENDING = text("SELECT EXISTS (SELECT 1 FROM webhook_inbox WHERE state = 'pending')")


def insert(session: Session, bodies: Sequence[Signed]) -> None:
    """Store bodies; one that is there already (WhatsApp repeats) is left as it is."""
    values = {
        "digests": [signed.digest for signed in bodies],
        "bodies": [signed.body for signed in bodies],
        "workspace_ids": [_array(signed.workspace_ids) for signed in bodies],
    }
    session.execute(_INSERT, values)


def take(session: Session, most: int, most_bytes: int, only: int | None = None) -> list[Waiting]:
    """Lock pending bodies, oldest first, and read them; what others hold is skipped."""
    rows = session.execute(_TAKE, {"most": most, "bytes": most_bytes, "only": only})
    return [
        Waiting(row.id, bytes(row.body), _scope(row.workspace_ids), row.received_at) for row in rows
    ]


def merged(session: Session, ids: Sequence[int]) -> None:
    """Note that these are done with."""
    session.execute(_MERGED, {"ids": list(ids)})


def quarantine(session: Session, errors: Mapping[int, str]) -> None:
    """Set bodies aside with what is wrong with each; they stay to be looked at."""
    if errors:
        session.execute(_QUARANTINE, {"ids": list(errors), "errors": list(errors.values())})


def forget_older(session: Session, days: int, most: int) -> int:
    """Delete up to ``most`` bodies that are done with and older than ``days``; how many."""
    return len(session.execute(_FORGET, {"days": days, "most": most}).all())


def waits_longer(session: Session, seconds: float) -> bool:
    """Whether the oldest body has waited to be merged for more than ``seconds``."""
    return bool(session.scalar(_WAITS_LONGER, {"seconds": seconds}))


def has_pending(session: Session) -> bool:
    """Whether a body waits to be merged."""
    return bool(session.scalar(_PENDING))


def _array(ids: tuple[UUID, ...] | None) -> str | None:
    return None if ids is None else "{" + ",".join(map(str, ids)) + "}"


def _scope(ids: Any) -> tuple[UUID, ...] | None:
    return None if ids is None else tuple(UUID(str(id_)) for id_ in ids)
