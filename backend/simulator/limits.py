"""Meta's limits: throughput of a number, rate of a pair, people a portfolio may reach.

They live in memory; a restarted simulator starts with full buckets.
"""

from collections import OrderedDict
from dataclasses import dataclass, field

DAY_S = 86_400


@dataclass(slots=True)
class Bucket:
    """A token bucket that starts full; ``rate`` per second."""

    rate: float
    capacity: float
    level: float
    at: float

    def take(self, now: float) -> bool:
        self._refill(now)
        if self.level < 1:
            return False
        self.level -= 1
        return True

    def debit(self, now: float) -> None:
        """Count what can't be refused, an inbound message."""
        self._refill(now)
        self.level -= 1

    def _refill(self, now: float) -> None:
        self.level = min(self.capacity, self.level + max(0.0, now - self.at) * self.rate)
        self.at = now


@dataclass(slots=True)
class Limits:
    """All buckets, made when first needed."""

    _numbers: dict[str, Bucket] = field(default_factory=dict)
    _pairs: dict[tuple[str, str], Bucket] = field(default_factory=dict)
    _people: dict[str, OrderedDict[str, float]] = field(default_factory=dict)

    def number(self, phone_number_id: str, mps: float, now: float) -> Bucket:
        bucket = self._numbers.get(phone_number_id)
        if bucket is None or bucket.rate != mps:
            bucket = self._numbers[phone_number_id] = Bucket(mps, max(1.0, mps), max(1.0, mps), now)
        return bucket

    def pair(
        self, phone_number_id: str, wa_id: str, interval_s: float, burst: int, now: float
    ) -> Bucket:
        key = (phone_number_id, wa_id)
        if key not in self._pairs:
            self._pairs[key] = Bucket(1 / interval_s, burst, burst, now)
        return self._pairs[key]

    def reach(self, business_id: str, wa_id: str, limit: int | None, now: float) -> bool:
        """Count a person reached outside a window; False when the portfolio is exhausted."""
        people = self._people.setdefault(business_id, OrderedDict())
        while people and next(iter(people.values())) <= now - DAY_S:
            people.popitem(last=False)
        if limit is not None and wa_id not in people and len(people) >= limit:
            return False
        people[wa_id] = now
        people.move_to_end(wa_id)
        return True

    def reached(self, business_id: str) -> int:
        return len(self._people.get(business_id, ()))

    def clear(self) -> None:
        self._numbers.clear()
        self._pairs.clear()
        self._people.clear()
