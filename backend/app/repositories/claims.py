"""Claims: which rows a drain has taken to send soon. ``claim_id`` on the row is the fence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Uuid

from app.core import tally
from app.core.prepared import Prepared, run, uuids
from app.repositories import daily_limits, row_edits
from app.repositories.drains import Lease


@dataclass(frozen=True, slots=True)
class ClaimedRow:
    """A delivery taken, with the person it is for as they are now.

    ``due_in``/``expires_in`` are seconds from the moment of the claim, by the database, and so
    is ``marketing_in``: until then WhatsApp's limit refuses marketing (0 or less: it doesn't).
    """

    occurrence_id: UUID
    id: UUID
    recipient_id: UUID
    origin: str
    attempts: int
    tries: int
    variables: dict[str, Any] | None
    due_in: float
    expires_in: float
    erased: bool
    name: str | None
    phone: str | None
    whatsapp_user_id: str | None
    language: str | None
    country: str | None
    timezone: str | None
    external_id: str | None
    attributes: dict[str, Any] | None
    consent_marketing: str | None
    consent_all: str | None
    window_open: bool
    marketing_requires_opt_in: bool
    marketing_paused_until: datetime | None
    marketing_in: float


# A window counts as open a minute less than Meta's 24 hours: clocks differ.
_CLAIM = Prepared(
    f"""
    WITH taken AS MATERIALIZED (
      SELECT d.* FROM unnest(:occurrence_ids, :limits) AS lane(occurrence_id, n)
      CROSS JOIN LATERAL (
        SELECT d.occurrence_id, d.id, d.next_attempt_at FROM deliveries d
         WHERE d.occurrence_id = lane.occurrence_id
           AND d.next_attempt_at <= (SELECT clock_timestamp() + make_interval(secs => :ahead_s))
         ORDER BY d.next_attempt_at, d.id
         LIMIT lane.n
         FOR UPDATE SKIP LOCKED) d
    ), claimed AS (
      UPDATE deliveries d SET claim_id = :claim_id, next_attempt_at = NULL, reason = NULL
        FROM taken t WHERE d.occurrence_id = t.occurrence_id AND d.id = t.id
      RETURNING d.*, t.next_attempt_at AS was_due_at
    ), noted AS (
      INSERT INTO claims (id, workspace_id, sender_id, worker, leased_until,
                          occurrence_ids, delivery_ids)
      SELECT :claim_id, :workspace_id, :sender_id, :worker,
             clock_timestamp() + make_interval(secs => :lease_s),
             array_agg(occurrence_id), array_agg(id)
        FROM claimed HAVING count(*) > 0
    )
    SELECT c.occurrence_id, c.id, c.recipient_id, c.origin, c.attempts, c.tries, c.variables,
           extract(epoch FROM
             greatest(c.was_due_at, {row_edits.due_at("c")}) - clock_timestamp())::float8,
           extract(epoch FROM {row_edits.expires_at("c")} - clock_timestamp())::float8,
           r.id IS NULL OR r.erased_at IS NOT NULL, r.name, r.phone, r.whatsapp_user_id,
           r.language, r.country, r.timezone, r.external_id, r.attributes,
           r.consent_marketing, r.consent_all,
           coalesce(w.last_inbound_at > clock_timestamp() - interval '23 hours 59 minutes', false),
           s.marketing_requires_opt_in, r.marketing_paused_until,
           coalesce(extract(epoch FROM r.marketing_paused_until - clock_timestamp()), 0)::float8
      FROM claimed c
      {row_edits.joined("c")}
      JOIN workspaces s ON s.id = c.workspace_id
      LEFT JOIN recipients r ON r.workspace_id = c.workspace_id AND r.id = c.recipient_id
      LEFT JOIN service_windows w ON w.workspace_id = c.workspace_id
            AND w.recipient_id = c.recipient_id AND w.sender_id = c.sender_id
     ORDER BY c.was_due_at, c.id
    """,
    occurrence_ids="uuid[]",
    limits="int[]",
    claim_id="uuid",
    workspace_id="uuid",
    sender_id="uuid",
    worker="text",
    ahead_s="float8",
    lease_s="float8",
)
_EXTEND = text("""
    UPDATE claims SET leased_until = clock_timestamp() + make_interval(secs => :lease_s)
     WHERE id = ANY(:ids)
""").bindparams(bindparam("ids", type_=ARRAY(Uuid())))
# Rows still held keep their claim, whatever its drain believes: recovery finds them by it alone.
_UNHELD = """NOT EXISTS (
         SELECT 1 FROM unnest(c.occurrence_ids, c.delivery_ids) AS u(occurrence_id, delivery_id)
           JOIN deliveries d ON d.occurrence_id = u.occurrence_id AND d.id = u.delivery_id
          WHERE d.claim_id = c.id AND d.status IN ('scheduled', 'sending'))"""
_FINISH = text(f"DELETE FROM claims c WHERE c.id = ANY(:ids) AND {_UNHELD}").bindparams(
    bindparam("ids", type_=ARRAY(Uuid()))
)


def take(
    session: Session,
    lease: Lease,
    claim_id: UUID,
    worker: str,
    shares: Sequence[tuple[UUID, int]],
    *,
    ahead_s: float,
    lease_s: float,
) -> list[ClaimedRow]:
    """Claim up to n due rows of each lane in ``shares``: one statement for all lanes."""
    rows = run(
        session,
        _CLAIM(
            occurrence_ids=uuids(occurrence_id for occurrence_id, _ in shares),
            limits=[n for _, n in shares],
            claim_id=str(claim_id),
            workspace_id=str(lease.workspace_id),
            sender_id=str(lease.sender_id),
            worker=worker,
            ahead_s=ahead_s,
            lease_s=lease_s,
        ),
    )
    return [ClaimedRow(*row) for row in rows]


def extend(session: Session, ids: Sequence[UUID], lease_s: float) -> None:
    """Keep claims whose rows are still being worked on."""
    session.execute(_EXTEND, {"ids": list(ids), "lease_s": lease_s})


def finish(session: Session, ids: Sequence[UUID]) -> None:
    """Forget claims, except those that still hold a row.

    A drain that has lost its lease thinks its rows are its successor's, which may not have
    freed them yet: without their claim nobody ever would.
    """
    session.execute(_FINISH, {"ids": list(ids)})


# Rows nobody marked may go again: their claim is void, or of an epoch that can't mark any more.
_RELEASE = text("""
    WITH dead AS (
      SELECT c.id, u.occurrence_id, u.delivery_id
        FROM claims c, unnest(c.occurrence_ids, c.delivery_ids) AS u(occurrence_id, delivery_id)
       WHERE (c.sender_id = :sender_id OR CAST(:sender_id AS uuid) IS NULL)
         AND (:all_of_sender OR c.leased_until < clock_timestamp())
    ), locked AS (
      SELECT d.occurrence_id, d.id, d.claim_id FROM deliveries d JOIN dead
          ON d.occurrence_id = dead.occurrence_id AND d.id = dead.delivery_id
         AND d.claim_id = dead.id
       WHERE d.status = 'scheduled' AND d.next_attempt_at IS NULL
       ORDER BY d.occurrence_id, d.id FOR NO KEY UPDATE OF d
    )
    UPDATE deliveries d
       SET claim_id = NULL, next_attempt_at = greatest(d.due_at, clock_timestamp())
      FROM locked WHERE d.occurrence_id = locked.occurrence_id AND d.id = locked.id
       AND d.status = 'scheduled' AND d.next_attempt_at IS NULL
    RETURNING d.recipient_id, locked.claim_id
""")
# Marked and not settled within the bound: it may have left or not. Never sent again by itself.
_DOUBT = text("""
    WITH dead AS (
      SELECT u.occurrence_id, u.delivery_id
        FROM claims c, unnest(c.occurrence_ids, c.delivery_ids) AS u(occurrence_id, delivery_id)
       WHERE c.sender_id = :sender_id OR CAST(:sender_id AS uuid) IS NULL
    ), locked AS (
      SELECT d.occurrence_id, d.id FROM deliveries d JOIN dead
          ON d.occurrence_id = dead.occurrence_id AND d.id = dead.delivery_id
       WHERE d.status = 'sending'
         AND d.marked_at < clock_timestamp() - make_interval(secs => :doubt_s)
       ORDER BY d.occurrence_id, d.id FOR NO KEY UPDATE OF d
    ), doubted AS (
      UPDATE deliveries d SET status = 'unconfirmed', updated_at = clock_timestamp()
        FROM locked WHERE d.occurrence_id = locked.occurrence_id AND d.id = locked.id
         AND d.status = 'sending'
      RETURNING d.workspace_id, d.occurrence_id, d.id, d.attempt_id
    ), opened AS (
      UPDATE attempts a SET outcome = 'unconfirmed', settled_at = clock_timestamp(),
             detail = 'the worker did not report back'
        FROM doubted WHERE a.occurrence_id = doubted.occurrence_id AND a.id = doubted.attempt_id
         AND a.outcome IS NULL
    ), noted AS (
      INSERT INTO delivery_events (workspace_id, occurrence_id, delivery_id, source, event, detail)
      SELECT workspace_id, occurrence_id, id, 'dispatcher', 'unconfirmed',
             '{"why": "the worker did not report back"}'::jsonb FROM doubted
    ), counted AS (
      INSERT INTO delivery_counts (workspace_id, occurrence_id, status, n)
      SELECT workspace_id, occurrence_id, s.status, s.sign * count(*)
        FROM doubted CROSS JOIN (VALUES ('sending', -1), ('unconfirmed', 1)) AS s(status, sign)
       GROUP BY workspace_id, occurrence_id, s.status, s.sign
    )
    SELECT count(*) FROM doubted
""")
_BURY = text(f"""
    DELETE FROM claims c
     WHERE (c.sender_id = :sender_id OR CAST(:sender_id AS uuid) IS NULL)
       AND (:all_of_sender OR c.leased_until < clock_timestamp())
       AND {_UNHELD}
""")


def recover(
    session: Session, sender_id: UUID | None, *, all_of_sender: bool, doubt_s: float
) -> int:
    """Free what dead claims hold; returns how many deliveries became ``unconfirmed``.

    With ``all_of_sender`` (by the new holder of the lease, whose epoch already bars the one
    before from marking) unmarked rows are freed at once, else when their claim has expired.
    """
    values = {"sender_id": sender_id, "all_of_sender": all_of_sender}
    freed = [(row[0], row[1]) for row in session.execute(_RELEASE, values)]
    daily_limits.give_back_claimed(session, freed)
    doubted: int = session.execute(
        _DOUBT, {"sender_id": sender_id, "doubt_s": doubt_s}
    ).scalar_one()
    session.execute(_BURY, values)
    tally.add_after(session, "rescues", "due_again", len(freed))
    tally.add_after(session, "rescues", "unconfirmed", doubted)
    return doubted
