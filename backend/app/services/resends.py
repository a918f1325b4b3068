"""Resending by itself what stayed in doubt, where the schedule says so.

A message of which no callback ever came has most likely not left, but only if callbacks about
its number came in all the while. Each message is resent once; then a person decides.
"""

import logging
from itertools import groupby
from operator import attrgetter

from app.core import clock
from app.core.db import transaction
from app.domain.errors import ConflictError
from app.repositories import resends, resolutions
from app.repositories.resends import Doubted
from app.repositories.resolutions import Resolver
from app.services import reopenings
from app.services import resolutions as resolving
from app.services.dispatch import doorbells

logger = logging.getLogger(__name__)

# WhatsApp holds a template back for an hour at most to see how it is received, in silence.
DEFAULT_S = 75 * 60
_MOST = 1000
_RULE = Resolver("dispatcher", "rule")


def run() -> int:
    """Note whether callbacks come in, then resend what is due; returns how many."""
    with transaction() as session:
        resends.note_minute(session, DEFAULT_S)
    with transaction() as session:
        due = resends.due(session, DEFAULT_S, _MOST)
    by_occurrence = groupby(due, attrgetter("occurrence_id"))
    return sum(_resend(list(rows)) for _, rows in by_occurrence)


def _resend(rows: list[Doubted]) -> int:
    workspace_id = rows[0].workspace_id
    keys = [(row.occurrence_id, row.delivery_id) for row in rows]
    try:
        with transaction() as session:
            owned = [(row.schedule_id, key) for row, key in zip(rows, keys, strict=True)]
            senders = reopenings.reopen(session, workspace_id, owned)
            changed = resolutions.resend(session, workspace_id, keys, _RULE, resolving.WAIT_S)
            for sender_id in senders:
                doorbells.ring_for(session, sender_id, clock.now())
    except ConflictError as refusal:
        # Stopped at this very moment: what is in doubt stays so, and people see it.
        logger.info("occurrence %s is not resent: %s", rows[0].occurrence_id, refusal)
        return 0
    logger.warning("%s messages in doubt are sent again, as their schedule says", len(changed))
    return len(changed)
