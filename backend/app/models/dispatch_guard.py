"""The row that can stop all sending, and what hosts say about their clocks."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Uuid, func
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class DispatchGuard(Base):
    """One row. ``held_for`` set: nothing is marked anywhere until a person confirms.

    ``epoch`` and the growing ``ticks`` are also kept outside the database, which therefore can't
    go back in time unnoticed; ``superseded`` are epochs whose end a person has confirmed.
    ``home`` is the server and database the row was last used in. ``high_water`` is the latest
    time this database was seen at. Nothing due before ``doubt_before`` and made before it is
    sent by itself.
    """

    __tablename__ = "dispatch_guard"
    __table_args__ = (CheckConstraint("is_only", name="is_only"),)

    is_only: Mapped[bool] = mapped_column(primary_key=True, server_default="true")
    epoch: Mapped[UUID | None]
    ticks: Mapped[int] = mapped_column(BigInteger, server_default="0")
    superseded: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()), server_default="{}")
    home: Mapped[str | None]
    high_water: Mapped[datetime | None]
    held_for: Mapped[str | None]
    held_detail: Mapped[str | None]
    held_at: Mapped[datetime | None]
    doubt_before: Mapped[datetime | None]


class ClockReading(Base):
    """How far the database's and WhatsApp's clocks are ahead of a worker's host, in seconds."""

    __tablename__ = "clock_readings"

    who: Mapped[str] = mapped_column(primary_key=True)
    database_ahead_s: Mapped[float]
    provider_ahead_s: Mapped[float | None]
    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
