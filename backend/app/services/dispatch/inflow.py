"""Messages that come in: they count in the number's throughput as those that leave do."""

import time
from uuid import UUID

from sqlalchemy.orm import Session

from app.domain.refs import Ref
from app.repositories import inbound_messages

ASK_EVERY_S = 0.25


class Inflow:
    """Counts what one sender's people wrote since the drain began."""

    def __init__(self, sender: Ref) -> None:
        self._sender = sender
        self._newest: UUID | None = None
        self._asked_at = float("-inf")
        self._new = 0

    def ask(self, session: Session) -> None:
        """Look for new ones, now and then."""
        now = time.monotonic()
        if now - self._asked_at < ASK_EVERY_S:
            return
        self._asked_at = now
        if self._newest is None:
            # What came before was counted by the drain before.
            self._newest = inbound_messages.newest(session)
            return
        count, self._newest = inbound_messages.count_since(session, self._sender, self._newest)
        self._new += count

    def take(self) -> int:
        """How many are new since the last call."""
        new, self._new = self._new, 0
        return new
