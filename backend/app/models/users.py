"""People who log in, their memberships and their sessions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.ids import new_id
from app.models.base import Base, Timestamped, Versioned, of_workspace


class User(Timestamped, Base):
    """A person; may be a member of several workspaces."""

    __tablename__ = "users"
    __table_args__ = (Index("uq_users_email", func.lower(text("email")), unique=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str]
    name: Mapped[str]
    # Read only where somebody logs in; elsewhere PostgreSQL refuses it.
    password_hash: Mapped[str] = mapped_column(deferred=True)


class Membership(Timestamped, Versioned, Base):
    """A person's role in a workspace."""

    __tablename__ = "memberships"
    __table_args__ = (
        of_workspace(),
        CheckConstraint("role IN ('owner','admin','editor','approver','viewer')", name="role"),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    role: Mapped[str]
    user: Mapped[User] = relationship(viewonly=True, lazy="joined")


class UserSession(Timestamped, Base):
    """One log-in: a family of refresh tokens, of which only hashes are kept.

    ``previous_hash`` is the token rotated out last; seen again after the grace period it
    ends the family, for then two parties hold it (RFC 9700, section 4.14.2).
    """

    __tablename__ = "sessions"
    __table_args__ = (of_workspace(),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    workspace_id: Mapped[UUID]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    refresh_hash: Mapped[str] = mapped_column(unique=True)
    previous_hash: Mapped[str | None] = mapped_column(index=True)
    rotated_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    user_agent: Mapped[str | None]
    address: Mapped[str | None]
