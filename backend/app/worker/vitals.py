"""Signs of life of a worker, and the sweep of last resort.

A thread writes the worker's heartbeat. When nobody has swept for 90 seconds (beat dead, or
Redis away) it sweeps itself: due messages don't wait for a broker.
"""

import logging
import threading
import time

from app.core.db import transaction
from app.services import heartbeats
from app.services.dispatch import clock_readings, sweep

logger = logging.getLogger(__name__)

EVERY_S = 10.0
SWEEP_OVERDUE_S = 90


def start(hostname: str) -> None:
    """Start the thread; ``hostname`` is Celery's node name, such as ``dispatch@box``."""
    part = f"worker:{hostname.partition('@')[0]}"
    threading.Thread(target=_live, args=(part, hostname), name="vitals", daemon=True).start()


def _live(part: str, who: str) -> None:
    while True:
        try:
            with transaction() as session:
                heartbeats.beat(session, part, who)
                clock_readings.note(session, who)
                overdue = heartbeats.sweep_is_overdue(session, SWEEP_OVERDUE_S)
            if overdue:
                logger.warning("nobody has swept for %s s; sweeping here", SWEEP_OVERDUE_S)
                sweep.run()
        except Exception:
            logger.warning("no heartbeat written", exc_info=True)
        time.sleep(EVERY_S)
