"""A worker that hears nothing any more ends itself, and its supervisor starts it again.

Consumers have been seen to hang after a lost connection, alive and deaf. So each worker sends
itself a task through the broker, the canary, and ends when it didn't come back for a minute.
A broker that is away, and a worker with more work than it can take, are no silence.
"""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

from celery.signals import task_received
from celery.utils.nodenames import worker_direct
from celery.worker import state

from app.core import queue
from app.worker import vitals

logger = logging.getLogger(__name__)

CANARY = "worker.canary"
EVERY_S = 15.0
PATIENCE_S = 60.0
# A clean end gets as long as what is on the wire may take.
_GRACE_S = 45.0


class Silence:
    """For how long a worker has been deaf; instants are monotonic."""

    def __init__(self) -> None:
        self._since: float | None = None

    def asked(self, now: float, *, published: bool) -> None:
        """A canary was sent, or could not be."""
        if not published:
            self._since = None
        elif self._since is None:
            self._since = now

    def heard(self) -> None:
        """A canary came back."""
        self._since = None

    def lasts(self, now: float) -> float:
        """Seconds since the first canary that is still out."""
        return 0.0 if self._since is None else now - self._since


class Watchdog:
    """Sends canaries to ``hostname``; ``loop_lag`` says for how long an inner loop has hung."""

    def __init__(
        self, hostname: str, loop_lag: Callable[[], float], end: Callable[[], None]
    ) -> None:
        self._queue = worker_direct(hostname)
        self._silence = Silence()
        self._loop_lag, self._end = loop_lag, end

    def listen(self, request: Any, **_: Any) -> None:
        """Celery has received a task."""
        if request.name == CANARY:
            self._silence.heard()

    def look(self) -> None:
        """End the worker if it is deaf, else send the next canary."""
        now = time.monotonic()
        if max(self._silence.lasts(now), self._loop_lag()) > PATIENCE_S:
            logger.critical("this worker has heard nothing for %s s: it ends", PATIENCE_S)
            self._end()
        published = queue.publish_to(self._queue, CANARY, expires_s=PATIENCE_S)
        # Tasks that wait for a free slot fill what may be fetched: the canary waits behind them.
        full = len(state.reserved_requests) > len(state.active_requests)
        self._silence.asked(now, published=published and not full)


def start(hostname: str, loop_lag: Callable[[], float]) -> None:
    """Watch over this worker from now on."""
    dog = Watchdog(hostname, loop_lag, end)
    task_received.connect(dog.listen, weak=False)
    vitals.repeat("watchdog", EVERY_S, dog.look)


def end() -> None:
    """End this process: cleanly if it still can, in any case soon."""
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(_GRACE_S)
    os._exit(os.EX_TEMPFAIL)
