"""The audit log: who did what to which object, when, from where."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Identified, of_workspace


class AuditEntry(Identified, Base):
    """One act, written in its own transaction. Only added and read, see ``migrations/walls.py``.

    ``actor_name`` is as it was then. ``before`` and ``after`` hold the fields that changed, and
    never a secret: of one it is said only that it changed.
    """

    __tablename__ = "audit_log"
    __table_args__ = (
        of_workspace(),
        CheckConstraint(
            "actor_kind IN ('person','api_key','anonymous','system')", name="actor_kind"
        ),
        Index("ix_audit_log_workspace", "workspace_id", "id"),
        Index("ix_audit_log_object", "workspace_id", "object_id", "id"),
    )

    at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str | None]
    action: Mapped[str]
    object_type: Mapped[str]
    object_id: Mapped[UUID | None]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    address: Mapped[str | None]
    request_id: Mapped[str | None]
