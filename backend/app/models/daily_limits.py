"""Whom a portfolio has reached lately: WhatsApp lets it write first to so many people a day."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, inside, of_workspace


class Portfolio(Base):
    """What shares one limit; ``used`` is how many rows of ``people_reached`` it has.

    ``key`` is the business's id at Meta, or its account's where that isn't known. Whoever
    counts locks this row first. There is none while all its numbers are without a limit.
    """

    __tablename__ = "portfolios"
    __table_args__ = (of_workspace(),)

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    used: Mapped[int] = mapped_column(server_default="0")


class PersonReached(Base):
    """Somebody the portfolio wrote to first, or is about to.

    ``claim_id`` may give the place back when nothing was sent; NULL when others count on it.
    """

    __tablename__ = "people_reached"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "portfolio"],
            ["portfolios.workspace_id", "portfolios.key"],
            ondelete="CASCADE",
        ),
        Index("ix_people_reached_counted_at", "workspace_id", "portfolio", "counted_at"),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    portfolio: Mapped[str] = mapped_column(primary_key=True)
    recipient_id: Mapped[UUID] = mapped_column(primary_key=True)
    claim_id: Mapped[UUID | None]
    counted_at: Mapped[datetime]


class DailyWait(Base):
    """An occurrence of which something waits for room in the limit, and until when."""

    __tablename__ = "daily_waits"
    __table_args__ = (inside("sender_id", "senders", ondelete="CASCADE"),)

    occurrence_id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    sender_id: Mapped[UUID]
    until: Mapped[datetime]
