"""The gate: where requests wait for their turn, one behind the other, ready to be written.

The pace is kept here and not at the mark. Marked rows may have waited for a connection, the
process may have been stopped, the event loop may have hung: whatever piled up leaves at the pace.
"""

import asyncio
import time

from app.domain.pacing import Pacer


class Gate:
    """Before one pacer. ``close`` turns away all who wait, for good."""

    def __init__(self, pacer: Pacer) -> None:
        self.pacer = pacer
        self.closed = False
        self._turn = asyncio.Lock()  # first come, first served

    def close(self) -> None:
        """Another goes on from here: nothing passes any more."""
        self.closed = True

    async def enter(self, until: float) -> bool:
        """Wait for a turn and take it; False when none comes before ``until`` (monotonic)."""
        async with self._turn:
            while not self.closed:
                now = time.monotonic()
                free_at = self.pacer.free_at(now)
                if max(now, free_at) >= until:
                    return False
                if free_at <= now:
                    self.pacer.take(now)
                    # What is written now leaves at the end of this turn of the event loop.
                    asyncio.get_running_loop().call_soon(self._left)
                    return True
                # A pause may be long, and the gate be closed meanwhile.
                await asyncio.sleep(min(0.1, max(0.001, free_at - now)))
            return False

    def _left(self) -> None:
        self.pacer.left(time.monotonic())
