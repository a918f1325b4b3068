"""Tries to log in, counted where every process and a restart of Redis see the same."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class LoginTries(Base):
    """``key`` is a digest of what is counted: an address, or an account and an address."""

    __tablename__ = "login_tries"

    key: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime] = mapped_column(index=True)
    tries: Mapped[int]
    waits: Mapped[int]
    blocked_until: Mapped[datetime | None]
