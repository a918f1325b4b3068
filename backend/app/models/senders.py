"""Senders: WhatsApp business numbers, and the lease of the drain that sends for each."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Identified, Timestamped, Versioned, inside, of_workspace


class Sender(Identified, Timestamped, Versioned, Base):
    """A business phone number in a WABA, with its sealed credentials."""

    __tablename__ = "senders"
    __table_args__ = (
        of_workspace(),
        UniqueConstraint("workspace_id", "id"),
        UniqueConstraint("workspace_id", "phone_number_id"),
        CheckConstraint("status IN ('active','paused','disconnected')", name="status"),
        CheckConstraint("throughput_mps BETWEEN 1 AND 1000", name="throughput"),
    )

    name: Mapped[str]
    phone_number_id: Mapped[str] = mapped_column(index=True)
    waba_id: Mapped[str]
    # The portfolio at Meta that the account belongs to, where Meta has told.
    business_id: Mapped[str | None]
    access_token_sealed: Mapped[str]
    app_secret_sealed: Mapped[str | None]
    api_base_url: Mapped[str | None]
    display_phone_number: Mapped[str | None]
    verified_name: Mapped[str | None]
    quality_rating: Mapped[str | None]
    messaging_limit: Mapped[int | None]
    throughput_mps: Mapped[int] = mapped_column(default=80)
    status: Mapped[str] = mapped_column(default="active")
    status_reason: Mapped[str | None]
    # Paused by what passes by itself: goes on then. NULL: a person decides.
    paused_until: Mapped[datetime | None]


class SenderDrain(Base):
    """Who sends for a number now. At most one holder; ``epoch`` fences the others out.

    ``rung`` counts doorbells, so that a drain about to end sees one that came meanwhile.
    ``next_slot`` is the next instant the pace allows, for the successor, and ``share`` the part
    of the limit that is used from then on, less than 1 after refusals. ``braked_until``: its
    account or app asked too much, whoever of its numbers heard it.
    """

    __tablename__ = "sender_drains"
    __table_args__ = (inside("sender_id", "senders", ondelete="CASCADE"),)

    sender_id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    owner: Mapped[str | None]
    epoch: Mapped[int] = mapped_column(default=0, server_default="0")
    leased_until: Mapped[datetime | None]
    next_slot: Mapped[datetime | None]
    share: Mapped[float] = mapped_column(default=1.0, server_default="1")
    braked_until: Mapped[datetime | None]
    rung: Mapped[int] = mapped_column(default=0, server_default="0")


class BarredCountry(Base):
    """A country to which WhatsApp lets a business account send nothing; tried again after it."""

    __tablename__ = "barred_countries"
    __table_args__ = (of_workspace(),)

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    waba_id: Mapped[str] = mapped_column(primary_key=True)
    country: Mapped[str] = mapped_column(primary_key=True)
    until: Mapped[datetime]
