"""Recipients, the consent they gave, and the groups they are in.

Nothing that changes while sending lives on a recipient's row: the mark locks it.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, column, func, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.ids import new_id
from app.models.base import Base, Identified, Timestamped, Versioned, inside, of_workspace


class Recipient(Identified, Timestamped, Versioned, Base):
    """A person of the address book. ``erased_at`` marks a tombstone: no data left.

    ``undeliverable_count`` failures in a row, the last at ``undeliverable_at``, make somebody
    unreachable; WhatsApp's limit refused ``marketing_pauses`` in a row, so until
    ``marketing_paused_until`` no marketing is sent.
    """

    __tablename__ = "recipients"
    __table_args__ = (
        of_workspace(),
        UniqueConstraint("workspace_id", "id"),
        UniqueConstraint("workspace_id", "phone"),
        UniqueConstraint("workspace_id", "whatsapp_user_id"),
        UniqueConstraint("workspace_id", "external_id"),
        CheckConstraint(
            "consent_marketing IN ('opted_in','opted_out','unknown')", name="consent_marketing"
        ),
        CheckConstraint("consent_all IN ('allowed','opted_out')", name="consent_all"),
        Index("ix_recipients_wa_id", "workspace_id", "wa_id"),
        Index(
            "ix_recipients_name_trgm",
            func.lower(column("name")).label("lower_name"),
            postgresql_using="gin",
            postgresql_ops={"lower_name": "gin_trgm_ops"},
        ),
        Index(
            "ix_recipients_phone_trgm",
            "phone",
            postgresql_using="gin",
            postgresql_ops={"phone": "gin_trgm_ops"},
        ),
    )

    external_id: Mapped[str | None]
    name: Mapped[str] = mapped_column(default="")
    phone: Mapped[str | None]
    whatsapp_user_id: Mapped[str | None]
    wa_id: Mapped[str | None]
    username: Mapped[str | None]
    country: Mapped[str | None]
    language: Mapped[str | None]
    timezone: Mapped[str]
    timezone_source: Mapped[str]
    attributes: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    consent_marketing: Mapped[str] = mapped_column(default="unknown")
    consent_all: Mapped[str] = mapped_column(default="allowed")
    consent_source: Mapped[str | None]
    consent_at: Mapped[datetime | None]
    reachable: Mapped[bool] = mapped_column(default=True)
    unreachable_reason: Mapped[str | None]
    undeliverable_count: Mapped[int] = mapped_column(default=0, server_default="0")
    undeliverable_at: Mapped[datetime | None]
    marketing_pauses: Mapped[int] = mapped_column(default=0, server_default="0")
    marketing_paused_until: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]


class ConsentEvent(Base):
    """One opt-in or opt-out, with where it came from. Never changed."""

    __tablename__ = "consent_events"
    __table_args__ = (
        inside("recipient_id", "recipients", ondelete="CASCADE"),
        Index("ix_consent_events_recipient", "workspace_id", "recipient_id", "at"),
        Index(
            "ix_consent_events_opt_outs",
            "workspace_id",
            "at",
            postgresql_where=text("value = 'opted_out'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    workspace_id: Mapped[UUID]
    recipient_id: Mapped[UUID]
    about: Mapped[str]
    value: Mapped[str]
    source: Mapped[str]
    evidence: Mapped[str | None]
    actor: Mapped[str | None]
    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())


class ServiceWindow(Base):
    """When a person last wrote to a sender: opens 24 hours of free-form messages."""

    __tablename__ = "service_windows"
    __table_args__ = (
        inside("recipient_id", "recipients", ondelete="CASCADE"),
        inside("sender_id", "senders", ondelete="CASCADE"),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    recipient_id: Mapped[UUID] = mapped_column(primary_key=True)
    sender_id: Mapped[UUID] = mapped_column(primary_key=True)
    last_inbound_at: Mapped[datetime]


class Group(Identified, Timestamped, Versioned, Base):
    """Recipients put together by hand."""

    __tablename__ = "groups"
    __table_args__ = (of_workspace(), UniqueConstraint("workspace_id", "id"))

    name: Mapped[str]
    description: Mapped[str] = mapped_column(default="")


class GroupMember(Base):
    """A recipient in a group."""

    __tablename__ = "group_members"
    __table_args__ = (
        inside("group_id", "groups", ondelete="CASCADE"),
        inside("recipient_id", "recipients", ondelete="CASCADE"),
        Index("ix_group_members_recipient", "workspace_id", "recipient_id"),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    group_id: Mapped[UUID] = mapped_column(primary_key=True)
    recipient_id: Mapped[UUID] = mapped_column(primary_key=True)
