"""Whether the database answers, is up to date, and heard from every part."""

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.models.heartbeats import Heartbeat


def migrated_to(session: Session) -> str | None:
    """The migration the database is at; raises when it doesn't answer."""
    if session.scalar(select(func.to_regclass("alembic_version"))) is None:
        return None
    version = session.scalar(text("SELECT version_num FROM alembic_version"))
    return None if version is None else str(version)


def heartbeat_ages(session: Session) -> dict[str, float]:
    """Seconds since each part was heard of, by the database's clock."""
    age = func.extract("epoch", func.clock_timestamp() - Heartbeat.at)
    return {part: float(seconds) for part, seconds in session.execute(select(Heartbeat.part, age))}
