"""Signs of life of workers and beat, for readiness and for the dead-man sweep."""

from datetime import datetime

from sqlalchemy import func
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class Heartbeat(Base):
    """``part``: ``beat``, ``sweep``, ``worker:dispatch``, ``worker:default``."""

    __tablename__ = "heartbeats"

    part: Mapped[str] = mapped_column(primary_key=True)
    who: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
