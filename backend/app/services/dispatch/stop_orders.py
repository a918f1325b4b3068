"""What must stop sending: applied in a transaction of its own, senders before lanes before people.

Written by the settle or a merge, which may not take those locks. The drain obeys at once in
memory; the sweep applies what a crash left.
"""

import logging
from uuid import UUID

from sqlalchemy.orm import Session

from app.core import queue
from app.core.db import transaction
from app.domain import stops
from app.domain.refs import Ref
from app.domain.stops import What
from app.models.deliveries import StopOrder
from app.repositories import barred_countries, recipient_facts, stop_orders, template_guard
from app.repositories import senders as sender_rows
from app.repositories.stop_orders import Order as Order
from app.services import senders
from app.services.dispatch import template_guard as guard
from app.services.dispatch.jobs import Job

logger = logging.getLogger(__name__)

_TEMPLATE_STATUS = {What.TEMPLATE_PAUSED: "PAUSED", What.TEMPLATE_DISABLED: "DISABLED"}


def hold(job: Job, sender_id: UUID, reason: str) -> Order:
    """Hold the occurrence of a job."""
    return Order(
        job.lane.workspace_id,
        sender_id,
        What.OCCURRENCE_HELD,
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
        # What WhatsApp thinks of a template now, asking tells.
        for sender_id in {order.sender_id for order in orders if order.occurrence_id}:
            queue.nudge(session, "templates.sync", str(sender_id))
    return len(orders)


def _lock_order(order: StopOrder) -> tuple[int, str, str]:
    if order.what in stops.OF_RECIPIENTS:
        return 2, str(order.sender_id), str(order.recipient_id)
    of_occurrence = order.occurrence_id is not None
    return int(of_occurrence), str(order.sender_id), str(order.occurrence_id)


def _apply(session: Session, order: StopOrder) -> None:
    if order.what in stops.OF_RECIPIENTS and order.recipient_id is not None:
        _teach(session, order, Ref(order.workspace_id, order.recipient_id))
    elif order.occurrence_id is not None:
        _hold(session, order, order.occurrence_id)
    else:
        _stop_sender(session, order, Ref(order.workspace_id, order.sender_id))


def _stop_sender(session: Session, order: StopOrder, sender: Ref) -> None:
    match order.what:
        case What.SENDER_PAUSED:
            senders.pause_if_active(session, sender, order.reason, order.until)
        case What.ACCOUNT_PAUSED:
            for ref in sender_rows.of_account(session, sender):
                senders.pause_if_active(session, ref, order.reason, order.until)
        case What.SENDER_GONE:
            senders.disconnect_if_active(session, sender, order.reason)
        case What.SENDER_RESUMED:
            senders.resume_if_paused_for(session, sender, order.reason)
        case unknown:
            logger.error("a stop order of unknown kind: %s", unknown)


def _hold(session: Session, order: StopOrder, occurrence_id: UUID) -> None:
    if order.what == What.OCCURRENCE_HELD:
        guard.hold(session, order.workspace_id, occurrence_id, order.reason)
    elif order.what in _TEMPLATE_STATUS:
        template_guard.stop(session, occurrence_id, _TEMPLATE_STATUS[What(order.what)])
        guard.hold_unfit(session)


def _teach(session: Session, order: StopOrder, person: Ref) -> None:
    match order.what:
        case What.RECIPIENT_OPTED_OUT:
            recipient_facts.opt_out_of_marketing(session, person, order.reason, order.detail)
        case What.RECIPIENT_UNREACHABLE:
            recipient_facts.mark_undeliverable(session, person, order.reason)
        case What.RECIPIENT_COOLED:
            recipient_facts.cool_down(session, person)
        case What.COUNTRY_BARRED:
            barred_countries.bar(session, person.beside(order.sender_id), person)
