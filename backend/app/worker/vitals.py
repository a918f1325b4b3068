"""Signs of life of a worker, and the sweep of last resort.

One thread writes the worker's heartbeat, one keeps its link. Another sweeps when nobody has
swept for 90 seconds (beat dead, or Redis away), one more opens what is due and unopened: due
messages don't wait for a broker.
"""

import logging
import threading
import time
from collections.abc import Callable

from app.core import tally
from app.core.db import transaction
from app.services import heartbeats, links
from app.services.dispatch import clock_readings, expand, sweep

logger = logging.getLogger(__name__)

EVERY_S = 10.0
SWEEP_OVERDUE_S = 90
# With the patrol's round after it: a doorbell lost costs seconds, not the minute of a sweep.
OPEN_EVERY_S = 4.0


def start(hostname: str) -> None:
    """Start the threads; ``hostname`` is Celery's node name, such as ``dispatch@box``."""
    part = f"worker:{hostname.partition('@')[0]}"
    link(part)
    repeat("vitals", EVERY_S, lambda: _beat(part, hostname))
    dead_man = DeadMan(time.monotonic())
    repeat("dead-man", EVERY_S, dead_man.look)
    repeat("openings", OPEN_EVERY_S, expand.open_overdue)


def link(part: str) -> None:
    """Show from now on that ``part`` runs, and at once when it has ended."""
    repeat("link", links.RENEW_EVERY_S, links.Link(part).keep)


def repeat(name: str, seconds: float, work: Callable[[], None]) -> None:
    """Do ``work`` now and then, in a thread of its own; what it raises is only logged."""

    def run() -> None:
        while True:
            try:
                work()
            except Exception:
                logger.warning("%s failed", name, exc_info=True)
            time.sleep(seconds)

    threading.Thread(target=run, name=name, daemon=True).start()


def _beat(part: str, who: str) -> None:
    with transaction() as session:
        heartbeats.beat(session, part, who)
        clock_readings.note(session, who)
    tally.flush()


class DeadMan:
    """Sweeps when nobody else does."""

    def __init__(self, since: float) -> None:
        """``since`` (monotonic): when this worker began to watch."""
        self._since = since

    def look(self) -> None:
        """Sweep here if it is overdue."""
        # After a start nobody can have swept lately: beat gets the time to do it first.
        if time.monotonic() - self._since <= SWEEP_OVERDUE_S:
            return
        with transaction() as session:
            overdue = heartbeats.sweep_is_overdue(session, SWEEP_OVERDUE_S)
        if overdue:
            logger.warning("nobody has swept for %s s; sweeping here", SWEEP_OVERDUE_S)
            sweep.run()
