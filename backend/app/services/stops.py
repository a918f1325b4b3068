"""Having something stop, for whoever learns that it must and may not take the locks of a stop.

What is asked for is written down with the caller's commit and done right after it, in the
order of locks that the mark uses too. Asking twice does no harm.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from app.core.queue import nudge
from app.domain.refs import Ref
from app.domain.stops import What
from app.repositories import stop_orders
from app.repositories.stop_orders import Order

_OBEY = "dispatch.obey"


def pause_senders(
    session: Session, senders: Iterable[Ref], reason: str, until: datetime | None = None
) -> None:
    """Stop numbers: until a person resumes them or, when given, until ``until``.

    ``reason`` is a code of ``domain.reasons``.
    """
    _ask(session, senders, What.SENDER_PAUSED, reason, until)


def resume_senders(session: Session, senders: Iterable[Ref], reason: str) -> None:
    """Let numbers go on that ``reason`` had stopped; what else stopped them still does."""
    _ask(session, senders, What.SENDER_RESUMED, reason)


def disconnect_senders(session: Session, senders: Iterable[Ref], reason: str) -> None:
    """These numbers are not ours to send from any more."""
    _ask(session, senders, What.SENDER_GONE, reason)


def look_at_templates(session: Session) -> None:
    """Templates were changed by WhatsApp's word: hold what can't be sent as it was approved.

    Also lets go on what was held for a template that is as it was again.
    """
    nudge(session, _OBEY)


def _ask(
    session: Session,
    senders: Iterable[Ref],
    what: What,
    reason: str,
    until: datetime | None = None,
) -> None:
    orders = [Order(ref.workspace_id, ref.id, what, reason, until=until) for ref in senders]
    stop_orders.write(session, orders)
    if orders:
        nudge(session, _OBEY)
