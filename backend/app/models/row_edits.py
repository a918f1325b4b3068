"""Edits on their way to the rows of open occurrences."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, inside


class RowEdit(Base):
    """What the unmarked rows of an open occurrence become, a few thousand at a time.

    Rows with an id up to ``turned_to`` have it already; for those after it, whoever marks or
    reads takes these values in place of the row's own. ``due_at`` NULL leaves their time.
    """

    __tablename__ = "row_edits"
    __table_args__ = (inside("occurrence_id", "occurrences", ondelete="CASCADE"),)

    occurrence_id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    due_at: Mapped[datetime | None]
    expires_after_s: Mapped[int]
    reference: Mapped[str | None]
    meta: Mapped[dict[str, Any]] = mapped_column("metadata")
    turned_to: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
