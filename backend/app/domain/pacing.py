"""How fast one business number may send: a slot for each request, and pauses for each pair.

All times are seconds of one monotonic clock. Slots are spaced, never saved up: after any idle
time there is no burst, so no second ever holds more requests than the limit.
Limits and what follows a breach: WhatsApp Cloud API, "Throughput" and "Pair rate limits".
"""

from collections.abc import Hashable

# A little under the limit. With n a whole number of requests a second, spacing by 1/(0.985 n)
# leaves at most n in any second, and room for a request that leaves a few milliseconds late.
SAFETY = 0.985

_LOWEST_FACTOR = 1 / 64
_CLIMB_SECONDS = 30.0  # from nothing back to the full rate
_LONGEST_PAUSE = 60.0
_RELAPSE_SECONDS = 5.0  # refused this soon after a pause: the pause was too short

PAIR_SECONDS = 6.0
_PAIR_BASE = 4.0
_MAX_PAIR_FAILURES = 6  # 4^6 s is over an hour
_PAIR_MEMORY = 2 * _PAIR_BASE**_MAX_PAIR_FAILURES
_MIN_PRUNE = 1024


class Pacer:
    """Slots at ``rate`` requests a second (may be a fraction), for a number or a campaign.

    ``next_slot`` continues what a predecessor left, see ``pending``.
    """

    def __init__(self, rate: float, next_slot: float = float("-inf")) -> None:
        self.pending = next_slot  # the earliest next slot: save it for a successor
        self._factor = 1.0
        self._slowed_at = float("-inf")
        self._resumes_at = float("-inf")
        self._streak = 0
        self.set_rate(rate)

    def set_rate(self, rate: float) -> None:
        """Change the limit; slots already taken keep their distance."""
        if not rate > 0:
            raise ValueError("a rate is above 0")
        self._rate = rate

    def rate(self, now: float) -> float:
        """Requests a second used at ``now``: under the limit, less after a refusal."""
        climbed = max(0.0, now - self._resumes_at) / _CLIMB_SECONDS
        return self._rate * SAFETY * min(1.0, self._factor + climbed)

    def next_slot(self, now: float) -> float:
        """When the next request may leave, if it were asked for now. Takes nothing."""
        return max(now, self.pending)

    def take(self, slot: float) -> None:
        """Use a slot; the next is one interval later."""
        self.pending = slot + 1 / self.rate(slot)

    def absorb(self, now: float, count: int = 1) -> None:
        """Give up slots for messages that came in: they count against the same limit."""
        self.pending = self.next_slot(now) + count / self.rate(now)

    def slow_down(self, now: float, sent_at: float) -> None:
        """A request that left at ``sent_at`` was refused with 130429.

        Halves the rate, pauses 1 s (2 s, 4 s … while that doesn't help), then climbs back.
        Refusals of requests that left before the last slow-down say nothing new.
        """
        if sent_at <= self._slowed_at:
            return
        relapse = now - self._resumes_at < _RELAPSE_SECONDS
        self._streak = self._streak + 1 if relapse else 0
        pause = min(_LONGEST_PAUSE, 2.0**self._streak)
        self._factor = max(_LOWEST_FACTOR, self.rate(now) / self._rate / SAFETY / 2)
        self._slowed_at, self._resumes_at = now, now + pause
        self.pending = max(self.pending, self._resumes_at)


def reserve(now: float, *pacers: Pacer) -> float:
    """Take the first slot that all allow (a number's limit and a campaign's own)."""
    slot = max(pacer.next_slot(now) for pacer in pacers)
    for pacer in pacers:
        pacer.take(slot)
    return slot


class PairLimits:
    """The earliest next message from one number to each of its recipients.

    One in 6 s; after a refusal with 131056 the n-th wait is 4^(n-1) s. Remembers only pairs
    that still wait, so its size follows the rate and not the audience.
    """

    def __init__(self) -> None:
        self._earliest: dict[Hashable, float] = {}
        self._failures: dict[Hashable, int] = {}
        self._prune_at = _MIN_PRUNE

    def __len__(self) -> int:
        return len(self._earliest)

    def earliest(self, recipient: Hashable, now: float) -> float:
        """When this recipient may get the next message: ``now`` or later."""
        return max(now, self._earliest.get(recipient, now))

    def mark(self, recipient: Hashable, at: float) -> None:
        """A message leaves (or left) at ``at``."""
        self._hold(recipient, at + PAIR_SECONDS)
        if len(self._earliest) >= self._prune_at:
            self._prune(at)

    def unmark(self, recipient: Hashable, at: float) -> None:
        """What was to leave at ``at`` did not, or was refused: it counts against nobody."""
        if self._earliest.get(recipient) == at + PAIR_SECONDS:
            del self._earliest[recipient]

    def accepted(self, recipient: Hashable) -> None:
        """WhatsApp took a message: earlier refusals are over."""
        self._failures.pop(recipient, None)

    def refused(self, recipient: Hashable, now: float) -> float:
        """WhatsApp answered 131056. Returns when to try this recipient again."""
        failures = min(self._failures.get(recipient, 0), _MAX_PAIR_FAILURES)
        self._failures[recipient] = failures + 1
        self._hold(recipient, now + _PAIR_BASE**failures)
        return self._earliest[recipient]

    def _hold(self, recipient: Hashable, until: float) -> None:
        self._earliest[recipient] = max(until, self._earliest.get(recipient, until))

    def _prune(self, now: float) -> None:
        kept = {r: t for r, t in self._earliest.items() if t > self._forget_before(r, now)}
        self._earliest = kept
        self._failures = {r: n for r, n in self._failures.items() if r in kept}
        self._prune_at = max(_MIN_PRUNE, 2 * len(kept))

    def _forget_before(self, recipient: Hashable, now: float) -> float:
        # The count of refusals must outlive the wait, or the back-off would start over.
        return now - _PAIR_MEMORY if recipient in self._failures else now
