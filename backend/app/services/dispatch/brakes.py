"""Back-off that several numbers share: their account's, or their app's.

One of them hears that the account asks too much, and the others of this process wait with it
instead of being refused one after another. In memory: another process hears it by itself.
"""

from collections.abc import Hashable
from functools import lru_cache
from uuid import UUID

from app.domain.meta_errors import Scope

_MOST = 1000


class Brakes:
    """Until when (monotonic) nothing more may leave, by what is shared."""

    def __init__(self) -> None:
        self._until: dict[Hashable, float] = {}

    def press(self, scope: Scope, workspace_id: UUID, waba_id: str, until: float) -> None:
        """Hold all numbers of an account or, for ``Scope.APP``, of the workspace's app."""
        if len(self._until) >= _MOST:
            self._until.clear()
        key = (workspace_id, waba_id if scope is Scope.WABA else None)
        self._until[key] = max(until, self._until.get(key, until))

    def until(self, workspace_id: UUID, waba_id: str) -> float:
        """When a number of this account may go on; in the past when nothing holds it."""
        keys = ((workspace_id, waba_id), (workspace_id, None))
        return max(self._until.get(key, float("-inf")) for key in keys)


@lru_cache(maxsize=1)
def brakes() -> Brakes:
    """The process's brakes."""
    return Brakes()
