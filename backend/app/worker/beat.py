"""Celery Beat that leaves a sign of life in the database each time its loop turns."""

import logging
import socket
import time
from typing import Any

from celery.beat import PersistentScheduler

from app.core.db import transaction
from app.services import heartbeats

logger = logging.getLogger(__name__)

PART = "beat"
_EVERY_S = 10.0


def beat_heart() -> None:
    """Write beat's heartbeat; a database that is away must not stop beat."""
    try:
        with transaction() as session:
            heartbeats.beat(session, PART, socket.gethostname())
    except Exception as failure:
        logger.warning("no heartbeat written: %s", type(failure).__name__)


class Scheduler(PersistentScheduler):
    """Celery's own scheduler plus the heartbeat."""

    _beaten_at = 0.0

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Run what is due; returns seconds until the next look."""
        if time.monotonic() - self._beaten_at >= _EVERY_S:
            beat_heart()
            self._beaten_at = time.monotonic()
        wait: float = super().tick(*args, **kwargs)
        return wait
