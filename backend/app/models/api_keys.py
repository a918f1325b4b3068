"""API keys of integrators. The secret itself is never stored."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Identified, Timestamped, of_workspace


class ApiKey(Identified, Timestamped, Base):
    """A named key with scopes; ``secret_hash`` is SHA-256 of the whole key."""

    __tablename__ = "api_keys"
    __table_args__ = (of_workspace(),)

    name: Mapped[str]
    prefix: Mapped[str] = mapped_column(unique=True)
    secret_hash: Mapped[str] = mapped_column(unique=True)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_by: Mapped[UUID | None]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
