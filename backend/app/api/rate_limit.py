"""Limits of requests: a sliding window a credential, kept in Redis.

Open when Redis is away: a limit that can't be counted must not stop the work.
"""

import logging
from functools import lru_cache

from limits import RateLimitItemPerSecond
from limits.storage import RedisStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from app.core import redis
from app.core.config import settings
from app.domain.errors import TooManyRequestsError

logger = logging.getLogger(__name__)

# 50 requests a second with bursts of 100: counted over two seconds.
_WINDOW_S = 2
_LIMIT = RateLimitItemPerSecond(100, _WINDOW_S)


@lru_cache(maxsize=1)
def _limiter() -> SlidingWindowCounterRateLimiter:
    storage = RedisStorage(settings().redis_url, connection_pool=redis.client().connection_pool)
    return SlidingWindowCounterRateLimiter(storage)


def take(credential: str) -> dict[str, str]:
    """Count one request; returns ``RateLimit-*`` headers, raises TooManyRequestsError."""
    try:
        allowed = _limiter().hit(_LIMIT, credential)
        stats = _limiter().get_window_stats(_LIMIT, credential)
    except Exception as failure:
        logger.warning("could not count a request: %s", type(failure).__name__)
        return {}
    if not allowed:
        raise TooManyRequestsError(
            "More than 50 requests a second with this credential.", retry_after=1
        )
    return {
        "RateLimit-Limit": str(_LIMIT.amount),
        "RateLimit-Remaining": str(max(0, stats.remaining)),
        "RateLimit-Reset": str(_WINDOW_S),
    }
