"""Schedules, their occurrences, and the lanes through which an occurrence is sent."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Identified, Timestamped, Versioned, inside, of_workspace


class Schedule(Identified, Timestamped, Versioned, Base):
    """Message + sender + audience + timing + rules, as the person wrote them.

    ``audience``: ``{group_ids, recipient_ids, exclude_group_ids}``; ``timing`` as in the
    REST contract; ``message_version`` is the number of the version that is sent;
    ``paused_from`` is where a paused one goes back to.
    """

    __tablename__ = "schedules"
    __table_args__ = (
        of_workspace(),
        UniqueConstraint("workspace_id", "id"),
        inside("message_id", "messages"),
        inside("sender_id", "senders"),
        Index("ix_schedules_workspace_id_created", "workspace_id", "created_at", "id"),
    )

    name: Mapped[str]
    message_id: Mapped[UUID]
    message_version: Mapped[int]
    sender_id: Mapped[UUID]
    audience: Mapped[dict[str, Any]]
    timing: Mapped[dict[str, Any]]
    max_rate_mps: Mapped[int | None]
    expires_after_s: Mapped[int] = mapped_column(default=14400)
    daily_limit: Mapped[str] = mapped_column(default="spread", server_default="spread")
    when_unconfirmed: Mapped[str] = mapped_column(default="hold")
    resend_after_s: Mapped[int | None]
    priority: Mapped[str] = mapped_column(default="campaign")
    service_window: Mapped[str | None]
    reference: Mapped[str | None]
    # "metadata" is SQLAlchemy's own name on the class.
    meta: Mapped[dict[str, Any]] = mapped_column("metadata", default=dict, server_default="{}")
    status: Mapped[str]
    paused_from: Mapped[str | None]
    created_by: Mapped[UUID | None]


class Occurrence(Identified, Timestamped, Versioned, Base):
    """One firing. ``key`` is its original slot and never changes: ``0`` for now and once.

    ``due_at``/``last_due_at`` are UTC as computed with ``tzdata_version``; ``audience`` is
    the number of people it was opened for, NULL before. A paused one goes back to
    ``paused_from``; ``paused_by`` is ``schedule`` when it was paused with its schedule and is
    resumed with it, ``person`` when it was paused by itself. When its deliveries are deleted by
    their age, ``kept_counts`` (status -> number) goes on counting for them; ``forgotten_at`` is
    when the last one went. ``trusted_at``: a person let it go on after the breaker held it.
    """

    __tablename__ = "occurrences"
    __table_args__ = (
        UniqueConstraint("workspace_id", "id"),
        UniqueConstraint("schedule_id", "key"),
        inside("schedule_id", "schedules", ondelete="CASCADE"),
        inside("sender_id", "senders"),
        Index("ix_occurrences_planned", "due_at", postgresql_where=text("status = 'planned'")),
        Index(
            "ix_occurrences_open",
            "id",
            postgresql_where=text("status IN ('open','running','held','paused','cancelled')"),
        ),
        CheckConstraint(
            "status IN ('planned','open','running','completed','held','paused','cancelled',"
            "'skipped','missed')",
            name="status",
        ),
    )

    schedule_id: Mapped[UUID]
    sender_id: Mapped[UUID]
    key: Mapped[str]
    local_at: Mapped[str | None]
    timezone: Mapped[str]
    tzdata_version: Mapped[str]
    due_at: Mapped[datetime]
    last_due_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(default="planned")
    status_reason: Mapped[str | None]
    paused_from: Mapped[str | None]
    paused_by: Mapped[str | None]
    audience: Mapped[int | None]
    opened_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    kept_counts: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    forgotten_at: Mapped[datetime | None]
    trusted_at: Mapped[datetime | None]


class Lane(Base):
    """An open occurrence at a sender: the one row that all that can stop it updates.

    Direct sends have lanes of their own (``origin`` other than schedule), with a fresh
    ``occurrence_id``. ``version`` is the schedule's version that may be marked;
    ``sender_active`` mirrors the sender's status, so that the mark sees a pause by this lock.
    """

    __tablename__ = "lanes"
    __table_args__ = (
        inside("sender_id", "senders"),
        Index("ix_lanes_sender", "sender_id", "priority", "occurrence_id"),
        CheckConstraint("state IN ('runnable','paused','held','cancelled')", name="state"),
    )

    occurrence_id: Mapped[UUID] = mapped_column(primary_key=True)
    sender_id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    schedule_id: Mapped[UUID | None]
    message_version_id: Mapped[UUID]
    priority: Mapped[int]
    state: Mapped[str] = mapped_column(default="runnable")
    sender_active: Mapped[bool] = mapped_column(default=True, server_default="true")
    version: Mapped[int] = mapped_column(default=1)
    max_rate_mps: Mapped[int | None]
    service_window: Mapped[str] = mapped_column(default="enforce")
    daily_limit: Mapped[str] = mapped_column(default="spread", server_default="spread")
    category: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
