"""When what waits at a sender will have left, at its speed and what each may use of it."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
_STEPS = 1000


@dataclass(slots=True)
class Work(Generic[K]):
    """``rest`` messages that may leave from ``begins_in`` seconds on, ``most`` a second."""

    key: K
    priority: int
    rest: float
    most: float | None = None
    begins_in: float = 0.0


def seconds_left(rate: float, works: Sequence[Work[K]]) -> dict[K, float]:
    """When each has sent all, if nothing else comes: ``rate`` is shared as the drain does it."""
    now, done = 0.0, {work.key: work.begins_in for work in works if work.rest <= 0}
    rest = {work.key: work.rest for work in works if work.rest > 0}
    for _ in range(_STEPS):
        waiting = [work for work in works if work.key in rest]
        if not waiting:
            break
        speeds = _speeds(rate, [work for work in waiting if work.begins_in <= now])
        ends = [now + rest[key] / speed for key, speed in speeds.items() if speed > 0]
        until = min([*ends, *(work.begins_in for work in waiting if work.begins_in > now)])
        for key, speed in speeds.items():
            rest[key] -= speed * (until - now)
            if rest[key] <= 1e-6 * rate:
                del rest[key]
                done[key] = until
        now = until
    return done


def _speeds(rate: float, works: Sequence[Work[K]]) -> dict[K, float]:
    """The more urgent first, equals equally, nobody past their own limit."""
    speeds: dict[K, float] = {}
    ordered = sorted(works, key=lambda work: work.priority)
    for _, group in groupby(ordered, key=lambda work: work.priority):
        equals = sorted(group, key=lambda work: rate if work.most is None else work.most)
        for position, work in enumerate(equals):
            share = rate / (len(equals) - position)
            speeds[work.key] = share if work.most is None else min(share, work.most)
            rate -= speeds[work.key]
    return speeds
