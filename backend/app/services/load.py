"""What is waiting, how fast it goes and who was heard of: for the metrics and ``status``."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core import db, queue, redis, tally
from app.repositories import callback_traffic, load, server
from app.repositories.callback_traffic import Traffic
from app.repositories.clock_readings import HostClock
from app.repositories.load import Pace
from app.services import heartbeats
from app.services.dispatch import clock_readings, expand, release

COUNTED = ("attempts", "rescues", "retries")


@dataclass(frozen=True, slots=True)
class Load:
    """Counts of one moment; ages and lags in seconds."""

    due: int
    oldest_due_seconds: float
    planner_lag_seconds: float
    in_doubt: int
    held: bool
    callbacks: Traffic
    paces: list[Pace]
    clocks: list[HostClock]
    heartbeat_ages: dict[str, float]
    connections: dict[str, int]
    connections_allowed: int


def measure(session: Session) -> Load:
    """What the database knows."""
    due, oldest = load.deliveries_due(session)
    # Only the login itself is told about its connections.
    with db.reading(None) as login:
        connections, allowed = server.connections(login)
    guard = release.read(session)
    return Load(
        due=due,
        oldest_due_seconds=oldest,
        planner_lag_seconds=load.planner_lag(session, expand.LEAD.total_seconds()),
        in_doubt=load.in_doubt(session),
        held=guard is not None and guard.held_for is not None,
        callbacks=callback_traffic.measure(session),
        paces=load.paces(session),
        clocks=clock_readings.recent(session),
        heartbeat_ages=heartbeats.ages(session),
        connections=connections,
        connections_allowed=allowed,
    )


def counted() -> dict[str, dict[str, int]]:
    """What all processes have counted, by name and label; empty when Redis is away."""
    return {name: tally.read(name) for name in COUNTED}


def queue_lengths() -> dict[str, int]:
    """Doorbells that wait in each queue of the broker; empty when Redis is away."""
    try:
        # Celery keeps a queue as a Redis list of the queue's name.
        return {
            name: int(redis.client().llen(name))
            for name in (queue.DISPATCH, queue.DEFAULT, queue.WEBHOOKS)
        }
    except Exception:
        return {}
