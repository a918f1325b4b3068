"""Group commit for callbacks: one thread stores all that waits, then they are answered.

One commit for each callback keeps up with some 320 a second, one for all that came during the
last commit with many thousands. A 200 means stored: WhatsApp repeats everything else.
"""

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Sequence

from app.core import crash_points, db, queue, walls
from app.services.webhooks import inbox
from app.services.webhooks.inbox import Body

logger = logging.getLogger(__name__)

MOST_WAITING = 2_000
MOST_WAITING_BYTES = 64 * 1024 * 1024
_BATCH, _BATCH_BYTES = 500, 16 * 1024 * 1024
_LINGER_S = 0.004
_RING_EVERY_S = 0.05
_STOP_WITHIN_S = 10

Waiter = tuple[Body, "asyncio.Future[bool]"]


class Writer:
    """Bodies go in by ``offer`` from the event loop; each future says whether it is stored."""

    def __init__(self) -> None:
        self._waiting: deque[Waiter] = deque()
        self._bytes = 0
        self._changed = threading.Condition()
        self._running = False
        self._stored = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Start the threads."""
        self._running = True
        self._threads = [
            threading.Thread(target=self._write, name="intake-writer", daemon=True),
            threading.Thread(target=self._ring, name="intake-bell", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Store what waits, then end."""
        with self._changed:
            self._running = False
            self._changed.notify()
        self._stored.set()
        for thread in self._threads:
            thread.join(_STOP_WITHIN_S)

    def offer(self, body: Body) -> "asyncio.Future[bool] | None":
        """Queue a body; None when too much waits already or the writer doesn't run."""
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        with self._changed:
            full = (
                len(self._waiting) >= MOST_WAITING
                or self._bytes + len(body.raw) > MOST_WAITING_BYTES
            )
            if full or not self._running:
                return None
            self._waiting.append((body, future))
            self._bytes += len(body.raw)
            self._changed.notify()
        return future

    def _write(self) -> None:
        while batch := self._take():
            stored = _store([body for body, _ in batch])
            _answer([future for _, future in batch], stored=stored)
            if stored:
                self._stored.set()

    def _take(self) -> list[Waiter]:
        """What waits, lingering a moment for more; empty once stopped and drained."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or not self._running)
            until = time.monotonic() + _LINGER_S
            while len(self._waiting) < _BATCH and self._running:
                if not self._changed.wait(until - time.monotonic()):
                    break
            batch: list[Waiter] = []
            size = 0
            while self._waiting and len(batch) < _BATCH and size < _BATCH_BYTES:
                batch.append(self._waiting.popleft())
                size += len(batch[-1][0].raw)
            self._bytes -= size
            return batch

    def _ring(self) -> None:
        # In a thread of its own: a broker that hangs must not hold up the writer. The bell
        # rings at once, then at most every 50 ms, and always after the last commit.
        while self._running:
            self._stored.wait()
            self._stored.clear()
            queue.publish(inbox.MERGE)
            if self._running:
                time.sleep(_RING_EVERY_S)


def _store(bodies: Sequence[Body]) -> bool:
    try:
        with db.transaction(walls.WORKER) as session:
            inbox.store(session, bodies)
            crash_points.reach("storing")
        crash_points.reach("stored")
    except Exception as failure:
        logger.warning("%s callbacks not stored: %s", len(bodies), type(failure).__name__)
        return False
    return True


def _answer(futures: "list[asyncio.Future[bool]]", *, stored: bool) -> None:
    def resolve() -> None:
        for future in futures:
            if not future.done():
                future.set_result(stored)

    try:
        # All come from the one event loop of the process.
        futures[0].get_loop().call_soon_threadsafe(resolve)
    except RuntimeError:
        logger.warning("%s callbacks were stored after their connections ended", len(futures))
