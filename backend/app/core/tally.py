"""Counts of what all processes have done, gathered in Redis for the metrics.

Kept in memory and added to Redis now and then: nothing waits for it. Counts that are lost with a
killed process or an emptied Redis are missing from a curve, nothing more; rows hold the truth.
"""

import logging
import threading
from collections import Counter

from sqlalchemy.orm import Session

from app.core import redis
from app.core.db import after_commit

logger = logging.getLogger(__name__)

_KEY = "tally"
_lock = threading.Lock()
_counts: Counter[str] = Counter()


def add(name: str, label: str, n: int = 1) -> None:
    """Count ``n`` more of ``name`` with ``label``."""
    if n:
        with _lock:
            _counts[f"{name}:{label}"] += n


def add_after(session: Session, name: str, label: str, n: int) -> None:
    """Count after the session's commit: what is rolled back didn't happen."""
    if n:
        after_commit(session, lambda: add(name, label, n))


def flush() -> None:
    """Add what was counted since to Redis; kept for the next time while Redis is away."""
    global _counts
    with _lock:
        counts, _counts = _counts, Counter()
    if not counts:
        return
    try:
        with redis.client().pipeline() as pipeline:
            for field, n in counts.items():
                pipeline.hincrby(_KEY, field, n)
            pipeline.execute()
    except Exception as failure:
        logger.debug("counts could not be passed on: %s", type(failure).__name__)
        with _lock:
            _counts.update(counts)


def read(name: str) -> dict[str, int]:
    """All counts of ``name`` so far, by label; empty when Redis is away."""
    try:
        found = {str(field): int(n) for field, n in redis.client().hgetall(_KEY).items()}
    except Exception:
        return {}
    start = f"{name}:"
    return {field.removeprefix(start): n for field, n in found.items() if field.startswith(start)}
