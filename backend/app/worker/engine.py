"""The dispatch worker's event loop: one a process, on which all its drains run.

A drain's task waits in its own thread while the drain runs here. The loop owns the HTTP
session; blocking database work goes to a small bounded pool. A patrol finds the work of
workers that died, and what was due when no doorbell came.
"""

import asyncio
import gc
import logging
import os
import random
import socket
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from functools import lru_cache, partial
from typing import TypeVar
from uuid import UUID

import uvloop

from app.core.config import settings
from app.integrations.whatsapp.transport import AiohttpTransport, Transport
from app.services.dispatch import drain

logger = logging.getLogger(__name__)

T = TypeVar("T")

_DB_THREADS = 8
_SWITCH_S = 0.0005
_PULSE_EVERY_S = 1.0
PATROL_EVERY_S = 3.0
# Longer than the time between two rounds: what no doorbell announced is found before it is due.
_PATROL_AHEAD_S = 4.0


class Engine:
    """See the module. ``stopping`` tells every drain to mark nothing more."""

    def __init__(self) -> None:
        # A full collection that walks all that was imported stops the loop for a tenth of a second.
        gc.collect()
        gc.freeze()
        gc.set_threshold(10_000, 20, 100)
        # Threads that prepare a claim must not keep the loop from a request's turn for 5 ms each.
        sys.setswitchinterval(_SWITCH_S)
        self.name = f"{socket.gethostname()}:{os.getpid()}"
        self.loop = uvloop.new_event_loop()
        self.stopping = asyncio.Event()
        self._pulse_at = time.monotonic()
        self._pool = ThreadPoolExecutor(_DB_THREADS, thread_name_prefix="drain-db")
        self._transport: AiohttpTransport | None = None
        self._drains: set[asyncio.Task[None]] = set()
        threading.Thread(target=self._run, name="engine", daemon=True).start()

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.call_soon(self._pulse)
        self.loop.run_forever()

    def transport(self) -> Transport:
        """The loop's HTTP client, made at first use inside the loop."""
        if self._transport is None:
            config = settings()
            self._transport = AiohttpTransport(
                f"{config.whatsapp_api_base_url}/{config.whatsapp_api_version}"
            )
        return self._transport

    async def in_thread(self, work: Callable[[], T]) -> T:
        """Run blocking work in the bounded pool."""
        # With it go the ids that log lines carry.
        return await self.loop.run_in_executor(self._pool, copy_context().run, work)

    def serve(self, sender_id: UUID) -> None:
        """Send what is due for a sender; returns when this worker has nothing left to do."""
        asyncio.run_coroutine_threadsafe(self._served(sender_id), self.loop).result()

    async def _served(self, sender_id: UUID) -> None:
        await self._take_up(sender_id)

    def _take_up(self, sender_id: UUID) -> "asyncio.Task[None]":
        serving = asyncio.create_task(self._serve(sender_id))
        self._drains.add(serving)
        serving.add_done_callback(self._drains.discard)
        return serving

    async def _serve(self, sender_id: UUID) -> None:
        try:
            await drain.serve(sender_id, self)
        except Exception:
            # Its lease runs out, and the patrol looks again.
            logger.exception("a drain failed")

    def patrol(self) -> None:
        """Look after forsaken senders from now on."""
        asyncio.run_coroutine_threadsafe(self._patrol(), self.loop)

    def lag(self) -> float:
        """For how many seconds the loop has not come round."""
        return time.monotonic() - self._pulse_at

    def _pulse(self) -> None:
        self._pulse_at = time.monotonic()
        self.loop.call_later(_PULSE_EVERY_S, self._pulse)

    async def _patrol(self) -> None:
        while not self.stopping.is_set():
            # Many workers must not all look at the same moment.
            await self._rest(PATROL_EVERY_S * random.uniform(0.8, 1.0))
            try:
                for sender_id in await self.in_thread(partial(drain.forsaken, _PATROL_AHEAD_S)):
                    self._take_up(sender_id)
            except Exception as failure:
                logger.warning("the patrol could not look: %s", type(failure).__name__)

    async def _rest(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self.stopping.wait(), seconds)

    def stop(self) -> None:
        """Mark nothing more; drains finish what is on the wire, settle and end."""
        self.loop.call_soon_threadsafe(self.stopping.set)

    def wait_until_settled(self, seconds: float) -> None:
        """After ``stop``: wait for the drains, those of the patrol too."""
        asyncio.run_coroutine_threadsafe(self._settled(seconds), self.loop).result()

    async def _settled(self, seconds: float) -> None:
        if self._drains:
            await asyncio.wait(self._drains, timeout=seconds)


@lru_cache(maxsize=1)
def engine() -> Engine:
    """The process's engine."""
    return Engine()
