"""Workspaces: the tenants. Everything else belongs to exactly one."""

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.ids import new_id
from app.models.base import Base, Timestamped, Versioned


class Workspace(Timestamped, Versioned, Base):
    """A tenant and its sending rules."""

    __tablename__ = "workspaces"
    __table_args__ = (
        CheckConstraint("service_window IN ('enforce', 'ignore')", name="service_window"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    timezone: Mapped[str]
    country: Mapped[str]
    locale: Mapped[str]
    service_window: Mapped[str] = mapped_column(default="enforce")
    marketing_requires_opt_in: Mapped[bool] = mapped_column(default=True)
    stop_words: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    # {first_n, max_failed_pct, max_opt_out_pct}, or NULL: nothing is held.
    breaker: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    # Class of data -> days after which it is deleted; a class that is not named is kept.
    retention_days: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
