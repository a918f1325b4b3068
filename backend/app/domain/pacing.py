"""How fast one business number may send: when the next request may leave, by a rolling window.

All times are seconds of one monotonic clock. What counts is when a request really left, so the
pacer is asked right before and told right after: whatever was planned, no second ever holds more
requests than the limit, and what a late wake-up or a stall lost is made up within the second.
Limits and what follows a breach: WhatsApp Cloud API, "Throughput".
"""

from collections import deque
from collections.abc import Hashable
from itertools import repeat
from math import exp

# A window is this much longer than a second, because requests don't travel equally long: one
# that takes 12 ms less than the one a window before it arrives no earlier than allowed.
MARGIN = 0.012
# What was lost within the last window is made up at this multiple of the limit.
_CATCH_UP = 1.25
# Timers are as coarse as a millisecond: a request may leave this much before its even share.
_EARLY = 0.002
_LATE = 0.01  # and this much late without the next being later for it

_LOWEST_FACTOR = 1 / 64
_CLIMB_SECONDS = 30.0  # from nothing back to the full rate
_LONGEST_PAUSE = 60.0
_RELAPSE_SECONDS = 5.0  # refused this soon after a pause: the pause was too short

_MEMORY_SECONDS = 5.0
_CHANCE = 3.0  # so many refusals of late may be chance
_TOLERATED = 0.05  # and so may this share of all answers

PAIR_SECONDS = 6.0
PAIR_BORROWED = 10  # how many an urgent message may run ahead of them; WhatsApp allows 45
_PAIR_BASE = 4.0
_MAX_PAIR_FAILURES = 6  # 4^6 s is over an hour
_PAIR_MEMORY = 2 * _PAIR_BASE**_MAX_PAIR_FAILURES
_MIN_PRUNE = 1024


class Pacer:
    """At most ``rate`` requests in any second (may be a fraction), for a number or a campaign.

    ``next_slot`` continues what a predecessor left, see ``resume_at``; and ``share``, the part
    of the limit it used, from which this one climbs on.
    """

    def __init__(self, rate: float, next_slot: float = float("-inf"), share: float = 1.0) -> None:
        self._factor = share
        self._slowed_at = float("-inf")
        self._resumes_at = next_slot if share < 1 else float("-inf")
        self._streak = 0
        self._answers = self._refusals = 0.0
        self._heard_at = 0.0
        self._rate = 0.0
        self._left: deque[float] = deque()
        self._counted = 0
        self._leaving: deque[int] = deque()  # the numbers of those that may not have left yet
        self._even = self._booked = next_slot
        self.set_rate(rate)
        # As if the predecessor's last window had been sent evenly and ended at the slot.
        self._left.extend(next_slot - n * self._interval for n in range(self._size, 0, -1))

    def set_rate(self, rate: float) -> None:
        """Change the limit; what left already counts."""
        if not rate > 0:
            raise ValueError("a rate is above 0")
        if rate == self._rate:
            return
        self._rate, self._size = rate, max(1, int(rate))
        self._span = self._size / rate + MARGIN
        self._interval = self._span / self._size
        before = self._left
        if before:
            self._even = min(self._even, before[-1] + self._interval)
        self._left = deque(repeat(float("-inf"), self._size), maxlen=self._size)
        self._left.extend(before)

    def rate(self, now: float) -> float:
        """Requests a second used at ``now``: a little under the limit, less after refusals."""
        return self.share(now) / self._interval

    def share(self, now: float) -> float:
        """What part of the limit is used at ``now``: less than 1 for a while after refusals."""
        return climbed(self._factor, max(0.0, now - self._resumes_at))

    def free_at(self, now: float) -> float:
        """When the next request may leave: ``now`` or later. Takes nothing."""
        return max(now, self._left[0] + self._span, self._even - _EARLY, self._resumes_at)

    def take(self, now: float) -> None:
        """A request is about to leave; ``left`` says when it has."""
        self._leaving.append(self._counted)
        self._count(now)
        share = self.share(now)
        pace = _CATCH_UP if share == 1.0 else share
        self._even = max(self._even, now - _LATE) + self._interval / pace
        self._book(now)

    def left(self, now: float) -> None:
        """The first of those about to leave has left by ``now``.

        A process may be stopped or a thread kept waiting between the two. Counted from before,
        the second would end too early by as much.
        """
        since = self._counted - self._leaving.popleft()
        self._left[-min(since, self._size)] = now

    def absorb(self, now: float, count: int = 1) -> None:
        """Messages that came in by ``now`` count against the same limit."""
        for _ in range(min(count, self._size)):
            self._count(max(now, self._left[-1]))
            self._book(now)

    def _count(self, at: float) -> None:
        self._left.append(at)
        self._counted += 1

    def _book(self, now: float) -> None:
        self._booked = max(self._booked, now) + self._interval

    def resume_at(self, now: float) -> float:
        """When a successor that knows only this may begin to send evenly."""
        return max(now, self._booked, self._resumes_at)

    def answered(self, now: float, sent_at: float, *, throttled: bool) -> None:
        """WhatsApp answered; ``throttled`` with 130429. Slows down when that is no chance.

        Past the limit the share of refusals says how far past it is. A few among many come
        from elsewhere, and slowing down for each would leave the limit unused.
        """
        fade = exp(-(now - self._heard_at) / _MEMORY_SECONDS)
        self._heard_at = now
        self._answers = self._answers * fade + 1
        self._refusals = self._refusals * fade + throttled
        if throttled and self._refusals > max(_CHANCE, _TOLERATED * self._answers):
            self.slow_down(now, sent_at)

    def slow_down(self, now: float, sent_at: float) -> None:
        """A request that left at ``sent_at`` was refused because of the rate.

        Halves the rate, pauses 1 s (2 s, 4 s … while that doesn't help), then climbs back.
        Refusals of requests that left before the last slow-down say nothing new.
        """
        if sent_at <= self._slowed_at:
            return
        relapse = now - self._resumes_at < _RELAPSE_SECONDS
        self._streak = self._streak + 1 if relapse else 0
        self._factor = max(_LOWEST_FACTOR, self.share(now) / 2)
        self._slowed_at = now
        self.pause(now + min(_LONGEST_PAUSE, 2.0**self._streak))

    def pause(self, until: float) -> None:
        """Nothing leaves before ``until``."""
        self._resumes_at = max(self._resumes_at, until)


def climbed(share: float, seconds: float) -> float:
    """What a share of the limit has become when nothing was refused for so long."""
    return min(1.0, share + seconds / _CLIMB_SECONDS)


class PairLimits:
    """The earliest next message from one number to each of its recipients.

    One in 6 s; after a refusal with 131056 the n-th wait is 4^(n-1) s. Remembers only pairs
    that still wait, so its size follows the rate and not the audience.
    WhatsApp Cloud API, "Pair rate limits".
    """

    def __init__(self) -> None:
        self._paid_until: dict[Hashable, float] = {}
        self._barred_until: dict[Hashable, float] = {}
        self._failures: dict[Hashable, int] = {}
        self._prune_at = _MIN_PRUNE

    def __len__(self) -> int:
        return len(self._paid_until)

    def earliest(self, recipient: Hashable, now: float, *, borrow: int = 0) -> float:
        """When this recipient may get the next message: ``now`` or later.

        ``borrow`` so many messages of the future: each is waited for by those after it.
        """
        paid = self._paid_until.get(recipient, now) - borrow * PAIR_SECONDS
        return max(now, paid, self._barred_until.get(recipient, now))

    def mark(self, recipient: Hashable, at: float, count: int = 1) -> None:
        """Messages leave (or the last of so many left) at ``at``."""
        paid = max(at, self._paid_until.get(recipient, at))
        self._paid_until[recipient] = paid + count * PAIR_SECONDS
        if len(self._paid_until) >= self._prune_at:
            self._prune(at)

    def unsent(self, recipient: Hashable) -> None:
        """What was marked never left: it doesn't count."""
        if recipient in self._paid_until:
            self._paid_until[recipient] -= PAIR_SECONDS

    def accepted(self, recipient: Hashable) -> None:
        """WhatsApp took a message: earlier refusals are over."""
        self._failures.pop(recipient, None)
        self._barred_until.pop(recipient, None)

    def refused(self, recipient: Hashable, now: float) -> float:
        """WhatsApp answered 131056. Returns when to try this recipient again."""
        failures = min(self._failures.get(recipient, 0), _MAX_PAIR_FAILURES)
        self._failures[recipient] = failures + 1
        until = max(now + _PAIR_BASE**failures, self._barred_until.get(recipient, now))
        self._barred_until[recipient] = until
        return self.earliest(recipient, now)

    def _prune(self, now: float) -> None:
        self._paid_until = {r: t for r, t in self._paid_until.items() if t > now}
        # The count of refusals must outlive the wait, or the back-off would start over.
        old = [r for r, t in self._barred_until.items() if t <= now - _PAIR_MEMORY]
        for recipient in old:
            del self._barred_until[recipient]
            self._failures.pop(recipient, None)
        self._prune_at = max(_MIN_PRUNE, 2 * len(self._paid_until))
