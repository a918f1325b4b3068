"""The storm: which mishap strikes when, by the seed, while messages leave.

Mishaps strike after so much work rather than after so long, and only once the system has moved
on since the last: none is wasted on one that has nothing to do or is still getting up.
"""

import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from chaos import nemeses
from chaos.nemeses import Nemesis
from chaos.size import Size
from chaos.stage import Stage
from chaos.world import World

_LOOK_S = 0.1
# The last strikes when this share of the work is done.
_LAST = 0.92
# Work that stands still this long will not move again: the rest of the script is pointless.
_STUCK_S = 150.0


@dataclass
class Storm:
    """``struck`` counts what really happened."""

    stage: Stage
    world: World
    struck: Counter[str] = field(default_factory=Counter)
    _undo: list[tuple[float, Callable[[], None]]] = field(default_factory=list)
    _seen: int = 0
    _counted: int = 0
    _moved_at: float = 0.0
    _flushed_at: float = 0.0

    def blow(self) -> None:
        """Strike with everything in the script, then put all right again."""
        self._moved_at = self._flushed_at = time.monotonic()
        nemeses_left = script(self.stage.size)
        chance = random.Random(f"{self.stage.size.seed}/pauses")
        while nemeses_left:
            left = _LAST * self._sure() - self._accepted()
            self._wait_for(left / len(nemeses_left) * chance.uniform(0.3, 1.7))
            self._strike(nemeses_left.pop())
        self.calm()

    def _wait_for(self, messages: float) -> None:
        """Let so many more messages be accepted, unless nothing moves any more."""
        enough = self._accepted() + max(1, messages)
        while self._accepted() < enough and not self._is_stuck():
            self._between()
            time.sleep(_LOOK_S)

    def calm(self) -> None:
        """End every mishap, and start whatever is down."""
        for _, undo in sorted(self._undo, key=lambda item: item[0]):
            undo()
        self._undo.clear()
        nemeses.heal(self.stage)

    def _strike(self, nemesis: Nemesis) -> None:
        undo = nemesis.strike(self.stage, nemesis.random)
        self.struck[nemesis.name] += 1
        if undo is not None:
            self._undo.append((time.monotonic() + nemesis.lasts_s, undo))

    def _between(self) -> None:
        now = time.monotonic()
        for item in [item for item in self._undo if item[0] <= now]:
            self._undo.remove(item)
            item[1]()
        if now - self._flushed_at >= self.stage.size.flush_every_s:
            self._flushed_at = now
            if nemeses.flush(self.stage):
                self.struck["redis flushed"] += 1
        self.stage.crew.revive()

    def _accepted(self) -> int:
        rows = self.stage.simulator.ledger(self._seen)
        if rows:
            self._seen = rows[-1]["seq"]
            self._counted += sum(row["outcome"] == "accepted" for row in rows)
            self._moved_at = time.monotonic()
        return self._counted

    def _sure(self) -> int:
        """How many will be sent at least."""
        return self.world.planned - self.world.doomed_people

    def _is_stuck(self) -> bool:
        return time.monotonic() - self._moved_at > _STUCK_S


def script(size: Size) -> list[Nemesis]:
    """Every nemesis of a run of this size, shuffled by the seed."""
    chance = random.Random(f"{size.seed}/storm")
    every = [
        make(random.Random(chance.random())) for make, n in nemeses.shares(size) for _ in range(n)
    ]
    chance.shuffle(every)
    return every
