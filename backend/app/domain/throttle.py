"""How often something may be tried: a few times a minute, then ever longer waits, never for good.

A wait is not prolonged by trying during it, so whoever knows the password gets in after it.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=1)
LONGEST = timedelta(minutes=15)
# After so much quiet the waits begin anew.
FORGOTTEN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Tries:
    """What is remembered: ``tries`` since ``since``, and how many waits came before."""

    since: datetime
    tries: int = 1
    waits: int = 0
    blocked_until: datetime | None = None


def seconds_to_wait(tries: Tries | None, now: datetime) -> int:
    """Whole seconds until the next try is judged; 0 when it is now."""
    if tries is None or tries.blocked_until is None or tries.blocked_until <= now:
        return 0
    return max(1, round((tries.blocked_until - now).total_seconds()))


def after_one_more(tries: Tries | None, limit: int, now: datetime) -> Tries:
    """Count a try made while nothing has to be waited for; the one past ``limit`` blocks."""
    if tries is None or now - (tries.blocked_until or tries.since) >= FORGOTTEN:
        return Tries(now)
    if tries.blocked_until is not None or now - tries.since >= WINDOW:
        return Tries(now, waits=tries.waits)
    if tries.tries < limit:
        return replace(tries, tries=tries.tries + 1)
    # The exponent is capped as well: 2 ** waits must stay a reasonable number.
    wait = min(WINDOW * 2 ** min(tries.waits, 10), LONGEST)
    return replace(tries, waits=tries.waits + 1, blocked_until=now + wait)
