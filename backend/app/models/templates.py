"""Message templates as WhatsApp last told us about them."""

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from app.models.base import Base, Identified, Timestamped, of_workspace


class Template(Identified, Timestamped, Base):
    """A template of a WABA in one language. ``language`` is written ``en_US``."""

    __tablename__ = "templates"
    __table_args__ = (
        of_workspace(),
        UniqueConstraint("workspace_id", "id"),
        UniqueConstraint("workspace_id", "waba_id", "name", "language"),
    )

    waba_id: Mapped[str]
    meta_id: Mapped[str]
    name: Mapped[str]
    language: Mapped[str]
    category: Mapped[str]
    status: Mapped[str]
    quality: Mapped[str | None]
    parameter_format: Mapped[str]
    components: Mapped[list[Any]]
    rejected_reason: Mapped[str | None]
    synced_at: Mapped[datetime]
