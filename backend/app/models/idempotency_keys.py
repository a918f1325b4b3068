"""Answers already given, so that a repeated POST gets the first one again."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, of_workspace


class IdempotencyKey(Base):
    """One key of one workspace, stored in the transaction of its effect."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (of_workspace(),)

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    request_hash: Mapped[str]
    status: Mapped[int | None]
    body: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    created_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp(), index=True)
