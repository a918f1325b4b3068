"""Merging the inbox: everything WhatsApp told us, in batches, idempotent and in any order.

A body is done with in one transaction that marks it merged. What people and accounts told us is
taken in before, in a transaction of its own: recipients are locked before deliveries. Should
the second fail, the first is repeated and changes nothing.
"""

import logging
from collections.abc import Sequence

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.orm import Session

from app.core import crash_points, tally
from app.core.db import transaction
from app.integrations.whatsapp.callback_events import (
    AccountEvent,
    InboundEvent,
    PhoneEvent,
    PreferenceEvent,
    StatusEvent,
    TemplateEvent,
    UnknownEvent,
)
from app.repositories import callback_inbox
from app.repositories.callback_inbox import Waiting
from app.services.webhooks import accounts, bodies, inbound, preferences, statuses, unmatched
from app.services.webhooks.bodies import Read

logger = logging.getLogger(__name__)

_MOST, _MOST_BYTES = 500, 2 * 1024 * 1024
_TRIES = 3
# SQLSTATE classes that say something about the moment, not about the data: connection,
# rolled back (deadlock), out of resources, not in this state, stopped by somebody, system.
_PASSING = ("08", "40", "53", "55", "57", "58")


def run() -> int:
    """Merge all that waits and try again what found no delivery; returns the bodies done."""
    done = 0
    while taken := _batch():
        done += taken
    unmatched.retry()
    return done


def has_pending(session: Session) -> bool:
    """Whether a body waits to be merged."""
    return callback_inbox.has_pending(session)


def _batch() -> int:
    for attempt in range(1, _TRIES + 1):
        try:
            with transaction() as session:
                return len(_merge(session, _take(session)))
        except Exception as failure:
            if not _is_passing(failure):
                logger.warning("a batch failed, each body alone now: %s", type(failure).__name__)
                return _one_by_one()
            tally.add("retries", "merge")
            if attempt == _TRIES:
                raise
    raise AssertionError("unreachable")


def _one_by_one() -> int:
    with transaction() as session:
        ids = [waiting.id for waiting in _take(session)]
    for id_ in ids:
        try:
            with transaction() as session:
                _merge(session, _take(session, only=id_))
        except Exception as failure:
            if _is_passing(failure):
                raise
            logger.exception("callback %s can't be merged", id_)
            with transaction() as session:
                callback_inbox.quarantine(session, {id_: f"{type(failure).__name__}: {failure}"})
    return len(ids)


def _take(session: Session, only: int | None = None) -> Sequence[Waiting]:
    return callback_inbox.take(session, _MOST, _MOST_BYTES, only)


def _merge(session: Session, taken: Sequence[Waiting]) -> Sequence[Waiting]:
    if not taken:
        return taken
    batch = [bodies.read(waiting) for waiting in taken]
    _take_in(batch)
    _merge_statuses(session, batch)
    callback_inbox.quarantine(session, {b.id: b.unreadable for b in batch if b.unreadable})
    callback_inbox.merged(session, [body.id for body in batch if not body.unreadable])
    crash_points.reach("merging")
    return taken


def _take_in(batch: Sequence[Read]) -> None:
    # A transaction each: within one, people are locked once, in the order of their ids.
    if _any(batch, TemplateEvent, PhoneEvent, AccountEvent, UnknownEvent):
        with transaction() as session:
            accounts.take_in(session, batch)
    if _any(batch, InboundEvent):
        with transaction() as session:
            inbound.take_in(session, batch)
    if _any(batch, PreferenceEvent):
        with transaction() as session:
            preferences.take_in(session, batch)


def _any(batch: Sequence[Read], *kinds: type) -> bool:
    return any(isinstance(event, kinds) for body in batch for event in body.events)


def _merge_statuses(session: Session, batch: Sequence[Read]) -> None:
    found = [
        one
        for body, event in bodies.of_kind(batch, StatusEvent)
        if (one := statuses.seen(event, body.received_at))
    ]
    if found:
        missed = statuses.merge(session, found)
        unmatched.keep(session, [found[n] for n in missed])


def _is_passing(failure: Exception) -> bool:
    if not isinstance(failure, DBAPIError):
        return False
    code = getattr(failure.orig, "pgcode", None)
    if code is None:
        # No word from the server: the connection is gone.
        return isinstance(failure, (OperationalError, InterfaceError))
    return code[:2] in _PASSING
