"""Imports of recipients from a file: the file until it is read, then the result."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Identified, Timestamped, of_workspace


class RecipientImport(Identified, Timestamped, Base):
    """One upload. ``errors``: ``[{row, field, code, message, values}]``, original rows kept."""

    __tablename__ = "recipient_imports"
    __table_args__ = (
        of_workspace(),
        UniqueConstraint("workspace_id", "id"),
        CheckConstraint("status IN ('queued','running','completed','failed')", name="status"),
    )

    filename: Mapped[str]
    status: Mapped[str] = mapped_column(default="queued")
    file: Mapped[bytes | None]
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)
    total: Mapped[int] = mapped_column(default=0)
    processed: Mapped[int] = mapped_column(default=0)
    created: Mapped[int] = mapped_column(default=0)
    updated: Mapped[int] = mapped_column(default=0)
    skipped: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    errors: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    warnings: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    detail: Mapped[str | None]
    created_by: Mapped[UUID | None]
    finished_at: Mapped[datetime | None]
