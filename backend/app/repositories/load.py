"""How much is waiting: read once for each scrape, from the partial index of what is due."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.deliveries import Delivery


def deliveries_due(session: Session) -> tuple[int, float]:
    """How many deliveries should have gone out by now, and for how many seconds the oldest."""
    now = func.clock_timestamp()
    late = func.extract("epoch", now - func.min(Delivery.next_attempt_at))
    count, oldest = session.execute(
        select(func.count(), late).where(Delivery.next_attempt_at <= now)
    ).one()
    return count, float(oldest or 0)
