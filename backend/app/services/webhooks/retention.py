"""Raw callbacks hold people's numbers and texts: kept while they may be needed, no longer."""

from app.core.db import transaction
from app.repositories import callback_inbox, unmatched_statuses

# Meta repeats a callback for seven days at most; the rest is for people who look into something.
KEPT_DAYS = 30
_MOST = 1000
_ROUNDS = 100


def forget_old() -> int:
    """Delete what is done with and old, in short transactions; returns the bodies deleted."""
    deleted = 0
    for _ in range(_ROUNDS):
        with transaction() as session:
            now = callback_inbox.forget_older(session, KEPT_DAYS, _MOST)
        deleted += now
        if now < _MOST:
            break
    with transaction() as session:
        unmatched_statuses.forget_older(session, KEPT_DAYS)
    return deleted
