"""The running simulator: world, knobs, limits, ledger and callbacks in one place."""

from collections import Counter
from pathlib import Path
from random import Random

import aiohttp
from pydantic import TypeAdapter

from simulator.callbacks.courier import Courier
from simulator.callbacks.queue import Queue
from simulator.clock import Clock
from simulator.faults import Fault, FaultRules
from simulator.journal import Journal
from simulator.knobs import Knobs
from simulator.ledger import Ledger
from simulator.limits import Limits
from simulator.pacing import Pacing
from simulator.world import Number, Waba, World

_FAULTS = TypeAdapter(list[Fault])
WINDOW_S = 24 * 3600


class Simulator:
    """All state. Loaded from ``folder`` at start; what changes is journalled."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.seed = folder, seed
        self.clock = Clock()
        self.journal = Journal(folder)
        settings = self.journal.documents("settings")
        self.world = World.model_validate_json(settings.get("world", "{}"))
        self.knobs = Knobs.model_validate_json(settings.get("knobs", "{}"))
        self.faults = FaultRules()
        for fault in _FAULTS.validate_json(settings.get("faults", "[]")):
            self.faults.add(fault)
        self.windows = {k: float(v) for k, v in self.journal.documents("windows").items()}
        self.ledger = Ledger(self.journal)
        self.limits = Limits()
        self.pacing = Pacing(self.journal)
        self.queue = Queue(self.journal, self.clock, self.world)
        self.courier = Courier(self.queue, self.world, self.clock, lambda: self.knobs.callbacks)
        self.calls: Counter[str] = Counter()
        self.latency = Random(f"{seed}:latency")
        self._drawn = Counter(entry.to for entry in self.ledger.entries)
        self._last_id = 0
        self.session: aiohttp.ClientSession | None = None

    def save(self) -> None:
        """Call after any change of world, knobs or faults."""
        self.journal.put("settings", "world", self.world.model_dump_json)
        self.journal.put("settings", "knobs", self.knobs.model_dump_json)
        self.journal.put(
            "settings", "faults", lambda: _FAULTS.dump_json(self.faults.rules).decode()
        )

    def rng_for(self, key: str) -> Random:
        """Draws for the n-th use of ``key``: the same in every run of a seed, whatever
        else happens at the same time."""
        self._drawn[key] += 1
        return Random(f"{self.seed}:{key}:{self._drawn[key]}")

    def new_id(self) -> str:
        """A number such as Meta's ids, never used before in this world."""
        while True:
            self._last_id += 1
            candidate = str(10**14 + self.seed % 1000 * 10**9 + self._last_id)
            if not self._taken(candidate):
                return candidate

    def waba_of(self, number: Number) -> Waba:
        return self.world.wabas[number.waba_id]

    def open_window(self, number: Number, wa_id: str) -> None:
        key = f"{number.id}|{wa_id}"
        self.windows[key] = self.clock.now()
        self.journal.put("windows", key, str(self.windows[key]))

    def window_is_open(self, number: Number, wa_id: str) -> bool:
        opened = self.windows.get(f"{number.id}|{wa_id}", float("-inf"))
        return self.clock.now() - opened < WINDOW_S

    def reset(self, keep_world: bool) -> None:
        """Empty ledger, callbacks, limits, faults and knobs; and the world unless kept."""
        self.queue.clear()
        self.journal.clear()
        self.ledger.clear()
        self.limits.clear()
        self.pacing.clear()
        self.faults.remove()
        self.windows.clear()
        self.calls.clear()
        self._drawn.clear()
        self.knobs = Knobs()
        self.clock.offset_s = 0
        if not keep_world:
            self.world.clear()
        self.save()

    def _taken(self, candidate: str) -> bool:
        world = self.world
        return any(
            candidate in kind
            for kind in (world.apps, world.wabas, world.numbers, world.templates, world.media)
        )
