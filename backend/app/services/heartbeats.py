"""Who is alive: rows that each part renews, and links that end with their part."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from app.repositories import heartbeats, links

SWEEP = "sweep"


def beat(session: Session, part: str, who: str) -> None:
    """Say that ``part`` is alive now, by the database's clock."""
    heartbeats.beat(session, part, who)


def sweep_is_overdue(session: Session, seconds: int) -> bool:
    """Whether the last sweep is more than ``seconds`` ago."""
    age = heartbeats.ages(session).get(SWEEP)
    return age is None or age > seconds


def ages(session: Session) -> dict[str, float]:
    """Seconds since each part's last sign of life."""
    return heartbeats.ages(session)


def linked(session: Session, parts: Iterable[str]) -> set[str]:
    """Those of ``parts`` of which at least one process runs and reaches the database."""
    return links.held(session, parts)
