"""Invitations to a workspace. The token itself is never stored."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Identified, Timestamped, of_workspace


class Invitation(Identified, Timestamped, Base):
    """An address that may become a member with ``role``, once; ``token_hash`` is SHA-256.

    ``invited_by`` is a user. What was accepted stays as a record.
    """

    __tablename__ = "invitations"
    __table_args__ = (
        of_workspace(),
        CheckConstraint("role IN ('owner','admin','editor','approver','viewer')", name="role"),
        Index(
            "uq_invitations_open",
            "workspace_id",
            text("lower(email)"),
            unique=True,
            postgresql_where=text("accepted_at IS NULL"),
        ),
    )

    email: Mapped[str]
    role: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    invited_by: Mapped[UUID]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
