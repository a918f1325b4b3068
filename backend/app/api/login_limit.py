"""Log-in tries: five a minute for one account from one address, thirty from one address.

Counted in Redis. When Redis is away each process counts in its own memory, so the limit is then
five for each API process: guessing stays slow, and people can still log in. A success clears the
account's count.
"""

import ipaddress
import logging
from collections.abc import Callable
from functools import lru_cache

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import FixedWindowRateLimiter, RateLimiter

from app.core import clock, redis
from app.core.config import settings
from app.core.crypto import sha256_hex
from app.domain.errors import TooManyRequestsError

logger = logging.getLogger(__name__)

_ACCOUNT = RateLimitItemPerMinute(5, namespace="login-account")
_ADDRESS = RateLimitItemPerMinute(30, namespace="login-address")


@lru_cache(maxsize=1)
def _shared() -> RateLimiter:
    storage = RedisStorage(settings().redis_url, connection_pool=redis.client().connection_pool)
    return FixedWindowRateLimiter(storage)


@lru_cache(maxsize=1)
def _own() -> RateLimiter:
    return FixedWindowRateLimiter(MemoryStorage())


def take(account: str, address: str | None) -> None:
    """Count one try before it is judged. Raises TooManyRequestsError with Retry-After."""
    _with_fallback(lambda limiter: _take(limiter, account, address))


def clear(account: str, address: str | None) -> None:
    """Forget the tries of an account that has just proved its password."""
    _with_fallback(lambda limiter: limiter.clear(_ACCOUNT, _pair(account, address)))


def _take(limiter: RateLimiter, account: str, address: str | None) -> None:
    for item, key in ((_ADDRESS, _network(address)), (_ACCOUNT, _pair(account, address))):
        if not limiter.hit(item, key):
            raise TooManyRequestsError(
                "Too many tries to log in; wait a little.", retry_after=_wait(limiter, item, key)
            )


def _wait(limiter: RateLimiter, item: RateLimitItem, key: str) -> int:
    reset = limiter.get_window_stats(item, key).reset_time
    return max(1, round(reset - clock.now().timestamp()))


def _with_fallback(call: Callable[[RateLimiter], None]) -> None:
    try:
        call(_shared())
    except TooManyRequestsError:
        raise
    except Exception as failure:
        logger.warning("log-in tries are counted in memory: %s", type(failure).__name__)
        call(_own())


def _pair(account: str, address: str | None) -> str:
    return sha256_hex(f"{account.casefold()}|{_network(address)}")


def _network(address: str | None) -> str:
    # One customer holds a whole /64 of IPv6.
    try:
        ip = ipaddress.ip_address(address or "")
    except ValueError:
        return address or "unknown"
    return str(ipaddress.ip_network((ip, 64), strict=False)) if ip.version == 6 else str(ip)
