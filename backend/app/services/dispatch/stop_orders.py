"""What must stop sending: applied in a transaction of its own, senders before lanes before people.

Written by the settle or a merge, which may not take those locks. The drain obeys at once in
memory; the sweep applies what a crash left.
"""

import logging
from uuid import UUID

from sqlalchemy.orm import Session

from app.core import live
from app.core.db import transaction
from app.domain.refs import Ref
from app.domain.states import OccurrenceStatus
from app.models.deliveries import StopOrder
from app.repositories import lanes, occurrences, recipient_facts, stop_orders
from app.repositories.stop_orders import Order as Order
from app.services import senders
from app.services.dispatch.jobs import Job

logger = logging.getLogger(__name__)

_HOLDABLE = frozenset({OccurrenceStatus.OPEN, OccurrenceStatus.RUNNING})
_RANK = {"sender_paused": 0, "occurrence_held": 1}


def hold(job: Job, sender_id: UUID, reason: str) -> Order:
    """Hold the occurrence of a job."""
    return Order(
        job.lane.workspace_id,
        sender_id,
        "occurrence_held",
        reason,
        occurrence_id=job.row.occurrence_id,
    )


def apply_open() -> int:
    """Apply all open orders; returns how many."""
    with transaction() as session:
        orders = stop_orders.take_open(session)
        for order in sorted(orders, key=_lock_order):
            _apply(session, order)
        stop_orders.applied(session, [order.id for order in orders])
    return len(orders)


def _lock_order(order: StopOrder) -> tuple[int, str, str]:
    rank = _RANK.get(order.what, 2)
    return rank, str(order.sender_id), str(order.occurrence_id or order.recipient_id)


def _apply(session: Session, order: StopOrder) -> None:
    match order.what:
        case "sender_paused":
            ref = Ref(order.workspace_id, order.sender_id)
            senders.pause_if_active(session, ref, order.reason)
        case "occurrence_held" if order.occurrence_id is not None:
            _hold(session, order, order.occurrence_id)
        case "recipient_opted_out" if order.recipient_id is not None:
            recipient_facts.opt_out_of_marketing(
                session, Ref(order.workspace_id, order.recipient_id), order.reason, order.detail
            )
        case "recipient_unreachable" if order.recipient_id is not None:
            recipient_facts.mark_unreachable(
                session, Ref(order.workspace_id, order.recipient_id), order.reason
            )
        case unknown:
            logger.error("a stop order of unknown kind: %s", unknown)


def _hold(session: Session, order: StopOrder, occurrence_id: UUID) -> None:
    held = occurrences.move(
        session,
        occurrence_id,
        allowed=_HOLDABLE,
        to=OccurrenceStatus.HELD,
        reason=order.reason,
    )
    if held:
        lanes.set_state(session, occurrence_id, "held")
        live.announce(
            session, order.workspace_id, "occurrence.progress", occurrence_id=occurrence_id
        )
