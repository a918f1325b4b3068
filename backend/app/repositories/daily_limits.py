"""To how many people a portfolio writes first in 24 hours, shared by all its numbers.

A person counts once however often they are written to; who has an open window doesn't. Places
are taken with the claim and given back when nothing was sent. Whoever counts locks the
portfolio's row first, after any deliveries, and nothing later; all statements of one call go in
one round trip, each with a snapshot of its own that sees what the lock waited for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Boolean, Uuid

from app.core.prepared import FREELY
from app.repositories.drains import Lease

# Counted when claimed, and WhatsApp counts when it is delivered: a little later.
DAY = "interval '24 hours 5 minutes'"
KEY = """coalesce({s}.business_id, (
         SELECT max(o.business_id) FROM senders o
          WHERE o.workspace_id = {s}.workspace_id AND o.waba_id = {s}.waba_id), {s}.waba_id)"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A claimed delivery that needs a place; most urgent first. ``spread``: it may wait."""

    occurrence_id: UUID
    delivery_id: UUID
    recipient_id: UUID
    spread: bool


def _uuids(*names: str) -> list[Any]:
    return [bindparam(name, type_=ARRAY(Uuid())) for name in names]


_KEY = text(f"SELECT {KEY.format(s='s')} FROM senders s WHERE s.id = :sender_id")
_OPEN = text("""
    INSERT INTO portfolios (workspace_id, key) VALUES (:workspace_id, :key)
    ON CONFLICT DO NOTHING RETURNING key
""")
# Nobody counted while there was no limit: who was written to is taken from the attempts.
_SEED = text(f"""
    WITH seeded AS (
      INSERT INTO people_reached (workspace_id, portfolio, recipient_id, counted_at)
      SELECT :workspace_id, :key, a.recipient_id, max(a.marked_at)
        FROM senders s JOIN attempts a ON a.sender_id = s.id
        JOIN message_versions v ON v.id = a.message_version_id AND v.kind = 'template'
        LEFT JOIN service_windows w ON w.workspace_id = a.workspace_id
              AND w.recipient_id = a.recipient_id AND w.sender_id = a.sender_id
       WHERE s.workspace_id = :workspace_id AND {KEY.format(s="s")} = :key
         AND a.marked_at > clock_timestamp() - {DAY}
         AND (a.outcome IS NULL OR a.outcome IN ('accepted', 'unconfirmed'))
         AND NOT coalesce(a.marked_at BETWEEN w.last_inbound_at
                          AND w.last_inbound_at + interval '24 hours', false)
       GROUP BY a.recipient_id
      RETURNING 1
    )
    UPDATE portfolios SET used = (SELECT count(*) FROM seeded)
     WHERE workspace_id = :workspace_id AND key = :key
""")
_LOCK = "SELECT 1 FROM portfolios WHERE workspace_id = :workspace_id AND key = :key FOR UPDATE"
_FREE_THE_OLD = f"""
    WITH freed AS (
      DELETE FROM people_reached
       WHERE workspace_id = :workspace_id AND portfolio = :key
         AND counted_at <= clock_timestamp() - {DAY}
      RETURNING 1
    )
    UPDATE portfolios SET used = used - (SELECT count(*) FROM freed)
     WHERE workspace_id = :workspace_id AND key = :key AND EXISTS (SELECT 1 FROM freed)
"""
# What a batch waits for is not the very first place but a twentieth of them: else thousands would
# be looked at again for each place. The sweep wakes as many as there is room for anyway.
_TAKE = f"""
    WITH asked AS (
      SELECT * FROM unnest(:occurrence_ids, :delivery_ids, :recipient_ids, :spreads)
        WITH ORDINALITY AS a(occurrence_id, delivery_id, recipient_id, spread, place)
    ), people AS (
      SELECT recipient_id, min(place) AS place, count(*) AS times FROM asked GROUP BY recipient_id
    ), budget AS (
      SELECT p.used, s.messaging_limit AS most, greatest(1, s.messaging_limit / 20) AS later
        FROM portfolios p JOIN senders s ON s.id = :sender_id
       WHERE p.workspace_id = :workspace_id AND p.key = :key
    ), known AS (
      UPDATE people_reached r SET counted_at = clock_timestamp(), claim_id = NULL
        FROM people WHERE r.workspace_id = :workspace_id AND r.portfolio = :key
         AND r.recipient_id = people.recipient_id
      RETURNING r.recipient_id
    ), fresh AS (
      SELECT people.recipient_id, people.times, row_number() OVER (ORDER BY people.place) AS n
        FROM people WHERE NOT EXISTS (
          SELECT 1 FROM known WHERE known.recipient_id = people.recipient_id)
    ), taken AS (
      INSERT INTO people_reached (workspace_id, portfolio, recipient_id, claim_id, counted_at)
      SELECT :workspace_id, :key, fresh.recipient_id,
             CASE WHEN fresh.times = 1 THEN CAST(:claim_id AS uuid) END, clock_timestamp()
        FROM fresh CROSS JOIN budget WHERE budget.most IS NULL OR fresh.n <= most - used
      RETURNING recipient_id
    ), counted AS (
      UPDATE portfolios SET used = used + (SELECT count(*) FROM taken)
       WHERE workspace_id = :workspace_id AND key = :key AND EXISTS (SELECT 1 FROM taken)
    ), denied AS (
      SELECT asked.* FROM asked
       WHERE NOT EXISTS (SELECT 1 FROM known WHERE known.recipient_id = asked.recipient_id)
         AND NOT EXISTS (SELECT 1 FROM taken WHERE taken.recipient_id = asked.recipient_id)
    ), room AS MATERIALIZED (
      SELECT coalesce((
               SELECT r.counted_at FROM people_reached r
                WHERE r.workspace_id = :workspace_id AND r.portfolio = :key
                ORDER BY r.counted_at OFFSET (SELECT later - 1 FROM budget) LIMIT 1),
             clock_timestamp()) + {DAY} AS at
       WHERE EXISTS (SELECT 1 FROM denied WHERE spread)
    ), put_off AS (
      UPDATE deliveries d
         SET claim_id = NULL, reason = 'daily_limit', next_attempt_at = room.at, due_at = room.at,
             expires_at = room.at + (d.expires_at - d.due_at), updated_at = clock_timestamp()
        FROM denied CROSS JOIN room
       WHERE denied.spread AND d.occurrence_id = denied.occurrence_id AND d.id = denied.delivery_id
      RETURNING d.workspace_id, d.occurrence_id, d.id, d.next_attempt_at
    ), noted AS (
      INSERT INTO delivery_events (workspace_id, occurrence_id, delivery_id, source, event, detail)
      SELECT workspace_id, occurrence_id, id, 'dispatcher', 'scheduled',
             jsonb_build_object('reason', 'daily_limit') FROM put_off
    ), waits AS (
      INSERT INTO daily_waits (occurrence_id, workspace_id, sender_id, until)
      SELECT occurrence_id, workspace_id, :sender_id, max(next_attempt_at)
        FROM put_off GROUP BY occurrence_id, workspace_id
      ON CONFLICT (occurrence_id) DO UPDATE SET until = EXCLUDED.until
    )
    SELECT denied.delivery_id FROM denied
    UNION ALL SELECT NULL WHERE NOT EXISTS (SELECT 1 FROM budget)
"""
_RESERVE = text(f"{FREELY};{_LOCK};{_FREE_THE_OLD};{_TAKE}").bindparams(
    *_uuids("occurrence_ids", "delivery_ids", "recipient_ids"),
    bindparam("spreads", type_=ARRAY(Boolean())),
)
_GIVE_BACK = text(f"""
    {_LOCK};
    WITH back AS (
      DELETE FROM people_reached r
       USING unnest(:occurrence_ids, :delivery_ids, :claim_ids) AS u(occurrence_id, id, claim_id)
        JOIN deliveries d ON d.occurrence_id = u.occurrence_id AND d.id = u.id
       WHERE r.workspace_id = :workspace_id AND r.portfolio = :key
         AND r.recipient_id = d.recipient_id AND r.claim_id = u.claim_id
      RETURNING 1
    )
    UPDATE portfolios SET used = used - (SELECT count(*) FROM back)
     WHERE workspace_id = :workspace_id AND key = :key AND EXISTS (SELECT 1 FROM back)
""").bindparams(*_uuids("occurrence_ids", "delivery_ids", "claim_ids"))
# Of a drain that died: it had claimed and not marked.
_GIVE_BACK_CLAIMED = text("""
    SELECT 1 FROM portfolios ORDER BY workspace_id, key FOR UPDATE;
    WITH back AS (
      DELETE FROM people_reached r
       USING portfolios p, unnest(:recipient_ids, :claim_ids) AS u(recipient_id, claim_id)
       WHERE r.workspace_id = p.workspace_id AND r.portfolio = p.key
         AND r.recipient_id = u.recipient_id AND r.claim_id = u.claim_id
      RETURNING r.workspace_id, r.portfolio
    )
    UPDATE portfolios p SET used = p.used - gone.n
      FROM (SELECT workspace_id, portfolio, count(*) AS n FROM back GROUP BY 1, 2) gone
     WHERE p.workspace_id = gone.workspace_id AND p.key = gone.portfolio
""").bindparams(*_uuids("recipient_ids", "claim_ids"))


def open_portfolio(session: Session, lease: Lease) -> str:
    """The key of the portfolio a sender belongs to, which is counted for from now on."""
    key: str = session.execute(_KEY, {"sender_id": lease.sender_id}).scalar_one()
    values = {"workspace_id": lease.workspace_id, "key": key}
    if session.execute(_OPEN, values).first() is not None:
        session.execute(_SEED, values)
    return key


def reserve(
    session: Session, lease: Lease, key: str, claim_id: UUID, wanted: Sequence[Wanted]
) -> set[UUID] | None:
    """Take a place for each person; ids of the deliveries that got none, or None: no such row.

    Those that may wait wait already, unclaimed, until there is room.
    """
    rows = session.execute(
        _RESERVE,
        {
            "workspace_id": lease.workspace_id,
            "sender_id": lease.sender_id,
            "key": key,
            "claim_id": claim_id,
            "occurrence_ids": [one.occurrence_id for one in wanted],
            "delivery_ids": [one.delivery_id for one in wanted],
            "recipient_ids": [one.recipient_id for one in wanted],
            "spreads": [one.spread for one in wanted],
        },
    )
    denied = set(rows.scalars())
    return None if None in denied else denied


def give_back(
    session: Session, workspace_id: UUID, key: str, rows: Sequence[tuple[UUID, UUID, UUID]]
) -> None:
    """Free the places of ``(occurrence, delivery, claim)`` of which nothing was sent."""
    session.execute(
        _GIVE_BACK,
        {
            "workspace_id": workspace_id,
            "key": key,
            "occurrence_ids": [row[0] for row in rows],
            "delivery_ids": [row[1] for row in rows],
            "claim_ids": [row[2] for row in rows],
        },
    )


def give_back_claimed(session: Session, rows: Sequence[tuple[UUID, UUID]]) -> None:
    """Free the places of ``(recipient, claim)`` whose rows were claimed and never marked."""
    if rows:
        values = {"recipient_ids": [row[0] for row in rows], "claim_ids": [row[1] for row in rows]}
        session.execute(_GIVE_BACK_CLAIMED, values)
