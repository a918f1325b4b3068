"""The sweep: whatever was missed is found here, each minute, however many sweep at once.

Each step is a transaction of its own and idempotent; a step that fails is logged and doesn't
stop the others.
"""

import logging
from collections.abc import Callable
from uuid import UUID

from app.core import crash_points
from app.core.db import transaction
from app.core.queue import publish
from app.domain.send_timing import TIMING
from app.repositories import cancellations, claims, counts, occurrences
from app.repositories import row_edits as row_edit_rows
from app.repositories import template_guard as template_guard_rows
from app.services import heartbeats, idempotency, senders
from app.services.dispatch import (
    clock_readings,
    completion,
    daily_limit,
    doorbells,
    expand,
    expiry,
    row_edits,
    stop_orders,
    template_guard,
)
from app.services.dispatch.guard import guard
from app.services.webhooks import retention

logger = logging.getLogger(__name__)

_FOLD_ABOVE = 200
_TEMPLATES_HOLD_S = 3600.0
_TURN_OVER_ROUNDS = 300


def run() -> None:
    """Sweep once."""
    for step in _STEPS:
        crash_points.reach("sweeping")
        try:
            step()
        except Exception:
            logger.exception("the sweep's step %s failed", step.__name__)


def _note_sweep() -> None:
    with transaction() as session:
        heartbeats.beat(session, heartbeats.SWEEP, "sweep")


def _keep_guard() -> None:
    guard().keep()
    with transaction() as session:
        clock_readings.forget_old(session)


def _pause_moved_senders() -> None:
    with transaction() as session:
        senders.pause_if_base_changed(session)


def obey_stop_orders() -> None:
    """Apply all open stop orders, and hold or let go on what depends on a template."""
    while stop_orders.apply_open():
        pass
    template_guard.look()


def _recover_claims() -> None:
    with transaction() as session:
        doubted = claims.recover(session, None, all_of_sender=False, doubt_s=TIMING.doubt_s)
    if doubted:
        logger.warning("%s deliveries became unconfirmed: their worker did not report", doubted)


def _open_due() -> None:
    with transaction() as session:
        due = expand.open_due(session)
    for occurrence_id in due:
        expand.open_occurrence(occurrence_id)


def _turn_over_cancelled() -> None:
    with transaction() as session:
        cancelled = cancellations.lanes(session)
    for occurrence_id in cancelled:
        turn_over(occurrence_id)


def turn_over(occurrence_id: UUID) -> None:
    """Cancel the rows of a cancelled lane, a few thousand a transaction, then close it."""
    after = cancellations.FIRST
    for _ in range(_TURN_OVER_ROUNDS):
        with transaction() as session:
            _, last = cancellations.turn_over(session, occurrence_id, after)
            if last is None and after == cancellations.FIRST:
                cancellations.close(session, occurrence_id)
                return
        # At the end once more from the beginning: a drain may have given rows back meanwhile.
        after = last or cancellations.FIRST


def _go_on_editing() -> None:
    with transaction() as session:
        on_their_way = row_edit_rows.on_their_way(session)
    for occurrence_id in on_their_way:
        row_edits.go_on(occurrence_id)


def _expire_stopped() -> None:
    expiry.look()


def _complete() -> None:
    with transaction() as session:
        done = occurrences.run_dry(session)
    for occurrence_id in done:
        completion.complete_if_done(occurrence_id)


def _resume_rested() -> None:
    with transaction() as session:
        senders.resume_rested(session)


def _wake_limited() -> None:
    daily_limit.wake()


def _fold_counts() -> None:
    with transaction() as session:
        crowded = counts.crowded(session, _FOLD_ABOVE)
    for occurrence_id in crowded:
        with transaction() as session:
            counts.fold(session, occurrence_id)


def _ring_senders() -> None:
    with transaction() as session:
        doorbells.ring_all(session)


def _ring_others() -> None:
    publish("webhooks.merge")
    publish("imports.sweep")
    publish("deliveries.resend")


def _read_templates() -> None:
    # WhatsApp tells of most changes, but of some only when asked.
    with transaction() as session:
        found = template_guard_rows.not_asked_for(session, _TEMPLATES_HOLD_S)
    for sender_id in found:
        publish("templates.sync", str(sender_id))


def _forget_old_keys() -> None:
    with transaction() as session:
        idempotency.forget_old(session)


def _forget_old_callbacks() -> None:
    retention.forget_old()


_STEPS: tuple[Callable[[], None], ...] = (
    _note_sweep,
    _keep_guard,
    _pause_moved_senders,
    obey_stop_orders,
    _recover_claims,
    _open_due,
    _turn_over_cancelled,
    _go_on_editing,
    _expire_stopped,
    _complete,
    _resume_rested,
    _wake_limited,
    _ring_senders,
    _ring_others,
    _read_templates,
    _fold_counts,
    _forget_old_keys,
    _forget_old_callbacks,
)
