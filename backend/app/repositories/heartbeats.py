"""Heartbeats of workers and beat."""

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.models.heartbeats import Heartbeat


def beat(session: Session, part: str, who: str) -> None:
    """Renew the row of ``part``."""
    statement = insert(Heartbeat).values(part=part, who=who)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[Heartbeat.part],
            set_={"who": who, "at": func.clock_timestamp()},
        )
    )


def ages(session: Session) -> dict[str, float]:
    """Seconds since each part's last heartbeat."""
    age = func.extract("epoch", func.clock_timestamp() - Heartbeat.at)
    return {part: float(seconds) for part, seconds in session.execute(select(Heartbeat.part, age))}
