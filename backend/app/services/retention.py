"""Deleting deliveries that are older than their workspace keeps them; their counts stay.

In short transactions, oldest first, so much at once: what is left is for the next run. Cut short
anywhere it goes on where it was, and two at once harm nobody.
"""

import logging
from uuid import UUID

from app.core.db import transaction
from app.domain.audit import Action
from app.domain.refs import Ref
from app.repositories import callback_inbox, retention
from app.services import audit

logger = logging.getLogger(__name__)

_SLICE = 2000
_MOST_ROWS = 200_000
_MOST_OCCURRENCES = 500
# Older than any merge takes: callbacks wait that may be about what would be deleted.
_BACKLOG_S = 600.0


def run() -> int:
    """Delete up to ``_MOST_ROWS`` deliveries; returns how many went."""
    with transaction() as session:
        if callback_inbox.waits_longer(session, _BACKLOG_S):
            logger.warning("callbacks wait to be merged: nothing is deleted by its age")
            return 0
        found = retention.old(session, _MOST_OCCURRENCES)
        keepers = retention.keepers(session)
    left = _MOST_ROWS
    for occurrence_id in found:
        left -= _forget(occurrence_id, left)
    for workspace_id in keepers:
        left -= _forget_direct(workspace_id, left)
    return _MOST_ROWS - left


def _forget(occurrence_id: UUID, most: int) -> int:
    if most <= 0:
        return 0
    with transaction() as session:
        if not retention.claim(session, occurrence_id):
            return 0
    deleted, after = 0, retention.FIRST
    while deleted < most:
        with transaction() as session:
            size = min(_SLICE, most - deleted)
            now, last = retention.delete_slice(session, occurrence_id, after, size)
        deleted += now
        if last is None:
            _end(occurrence_id)
            break
        after = last
    return deleted


def _end(occurrence_id: UUID) -> None:
    with transaction() as session:
        ended = retention.end(session, occurrence_id)
        if ended is not None:
            about = Ref(ended.workspace_id, occurrence_id)
            counts = {"counts": ended.kept_counts}
            audit.note(session, Action.OCCURRENCE_FORGOTTEN, about, after=counts)


def _forget_direct(workspace_id: UUID, most: int) -> int:
    deleted = 0
    while deleted < most:
        size = min(_SLICE, most - deleted)
        with transaction() as session:
            now = retention.delete_direct(session, workspace_id, size)
            if now:
                audit.note(session, Action.DELIVERIES_FORGOTTEN, workspace_id, after={"n": now})
        deleted += now
        if now < size:
            break
    return deleted
