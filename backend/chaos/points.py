"""Every named crash point: at each in turn processes die, a few times, while messages leave."""

import re
from collections import Counter
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

import requests

from chaos import world
from chaos.crew import API, DISPATCH, OTHER_WORKER
from chaos.evidence import Act
from chaos.size import SMALL
from chaos.stage import Stage
from chaos.world import World
from devstack.processes import StartError, wait_until

POINTS = {
    DISPATCH: (
        "claiming", "claimed", "marking", "marked", "leaving", "answered", "settling", "settled",
    ),
    OTHER_WORKER: ("expanding", "expanded", "sweeping", "merging"),
    API: ("committed", "storing", "stored"),
}  # fmt: skip
SIZE = replace(SMALL, deliveries=800, kills=0, crashes=0, stops=0, scene="every point")
TIMES = 3
_PEOPLE, _PATIENCE_S, _AGAIN_S = 40, 90.0, 6.0
_STRUCK = re.compile(r"crash point (\w+)")


def struck(folder: Path) -> Counter[str]:
    """Point -> how often a process died there, by what they wrote before they did."""
    found: Counter[str] = Counter()
    for log in folder.glob("*.log"):
        found.update(_STRUCK.findall(log.read_text(errors="replace")))
    return found


def strike_each(stage: Stage, built: World) -> list[Act]:
    """Have processes die at each point, ``TIMES`` times at least; traps are taken away between."""
    campaigns = Campaigns(stage, built)
    for role, points in POINTS.items():
        names = stage.crew.dispatchers if role == DISPATCH else (role,)
        for point in points:
            for name in names:
                stage.crew.kill(name)
                stage.crew.start(name, f"{point}=die:1")
            _until_struck(stage, campaigns, point)
            stage.crew.disarm()
    return []


def _until_struck(stage: Stage, campaigns: "Campaigns", point: str) -> None:
    """Give it work until it has died there often enough."""
    for _ in range(round(_PATIENCE_S / _AGAIN_S)):
        campaigns.send()

        def has_died() -> bool:
            stage.crew.revive()
            return struck(stage.folder)[point] >= TIMES

        if wait_until(has_died, seconds=_AGAIN_S, every=0.05):
            return
    raise StartError(f"{point} was struck {struck(stage.folder)[point]} times only")


@dataclass
class Campaigns:
    """Small ones, one after the other, each to other people than the last."""

    stage: Stage
    world: World

    def __post_init__(self) -> None:
        self._numbers = count()

    def send(self) -> None:
        """Plan one; the API may die of it, before its commit or after."""
        number = next(self._numbers)
        name = f"point {number}"
        first = number * _PEOPLE % len(self.world.people)
        people = self.world.people[first : first + _PEOPLE]
        try:
            world.send_now(self.world, name, people, number % len(self.world.sender_ids))
        except requests.RequestException:
            if self._is_there(name):
                self.world.planned += len(people)

    def _is_there(self, name: str) -> bool:
        found: list[bool] = []

        def look() -> bool:
            self.stage.crew.revive()
            try:
                names = [one["name"] for one in self.world.api.items("schedules")]
            except requests.RequestException:
                return False
            found[:] = [name in names]
            return True

        if not wait_until(look, seconds=_PATIENCE_S, every=0.1):
            raise StartError("the API doesn't come back")
        return found[0]
