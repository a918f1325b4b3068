"""Merging the inbox: everything WhatsApp told us, in batches, idempotent and in any order.

A body is done with in one transaction that marks it merged. What people and accounts told us is
taken in before, in a transaction of its own: recipients are locked before deliveries. Should
the second fail, the first is repeated and changes nothing.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.orm import Session

from app.core.db import transaction
from app.integrations.whatsapp import callbacks
from app.integrations.whatsapp.callback_events import Event, Origin, StatusEvent, UnknownEvent
from app.repositories import callback_inbox
from app.repositories.callback_inbox import Waiting
from app.services.webhooks import statuses, unmatched

logger = logging.getLogger(__name__)

_MOST, _MOST_BYTES = 500, 2 * 1024 * 1024
_TRIES = 3
# SQLSTATE classes that say something about the moment, not about the data: connection,
# rolled back (deadlock), out of resources, not in this state, stopped by somebody, system.
_PASSING = ("08", "40", "53", "55", "57", "58")


@dataclass(slots=True)
class Read:
    """A body's events; ``unreadable`` says why there are none."""

    id: int
    workspace_ids: tuple[UUID, ...] | None
    received_at: datetime
    events: list[Event] = field(default_factory=list)
    unreadable: str | None = None


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
    bodies = [_read(waiting) for waiting in taken]
    _merge_statuses(session, bodies)
    callback_inbox.quarantine(session, {b.id: b.unreadable for b in bodies if b.unreadable})
    callback_inbox.merged(session, [body.id for body in bodies if not body.unreadable])
    return taken


def _merge_statuses(session: Session, bodies: Sequence[Read]) -> None:
    batch = [
        one
        for body in bodies
        for event in body.events
        if isinstance(event, StatusEvent) and (one := statuses.seen(event, body.received_at))
    ]
    if batch:
        missed = statuses.merge(session, batch)
        unmatched.keep(session, [batch[n] for n in missed])


def _read(waiting: Waiting) -> Read:
    body = Read(waiting.id, waiting.workspace_ids, waiting.received_at)
    events = callbacks.parse(waiting.body)
    match events:
        case [UnknownEvent(origin=Origin(waba_id=None), field=None, raw=None) as unreadable]:
            body.unreadable = unreadable.reason
        case _:
            body.events = events
    return body


def _is_passing(failure: Exception) -> bool:
    if not isinstance(failure, DBAPIError):
        return False
    code = getattr(failure.orig, "pgcode", None)
    if code is None:
        # No word from the server: the connection is gone.
        return isinstance(failure, (OperationalError, InterfaceError))
    return code[:2] in _PASSING
