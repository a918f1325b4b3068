"""What is waiting and who was heard of, for the metrics."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core import queue, redis
from app.repositories import load
from app.services import heartbeats


@dataclass(frozen=True, slots=True)
class Load:
    """Counts of one moment; ages in seconds."""

    due: int
    oldest_due_seconds: float
    heartbeat_ages: dict[str, float]


def measure(session: Session) -> Load:
    """What the database knows."""
    due, oldest = load.deliveries_due(session)
    return Load(due, oldest, heartbeats.ages(session))


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
