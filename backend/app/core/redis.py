"""Redis: doorbells, live events, limits and short caches. All of it may vanish."""

from functools import lru_cache

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from app.core.config import settings


@lru_cache(maxsize=1)
def client() -> redis.Redis:
    """A client that gives up at once: nobody waits for a Redis that is away."""
    return redis.Redis.from_url(
        settings().redis_url,
        decode_responses=True,
        socket_timeout=2,
        socket_connect_timeout=1,
        socket_keepalive=True,
        health_check_interval=15,
        retry=Retry(NoBackoff(), 0),
    )
