"""Virtual time, and processes that die or stop between any two of their steps.

A process is a generator that yields how many seconds pass until its next step.
"""

import heapq
import random
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from functools import partial

Steps = Generator[float, None, None]
Call = Callable[[], None]
# A moment; just past a drain's lease, so that it wakes beside its successor; past every time-out.
_STOPS_S = ((0.05, 2.0), (9.5, 13.0), (9.5, 13.0), (20.0, 100.0))


@dataclass(frozen=True, slots=True)
class Dangers:
    """How likely it is, at each step, that the host dies or is stopped there."""

    die: float = 0.0
    stop: float = 0.0


@dataclass(eq=False)
class Host:
    """An operating system's process; ``at_death`` is what others notice of it at once."""

    name: str
    dangers: Dangers
    alive: bool = True
    stopped_until: float = 0.0
    at_death: list[Call] = field(default_factory=list)

    def die(self) -> None:
        """SIGKILL."""
        if self.alive:
            self.alive = False
            for call in self.at_death:
                call()


class Loop:
    """Calls in the order of their time; the same seed gives the same run."""

    def __init__(self, chance: random.Random) -> None:
        self.now = 0.0
        self.chance = chance
        self.over = False
        self._heap: list[tuple[float, int, Call]] = []
        self._count = 0

    def at(self, when: float, call: Call) -> None:
        """Have ``call`` made at that time, or now if it is past."""
        self._count += 1
        heapq.heappush(self._heap, (max(when, self.now), self._count, call))

    def after(self, seconds: float, call: Call) -> None:
        """Have ``call`` made later."""
        self.at(self.now + seconds, call)

    def run(self) -> None:
        """Until ``over``, or until nothing is left to do."""
        while self._heap and not self.over:
            self.now, _, call = heapq.heappop(self._heap)
            call()

    def start(self, host: Host, steps: Steps, delay: float = 0.0) -> None:
        """Run a process on a host."""
        self.after(delay, partial(self._step, host, steps))

    def _step(self, host: Host, steps: Steps) -> None:
        if host.alive and host.stopped_until <= self.now:
            self._endanger(host)
        if not host.alive:
            steps.close()
        elif host.stopped_until > self.now:
            self.at(host.stopped_until, partial(self._step, host, steps))
        else:
            wait = next(steps, None)
            if wait is not None:
                self.after(wait, partial(self._step, host, steps))

    def _endanger(self, host: Host) -> None:
        dangers, drawn = host.dangers, self.chance.random()
        if drawn < dangers.die:
            host.die()
        elif drawn < dangers.die + dangers.stop:
            shortest, longest = self.chance.choice(_STOPS_S)
            host.stopped_until = self.now + self.chance.uniform(shortest, longest)
