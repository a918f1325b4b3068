"""Connections are opened shortly before they are needed, not by the first message."""

import asyncio
import time
from math import ceil

from app.integrations.whatsapp.transport import Transport

AHEAD_S = 2.0
# Kept connections are closed after 15 s without use, at both ends.
_LASTS_S = 10.0
# A tenth of a second's worth: about as many as are on the wire at once.
_ON_THE_WIRE_S = 0.1
_AT_MOST = 64


class Warmth:
    """Of one drain. ``used`` tells it that connections are in use and thus open."""

    def __init__(self, transport: Transport, rate: float) -> None:
        self._transport = transport
        self._connections = max(1, min(_AT_MOST, ceil(rate * _ON_THE_WIRE_S)))
        self._warm_since = float("-inf")
        self._warming: asyncio.Task[None] | None = None

    def used(self) -> None:
        """A message leaves."""
        self._warm_since = time.monotonic()

    def mind(self, due_in: float | None) -> None:
        """Warm up when something is due in a moment and nothing left lately."""
        cold = time.monotonic() - self._warm_since > _LASTS_S
        if cold and due_in is not None and due_in <= AHEAD_S:
            self._warm_since = time.monotonic()
            self._warming = asyncio.create_task(self._transport.warm(self._connections))

    async def close(self) -> None:
        """Wait for connections that are being opened."""
        if self._warming is not None:
            await self._warming
