"""The dispatch worker's event loop: one a process, on which all its drains run.

A drain's task waits in its own thread while the drain runs here. The loop owns the HTTP
session; blocking database work goes to a small bounded pool.
"""

import asyncio
import os
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import lru_cache
from typing import TypeVar
from uuid import UUID

import uvloop

from app.core import clock
from app.core.config import settings
from app.integrations.whatsapp.transport import AiohttpTransport, Transport
from app.services.dispatch import doorbells
from app.services.dispatch.drain import drain

T = TypeVar("T")

_DB_THREADS = 8


class Engine:
    """See the module. ``stopping`` tells every drain to mark nothing more."""

    def __init__(self) -> None:
        self.name = f"{socket.gethostname()}:{os.getpid()}"
        self.loop = uvloop.new_event_loop()
        self.stopping = asyncio.Event()
        self._pool = ThreadPoolExecutor(_DB_THREADS, thread_name_prefix="drain-db")
        self._transport: AiohttpTransport | None = None
        threading.Thread(target=self._run, name="engine", daemon=True).start()

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
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
        return await self.loop.run_in_executor(self._pool, work)

    def stop(self) -> None:
        """Begin a clean end: drains finish what is on the wire and settle."""
        self.loop.call_soon_threadsafe(self.stopping.set)


@lru_cache(maxsize=1)
def engine() -> Engine:
    """The process's engine."""
    return Engine()


def run_drain(sender_id: UUID) -> None:
    """Drain until nothing is due; rings a successor, or goes on when nobody can be rung."""
    host = engine()
    while not host.stopping.is_set():
        ended = asyncio.run_coroutine_threadsafe(drain(sender_id, host), host.loop).result()
        if ended.next_due_in is None:
            return
        due_at = clock.now() + timedelta(seconds=max(0.0, ended.next_due_in))
        if doorbells.ring(sender_id, due_at):
            return
