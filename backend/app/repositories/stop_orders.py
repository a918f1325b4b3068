"""Stop orders: what must stop sending, written by the settle or a merge, applied right after.

The settle may not touch lanes, senders or recipients (another lock order); so it leaves these
rows, and a transaction of their own applies them in the order senders, lanes, recipients.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from app.domain.stops import What
from app.models.deliveries import StopOrder


@dataclass(frozen=True, slots=True)
class Order:
    """``what`` for ``reason``, with WhatsApp's own words; ``until`` when it passes by itself."""

    workspace_id: UUID
    sender_id: UUID
    what: What
    reason: str
    detail: str | None = None
    occurrence_id: UUID | None = None
    recipient_id: UUID | None = None
    until: datetime | None = None


def write(session: Session, orders: Sequence[Order]) -> None:
    """Write orders down in the caller's transaction."""
    if orders:
        session.execute(insert(StopOrder), [asdict(order) for order in orders])


def take_open(session: Session, most: int = 500) -> list[StopOrder]:
    """Orders not applied yet, oldest first, locked; those somebody else applies are skipped."""
    statement = (
        select(StopOrder)
        .where(StopOrder.applied_at.is_(None))
        .order_by(StopOrder.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    return list(session.scalars(statement))


def applied(session: Session, ids: Sequence[int]) -> None:
    """Note that these orders are applied."""
    session.execute(
        update(StopOrder).where(StopOrder.id.in_(ids)).values(applied_at=func.clock_timestamp())
    )
