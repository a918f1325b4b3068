"""Deliveries and what happened to them: the tables of the hot path.

Keys begin with ``occurrence_id`` and never with a time, so that these tables can later be
partitioned by it. There is no foreign key to recipients (it would cost 40 % of opening an
occurrence): ids come only from workspace-bound INSERT … SELECT.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, Text, Uuid, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base

# Updates must stay on the page (HOT) and dead rows must go at once: measured settings.
_HOT: dict[str, Any] = {
    "postgresql_with": {
        "fillfactor": 70,
        "autovacuum_vacuum_scale_factor": 0.01,
        "autovacuum_vacuum_threshold": 5000,
        "autovacuum_vacuum_cost_delay": 0,
        "autovacuum_vacuum_insert_scale_factor": 0.05,
    }
}


class Delivery(Base):
    """One message to one recipient in one occurrence; never sent twice, never lost.

    "Due" is ``next_attempt_at IS NOT NULL``: the only indexed column that changes after the
    row is made. NULL when claimed, marked, unconfirmed or ended.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        Index("uq_deliveries_once", "occurrence_id", "recipient_id", unique=True),
        Index(
            "ix_deliveries_due",
            "occurrence_id",
            "next_attempt_at",
            "id",
            postgresql_where=text("next_attempt_at IS NOT NULL"),
        ),
        Index("ix_deliveries_workspace", "workspace_id", "id"),
        Index("ix_deliveries_recipient", "recipient_id", "id"),
        Index(
            "ix_deliveries_direct",
            "workspace_id",
            "id",
            postgresql_where=text("schedule_id IS NULL"),
        ),
        CheckConstraint("next_attempt_at IS NULL OR status = 'scheduled'", name="due"),
        CheckConstraint(
            "status IN ('scheduled','sending','accepted','sent','delivered','read','failed',"
            "'unconfirmed','skipped','expired','cancelled')",
            name="status",
        ),
        _HOT,
    )

    occurrence_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    recipient_id: Mapped[UUID]
    sender_id: Mapped[UUID]
    schedule_id: Mapped[UUID | None]
    origin: Mapped[str]
    status: Mapped[str]
    reason: Mapped[str | None]
    meta_code: Mapped[int | None]
    detail: Mapped[str | None]
    due_at: Mapped[datetime]
    next_attempt_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]
    claim_id: Mapped[UUID | None]
    tries: Mapped[int] = mapped_column(default=0, server_default="0")
    deferrals: Mapped[int] = mapped_column(default=0, server_default="0")
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    attempt_id: Mapped[UUID | None]
    marked_at: Mapped[datetime | None]
    wamid: Mapped[str | None]
    message_status: Mapped[str | None]
    accepted_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    errors: Mapped[list[Any] | None] = mapped_column(JSONB(none_as_null=True))
    pricing: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    variables: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    reference: Mapped[str | None]
    meta: Mapped[dict[str, Any] | None] = mapped_column("metadata", JSONB(none_as_null=True))
    created_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())


class Attempt(Base):
    """One call to the Cloud API, written down before its first byte leaves.

    The partial unique index makes a second open attempt impossible, even for a bug.
    """

    __tablename__ = "attempts"
    __table_args__ = (
        Index(
            "uq_attempts_open",
            "occurrence_id",
            "delivery_id",
            unique=True,
            postgresql_where=text(
                "(outcome IS NULL OR outcome IN ('accepted','unconfirmed'))"
                " AND superseded_at IS NULL"
            ),
        ),
        Index("ix_attempts_delivery", "occurrence_id", "delivery_id", "number"),
        Index("ix_attempts_pairs", "sender_id", "marked_at"),
        CheckConstraint(
            "outcome IS NULL OR outcome IN ('not_sent','refused','accepted','unconfirmed')",
            name="outcome",
        ),
        _HOT,
    )

    occurrence_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    delivery_id: Mapped[UUID]
    recipient_id: Mapped[UUID]
    sender_id: Mapped[UUID]
    number: Mapped[int]
    claim_id: Mapped[UUID]
    worker: Mapped[str]
    epoch: Mapped[int]
    schedule_version: Mapped[int]
    message_version_id: Mapped[UUID]
    parameters: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    marked_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    settled_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    http_status: Mapped[int | None]
    wamid: Mapped[str | None]
    meta_code: Mapped[int | None]
    detail: Mapped[str | None]
    superseded_at: Mapped[datetime | None]


class Claim(Base):
    """Rows a drain has taken to send soon: what the recovery of dead drains scans."""

    __tablename__ = "claims"
    __table_args__ = (Index("ix_claims_sender", "sender_id", "leased_until"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    sender_id: Mapped[UUID]
    worker: Mapped[str]
    leased_until: Mapped[datetime]
    occurrence_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))
    delivery_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))
    claimed_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())


class DeliveryCount(Base):
    """Counters as insert-only rows: read as ``sum(n)``, folded by the sweep, never locked."""

    __tablename__ = "delivery_counts"
    __table_args__ = (
        Index("ix_delivery_counts_occurrence", "occurrence_id", "status"),
        Index(
            "ix_delivery_counts_unconfirmed",
            "occurrence_id",
            postgresql_where=text("status = 'unconfirmed'"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    workspace_id: Mapped[UUID]
    occurrence_id: Mapped[UUID]
    status: Mapped[str] = mapped_column(Text)
    n: Mapped[int]


class DeliveryEvent(Base):
    """The timeline: what happened, from which source, when. Never changed."""

    __tablename__ = "delivery_events"
    __table_args__ = (Index("ix_delivery_events_delivery", "occurrence_id", "delivery_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    workspace_id: Mapped[UUID]
    occurrence_id: Mapped[UUID]
    delivery_id: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    source: Mapped[str]
    event: Mapped[str]
    detail: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))


class StopOrder(Base):
    """Something that must stop sending, found while settling; applied right after.

    ``what`` is one of ``domain.stops.What``; ``until`` is when it passes by itself.
    """

    __tablename__ = "stop_orders"
    __table_args__ = (
        Index("ix_stop_orders_open", "id", postgresql_where=text("applied_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    workspace_id: Mapped[UUID]
    sender_id: Mapped[UUID]
    occurrence_id: Mapped[UUID | None]
    recipient_id: Mapped[UUID | None]
    what: Mapped[str]
    reason: Mapped[str]
    detail: Mapped[str | None]
    until: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    applied_at: Mapped[datetime | None]
