"""Deliveries as readers see them, and the writing of direct ones."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, insert, text
from sqlalchemy.orm import Session

from app.domain.paging import PageOf, PageRequest
from app.domain.refs import Ref
from app.models.deliveries import Delivery, DeliveryCount

# Why a direct send would not leave now. First match wins, in the order of the mark's checks.
_REASON = text("""
    SELECT CASE
        WHEN coalesce(r.phone, r.whatsapp_user_id) IS NULL OR r.erased_at IS NOT NULL
          THEN 'no_phone'
        WHEN r.unreachable_reason = 'number_not_valid' THEN 'invalid_number'
        WHEN r.consent_all = 'opted_out' THEN 'opted_out'
        WHEN :category = 'marketing' AND r.consent_marketing = 'opted_out' THEN 'opted_out'
        WHEN :category = 'marketing' AND :requires_opt_in
          AND r.consent_marketing <> 'opted_in' THEN 'no_consent'
        WHEN :free_form AND :enforce_window AND NOT coalesce(
          w.last_inbound_at > clock_timestamp() - interval '23 hours 59 minutes', false)
          THEN 'window_closed'
      END
      FROM recipients r
      LEFT JOIN service_windows w ON w.workspace_id = r.workspace_id
            AND w.recipient_id = r.id AND w.sender_id = :sender_id
     WHERE r.workspace_id = :workspace_id AND r.id = :recipient_id
""")


def reason_not_to_send(
    session: Session,
    recipient: Ref,
    *,
    sender_id: UUID,
    category: str,
    free_form: bool,
    requires_opt_in: bool,
    enforce_window: bool,
) -> str | None:
    """The reason why this person must not get this message now, or None."""
    reason: str | None = session.execute(
        _REASON,
        {
            "workspace_id": recipient.workspace_id,
            "recipient_id": recipient.id,
            "sender_id": sender_id,
            "category": category,
            "free_form": free_form,
            "requires_opt_in": requires_opt_in,
            "enforce_window": enforce_window,
        },
    ).scalar_one_or_none()
    return reason


def insert_direct(session: Session, values: Mapping[str, Any], expires_after_s: int) -> Delivery:
    """Insert one delivery with its counter; due unless it is skipped."""
    due_at: datetime = values["due_at"]
    scheduled = values["status"] == "scheduled"
    delivery = session.scalars(
        insert(Delivery)
        .values(
            **values,
            next_attempt_at=due_at if scheduled else None,
            expires_at=due_at + func.make_interval(0, 0, 0, 0, 0, 0, expires_after_s),
        )
        .returning(Delivery)
    ).one()
    session.execute(
        insert(DeliveryCount).values(
            workspace_id=values["workspace_id"],
            occurrence_id=values["occurrence_id"],
            status=values["status"],
            n=1,
        )
    )
    return delivery


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of deliveries may be narrowed by."""

    statuses: Collection[str] = ()
    schedule_id: UUID | None = None
    occurrence_id: UUID | None = None
    recipient_id: UUID | None = None
    reason: str | None = None
    due_from: datetime | None = None
    due_to: datetime | None = None


_COLUMNS = """
    d.id, d.origin, d.schedule_id, d.occurrence_id, d.shown_reference AS reference,
    d.shown_metadata AS metadata, d.sender_id,
    d.recipient_id, r.name AS recipient_name, r.phone AS recipient_phone,
    d.shown_status AS status, d.shown_reason AS reason, d.meta_code, d.detail,
    d.shown_due_at AS due_at,
    d.attempts, d.wamid, d.accepted_at, d.sent_at, d.delivered_at, d.read_at, d.failed_at,
    d.pricing, d.created_at, d.attempt_id, d.message_status,
    CASE WHEN d.shown_status = 'accepted'
              AND d.accepted_at < clock_timestamp() - interval '24 hours'
         THEN d.accepted_at + interval '24 hours' END AS stale_since,
    d.attempts > 1 AND 1 < (
      SELECT count(*) FROM attempts each WHERE each.occurrence_id = d.occurrence_id
         AND each.delivery_id = d.id AND each.wamid IS NOT NULL) AS duplicate_suspected,
    coalesce(v.message_id, s.message_id) AS message_id
"""
_JOINS = """
    LEFT JOIN recipients r ON r.workspace_id = d.workspace_id AND r.id = d.recipient_id
    LEFT JOIN schedules s ON s.id = d.schedule_id
    LEFT JOIN attempts a ON a.occurrence_id = d.occurrence_id AND a.id = d.attempt_id
    LEFT JOIN message_versions v ON v.id = a.message_version_id
"""


def page(
    session: Session, workspace_id: UUID, filters: Filters, request: PageRequest
) -> PageOf[Row[Any]]:
    """A page of deliveries with the people they are for."""
    where, values = conditions(workspace_id, filters)
    paged = where
    if request.after is not None:
        paged += " AND d.id < :after" if request.newest_first else " AND d.id > :after"
        values["after"] = request.after
    order = "DESC" if request.newest_first else "ASC"
    statement = text(f"""
        WITH d AS MATERIALIZED (
          SELECT d.* FROM shown_deliveries d WHERE {paged} ORDER BY d.id {order} LIMIT :most)
        SELECT {_COLUMNS} FROM d {_JOINS} ORDER BY d.id {order}
    """)
    rows = list(session.execute(statement, {**values, "most": request.limit + 1}))
    more = len(rows) > request.limit
    rows = rows[: request.limit]
    total = None
    if request.include_total:
        counting = text(f"SELECT count(*) FROM shown_deliveries d WHERE {where}")
        total = int(session.execute(counting, values).scalar_one())
    return PageOf(rows, rows[-1].id if more else None, total)


def conditions(workspace_id: UUID, filters: Filters) -> tuple[str, dict[str, Any]]:
    """A condition on ``shown_deliveries d``, put together from constants, and its values."""
    parts = ["d.workspace_id = :workspace_id"]
    values: dict[str, Any] = {"workspace_id": workspace_id}
    if filters.statuses:
        parts.append("d.shown_status = ANY(:statuses)")
        values["statuses"] = list(filters.statuses)
    if filters.schedule_id:
        # Through the occurrences: the keys of deliveries begin with them.
        parts.append(
            "d.occurrence_id IN (SELECT id FROM occurrences WHERE schedule_id = :schedule_id)"
        )
        values["schedule_id"] = filters.schedule_id
    for name in ("occurrence_id", "recipient_id"):
        if getattr(filters, name):
            parts.append(f"d.{name} = :{name}")
            values[name] = getattr(filters, name)
    if filters.reason:
        parts.append("d.shown_reason = :reason")
        values["reason"] = filters.reason
    if filters.due_from:
        parts.append("d.shown_due_at >= :due_from")
        values["due_from"] = filters.due_from
    if filters.due_to:
        parts.append("d.shown_due_at < :due_to")
        values["due_to"] = filters.due_to
    return " AND ".join(parts), values


_ONE = text(f"""
    SELECT {_COLUMNS} FROM shown_deliveries d {_JOINS}
     WHERE d.workspace_id = :workspace_id AND d.id = :id
""")
_ATTEMPTS = text("""
    SELECT a.number, a.marked_at, a.settled_at, a.outcome, a.http_status, a.wamid, a.meta_code,
           a.detail, a.parameters, v.id AS version_id, v.kind, v.content
      FROM attempts a JOIN message_versions v ON v.id = a.message_version_id
     WHERE a.occurrence_id = :occurrence_id AND a.delivery_id = :id ORDER BY a.number
""")
_EVENTS = text("""
    SELECT at, source, event, detail FROM delivery_events
     WHERE occurrence_id = :occurrence_id AND delivery_id = :id ORDER BY id
""")


def find(session: Session, ref: Ref) -> Row[Any] | None:
    """One delivery with the person it is for."""
    return session.execute(_ONE, {"workspace_id": ref.workspace_id, "id": ref.id}).one_or_none()


def attempts(session: Session, occurrence_id: UUID, delivery_id: UUID) -> list[Row[Any]]:
    """Every attempt, with the version and parameters it was made with."""
    return list(session.execute(_ATTEMPTS, {"occurrence_id": occurrence_id, "id": delivery_id}))


def events(session: Session, occurrence_id: UUID, delivery_id: UUID) -> list[Row[Any]]:
    """What was noted about a delivery, oldest first."""
    return list(session.execute(_EVENTS, {"occurrence_id": occurrence_id, "id": delivery_id}))
