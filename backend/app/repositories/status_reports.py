"""Merging what WhatsApp reports into deliveries: two statements, however many reports.

First the deliveries are locked in the order of their ids, as the settle does. The second, with
a new snapshot that sees what the lock waited for, lets the facts grow, derives the shown status
from them, learns ids, counts, writes the timeline and leaves stop orders. Lanes, senders and
recipients are never touched here: their locks come before those of deliveries.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Session
from sqlalchemy.types import DateTime, Integer, Text, Uuid

from app.domain.status_merge import shown_status_sql


@dataclass(frozen=True, slots=True)
class Report:
    """One report about one attempt.

    ``errors``: ``{code, title, details, reason, at}`` each, ``at`` in Unix seconds; empty unless
    it failed. ``detail`` is what the timeline keeps. ``order`` is a stop order's ``what``, with
    ``order_reason``; None for none.
    """

    occurrence_id: UUID
    delivery_id: UUID
    attempt_id: UUID
    wamid: str
    fact: str
    at: datetime
    errors: list[dict[str, Any]]
    code: int | None
    pricing: dict[str, Any] | None
    detail: dict[str, Any]
    order: str | None = None
    order_reason: str | None = None
    order_detail: str | None = None
    order_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Merged:
    """A delivery that was reported on; ``before`` and ``status`` are equal when it stayed."""

    workspace_id: UUID
    occurrence_id: UUID
    delivery_id: UUID
    schedule_id: UUID | None
    before: str
    status: str
    ordered: bool


_COLUMNS: dict[str, Any] = {
    "occurrence_id": Uuid(),
    "delivery_id": Uuid(),
    "attempt_id": Uuid(),
    "wamid": Text(),
    "fact": Text(),
    "at": DateTime(timezone=True),
    "errors": JSONB(),
    "code": Integer(),
    "pricing": JSONB(none_as_null=True),
    "detail": JSONB(),
    "order": Text(),
    "order_reason": Text(),
    "order_detail": Text(),
    "order_until": DateTime(timezone=True),
}
_NAMES = ", ".join(f'"{name}"' for name in _COLUMNS)

_LOCK = text("""
    SELECT occurrence_id, id FROM deliveries
     WHERE (occurrence_id, id) IN (SELECT * FROM unnest(:occurrence_ids, :ids))
     ORDER BY occurrence_id, id FOR NO KEY UPDATE
""").bindparams(
    bindparam("occurrence_ids", type_=ARRAY(Uuid())), bindparam("ids", type_=ARRAY(Uuid()))
)

# "counts": the SQL form of status_merge.survives, and a refusal's failed callback says only what
# the answer said already. "mistakes": a set, so order and copies don't matter; the newest one
# explains the failure. Pricing comes with several reports, the same in each: greatest() makes
# even odd ones independent of their order. A row that waits for another attempt must not be
# sent once a report shows that an earlier one left after all.
_MERGE = text(f"""
    WITH given AS (
      SELECT * FROM unnest({", ".join(f":{name}" for name in _COLUMNS)}) AS r({_NAMES})
    ), judged AS (
      SELECT given.*, d.workspace_id, d.sender_id, d.recipient_id,
             given.attempt_id = d.attempt_id AS current,
             CASE
               WHEN a.superseded_at IS NOT NULL AND a.meta_code IS NOT NULL
                 THEN given.fact IN ('delivered', 'read')
               WHEN a.superseded_at IS NOT NULL OR a.outcome IN ('refused', 'not_sent')
                 THEN given.fact <> 'failed'
               ELSE true
             END AS counts
        FROM given
        JOIN deliveries d ON d.occurrence_id = given.occurrence_id AND d.id = given.delivery_id
        LEFT JOIN attempts a
          ON a.occurrence_id = given.occurrence_id AND a.id = given.attempt_id
         AND a.delivery_id = given.delivery_id
    ), resolved AS (
      UPDATE attempts a
         SET outcome = CASE WHEN a.outcome IS NULL OR a.outcome = 'unconfirmed'
                            THEN 'accepted' ELSE a.outcome END,
             settled_at = coalesce(a.settled_at, clock_timestamp()),
             wamid = coalesce(a.wamid, known.wamid),
             meta_code = coalesce(a.meta_code,
               CASE WHEN a.superseded_at IS NULL THEN known.code END)
        FROM (SELECT occurrence_id, attempt_id, min(wamid) AS wamid, min(code) AS code
                FROM judged GROUP BY occurrence_id, attempt_id) known
       WHERE a.occurrence_id = known.occurrence_id AND a.id = known.attempt_id
         AND (a.outcome IS NULL OR a.outcome = 'unconfirmed' OR a.wamid IS NULL
              OR a.meta_code IS NULL AND known.code IS NOT NULL)
    ), facts AS (
      SELECT occurrence_id, delivery_id,
             min(at) FILTER (WHERE fact = 'sent') AS sent_at,
             min(at) FILTER (WHERE fact = 'delivered') AS delivered_at,
             min(at) FILTER (WHERE fact = 'read') AS read_at,
             min(at) FILTER (WHERE fact = 'failed') AS failed_at,
             min(wamid) FILTER (WHERE current) AS wamid,
             (array_agg(pricing ORDER BY pricing DESC NULLS LAST))[1] AS pricing
        FROM judged WHERE counts GROUP BY occurrence_id, delivery_id
    ), mistakes AS (
      SELECT occurrence_id, delivery_id, jsonb_agg(
               error ORDER BY CAST(error ->> 'at' AS bigint) DESC, error) AS errors
        FROM (
          SELECT occurrence_id, delivery_id, error
            FROM judged CROSS JOIN jsonb_array_elements(judged.errors) AS e(error) WHERE counts
          UNION
          SELECT d.occurrence_id, d.id, error
            FROM facts JOIN deliveries d
              ON d.occurrence_id = facts.occurrence_id AND d.id = facts.delivery_id
            CROSS JOIN jsonb_array_elements(d.errors) AS e(error)
        ) each_once GROUP BY occurrence_id, delivery_id
    ), grown AS (
      SELECT d.workspace_id, d.occurrence_id, d.id, d.schedule_id, d.status, d.accepted_at,
             least(d.sent_at, f.sent_at) AS sent_at,
             least(d.delivered_at, f.delivered_at) AS delivered_at,
             least(d.read_at, f.read_at) AS read_at,
             least(d.failed_at, f.failed_at) AS failed_at,
             coalesce(d.wamid, f.wamid) AS wamid, m.errors,
             greatest(d.pricing, f.pricing) AS pricing
        FROM facts f
        JOIN deliveries d ON d.occurrence_id = f.occurrence_id AND d.id = f.delivery_id
        LEFT JOIN mistakes m
          ON m.occurrence_id = f.occurrence_id AND m.delivery_id = f.delivery_id
    ), shown AS (
      SELECT grown.*, {shown_status_sql("grown")} AS becomes FROM grown
    ), written AS (
      UPDATE deliveries d SET
        sent_at = s.sent_at, delivered_at = s.delivered_at, read_at = s.read_at,
        failed_at = s.failed_at, wamid = s.wamid, errors = s.errors, pricing = s.pricing,
        status = s.becomes,
        reason = CASE WHEN s.becomes = 'failed' THEN coalesce(s.errors -> 0 ->> 'reason', d.reason)
          WHEN s.becomes IN ('sent', 'delivered', 'read') THEN NULL ELSE d.reason END,
        meta_code = CASE WHEN s.becomes = 'failed' AND s.errors IS NOT NULL
            THEN nullif(CAST(s.errors -> 0 ->> 'code' AS integer), 0)
          WHEN s.becomes IN ('sent', 'delivered', 'read') THEN NULL ELSE d.meta_code END,
        detail = CASE WHEN s.becomes = 'failed' AND s.errors IS NOT NULL
            THEN coalesce(s.errors -> 0 ->> 'details', s.errors -> 0 ->> 'title')
          WHEN s.becomes IN ('sent', 'delivered', 'read') THEN NULL ELSE d.detail END,
        next_attempt_at = CASE WHEN s.becomes = 'scheduled' THEN d.next_attempt_at END,
        claim_id = CASE WHEN d.status = 'scheduled' AND s.becomes <> 'scheduled'
          THEN NULL ELSE d.claim_id END,
        updated_at = clock_timestamp()
        FROM shown s
       WHERE d.occurrence_id = s.occurrence_id AND d.id = s.id
         AND (d.sent_at, d.delivered_at, d.read_at, d.failed_at, d.wamid, d.errors, d.pricing,
              d.status)
           IS DISTINCT FROM
             (s.sent_at, s.delivered_at, s.read_at, s.failed_at, s.wamid, s.errors, s.pricing,
              s.becomes)
    ), counted AS (
      INSERT INTO delivery_counts (workspace_id, occurrence_id, status, n)
      SELECT workspace_id, occurrence_id, step.status, sum(step.sign)
        FROM shown
        CROSS JOIN LATERAL (VALUES (shown.status, -1), (shown.becomes, 1)) AS step(status, sign)
       WHERE shown.status <> shown.becomes
       GROUP BY workspace_id, occurrence_id, step.status
      HAVING sum(step.sign) <> 0
    ), fresh AS (
      SELECT DISTINCT ON (occurrence_id, delivery_id, fact, detail) judged.* FROM judged
       WHERE NOT EXISTS (
         SELECT 1 FROM delivery_events e
          WHERE e.occurrence_id = judged.occurrence_id AND e.delivery_id = judged.delivery_id
            AND e.source = 'webhook' AND e.event = judged.fact AND e.detail = judged.detail)
       ORDER BY occurrence_id, delivery_id, fact, detail
    ), noted AS (
      INSERT INTO delivery_events (workspace_id, occurrence_id, delivery_id, source, event, detail)
      SELECT workspace_id, occurrence_id, delivery_id, 'webhook', fact, detail
        FROM fresh ORDER BY at
    ), ordered AS (
      INSERT INTO stop_orders (workspace_id, sender_id, occurrence_id, recipient_id, what, reason,
                               detail, until)
      SELECT workspace_id, sender_id, about.occurrence_id, about.recipient_id, "order",
             order_reason, min(order_detail), max(order_until)
        FROM fresh
        CROSS JOIN LATERAL (SELECT
          CASE WHEN "order" = 'occurrence_held' OR "order" LIKE 'template%'
            THEN fresh.occurrence_id END AS occurrence_id,
          CASE WHEN "order" LIKE 'recipient%' THEN fresh.recipient_id END AS recipient_id) about
       WHERE "order" IS NOT NULL AND counts
       GROUP BY workspace_id, sender_id, about.occurrence_id, about.recipient_id, "order",
                order_reason
      RETURNING 1
    )
    SELECT workspace_id, occurrence_id, id, schedule_id, status, becomes,
           EXISTS (SELECT 1 FROM ordered) AS ordered
      FROM shown
""").bindparams(
    # One dimension: a list of errors is one value of JSON.
    *(bindparam(name, type_=ARRAY(kind, dimensions=1)) for name, kind in _COLUMNS.items())
)


def lock(session: Session, keys: Collection[tuple[UUID, UUID]]) -> set[tuple[UUID, UUID]]:
    """Lock deliveries, given as ``(occurrence_id, id)``; returns those that exist."""
    ordered = sorted(keys)
    values = {
        "occurrence_ids": [occurrence_id for occurrence_id, _ in ordered],
        "ids": [id_ for _, id_ in ordered],
    }
    return {(row[0], row[1]) for row in session.execute(_LOCK, values)}


def merge(session: Session, reports: Sequence[Report]) -> list[Merged]:
    """Merge reports on deliveries that ``lock`` has locked. Any order, any copies."""
    values = {name: [getattr(report, name) for report in reports] for name in _COLUMNS}
    return [Merged(*row) for row in session.execute(_MERGE, values)]
