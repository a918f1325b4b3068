"""The storm: which mishap strikes when, by the seed, while messages leave.

Mishaps strike at shares of the work done rather than at times, so that none is wasted on a
system that has nothing to do, however fast the machine.
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
_FIRST, _LAST = 0.03, 0.92
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
    _accepted: int = 0
    _moved_at: float = 0.0
    _flushed_at: float = 0.0

    def blow(self) -> None:
        """Strike with everything in the script, then put all right again."""
        self._moved_at = self._flushed_at = time.monotonic()
        for at, nemesis in script(self.stage.size):
            while self._progress() < at and not self._is_stuck():
                self._between()
                time.sleep(_LOOK_S)
            self._strike(nemesis)
        self.calm()

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

    def _progress(self) -> float:
        rows = self.stage.simulator.ledger(self._seen)
        if rows:
            self._seen = rows[-1]["seq"]
            self._accepted += sum(row["outcome"] == "accepted" for row in rows)
            self._moved_at = time.monotonic()
        sure = self.world.planned - self.world.doomed_people
        return self._accepted / max(1, sure)

    def _is_stuck(self) -> bool:
        return time.monotonic() - self._moved_at > _STUCK_S


def script(size: Size) -> list[tuple[float, Nemesis]]:
    """When which nemesis strikes, in order: ``(share of the work done, nemesis)``."""
    chance = random.Random(f"{size.seed}/storm")
    planned = [
        (chance.uniform(_FIRST, _LAST), nemesis)
        for make, n in nemeses.shares(size)
        for nemesis in (make(random.Random(chance.random())) for _ in range(n))
    ]
    return sorted(planned, key=lambda item: item[0])
