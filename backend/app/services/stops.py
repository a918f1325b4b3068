"""Having something stop, for whoever learns that it must and may not take the locks of a stop.

What is asked for is written down with the caller's commit and done right after it, in the
order of locks that the mark uses too. Asking twice does no harm.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from app.core.queue import nudge
from app.domain.refs import Ref
from app.domain.stops import What
from app.repositories import stop_orders
from app.repositories.stop_orders import Order

_OBEY = "dispatch.obey"


def pause_sender(
    session: Session,
    sender: Ref,
    reason: str,
    detail: str | None = None,
    until: datetime | None = None,
) -> None:
    """Stop one number: until a person resumes it or, when given, until ``until``.

    ``reason`` is a code of ``domain.reasons``, ``detail`` WhatsApp's own words.
    """
    _ask(session, [sender], What.SENDER_PAUSED, reason, detail, until)


def pause_account(
    session: Session,
    sender: Ref,
    reason: str,
    detail: str | None = None,
    until: datetime | None = None,
) -> None:
    """Stop all numbers of the workspace that are in the same business account as ``sender``."""
    _ask(session, [sender], What.ACCOUNT_PAUSED, reason, detail, until)


def resume_senders(session: Session, senders: Collection[Ref], reason: str) -> None:
    """Let numbers go on that ``reason`` had stopped; what else stopped them still does."""
    _ask(session, senders, What.SENDER_RESUMED, reason)


def look_at_templates(session: Session) -> None:
    """Templates were changed by WhatsApp's word: hold what can't be sent as it was approved.

    Also lets go on what was held for a template that is as it was again.
    """
    nudge(session, _OBEY)


def _ask(
    session: Session,
    senders: Collection[Ref],
    what: What,
    reason: str,
    detail: str | None = None,
    until: datetime | None = None,
) -> None:
    orders = [Order(ref.workspace_id, ref.id, what, reason, detail, until=until) for ref in senders]
    stop_orders.write(session, orders)
    if orders:
        nudge(session, _OBEY)
