"""Messages: reusable content. Each edit is a new immutable version."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from app.core.ids import new_id
from app.models.base import Base, Identified, Timestamped, Versioned, inside, of_workspace


class Message(Identified, Timestamped, Versioned, Base):
    """A title and the number of its newest version."""

    __tablename__ = "messages"
    __table_args__ = (of_workspace(), UniqueConstraint("workspace_id", "id"))

    title: Mapped[str]
    archived_at: Mapped[datetime | None]


class MessageVersion(Base):
    """What is sent; never changed once written.

    ``content`` holds the part of its kind: ``{"text", "preview_url"}`` for text;
    ``{"template_id", "name", "language", "parameter_format", "parameters", "components"}``
    for a template, as approved when the version was written.
    """

    __tablename__ = "message_versions"
    __table_args__ = (
        inside("message_id", "messages", ondelete="CASCADE"),
        UniqueConstraint("workspace_id", "id"),
        UniqueConstraint("message_id", "version"),
        CheckConstraint("kind IN ('text','template')", name="kind"),
        CheckConstraint("category IN ('marketing','utility','authentication')", name="category"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    workspace_id: Mapped[UUID]
    message_id: Mapped[UUID | None]
    version: Mapped[int]
    kind: Mapped[str]
    category: Mapped[str]
    content: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
