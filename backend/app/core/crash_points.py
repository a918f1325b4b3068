"""Points where a test may have this very process die, freeze or dawdle.

Nothing happens without the setting ``CRASH_POINTS``, and production refuses to start with it.
Its value is a list of ``point=action:probability[:seconds]`` with spaces between them, such as
``marked=die:0.01 marking=delay:1:0.3``. ``die`` is SIGKILL and ``stop`` SIGSTOP, both to the
own process and from inside, so that not a line more is run; ``delay`` sleeps.
"""

import os
import random
import signal
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from app.core.config import settings

# In the order of a message's way; docs/chaos.md says what each leaves on disk.
POINTS = (
    "committed",  # anything is committed, its doorbells not rung
    "expanding",  # deliveries are made, not committed
    "expanded",
    "sweeping",  # between two steps of the sweep
    "claiming",  # claimed, not committed
    "claimed",
    "marking",  # marked, not committed
    "marked",  # on disk, and no byte has left
    "leaving",  # at its slot, just before the first byte
    "answered",  # the answer is in memory only
    "settling",  # settled, not committed
    "settled",
    "storing",  # callbacks inserted, not committed
    "stored",  # on disk, and WhatsApp not answered
    "merging",  # merged, not committed
)
ACTIONS = ("die", "stop", "delay")


@dataclass(frozen=True, slots=True)
class Trap:
    """What happens at a point, and how often (0-1)."""

    action: str
    probability: float
    seconds: float = 0


def reach(point: str) -> None:
    """Say that ``point`` is reached."""
    trap = _armed().get(point)
    if trap is not None and _chance().random() < trap.probability:
        _spring(point, trap)


def read(text: str) -> Mapping[str, Trap]:
    """Point -> trap. Raises ValueError, saying which part can't be read."""
    return dict(map(_read_one, text.split()))


def _read_one(text: str) -> tuple[str, Trap]:
    point, _, what = text.partition("=")
    action, probability, seconds = [*what.split(":"), "0", "0"][:3]
    if point not in POINTS or action not in ACTIONS:
        raise ValueError(f"CRASH_POINTS: {text!r} is no point=action:probability[:seconds]")
    return point, Trap(action, float(probability), float(seconds))


@lru_cache(maxsize=1)
def _armed() -> Mapping[str, Trap]:
    return read(settings().crash_points)


@lru_cache(maxsize=1)
def _chance() -> random.Random:
    return random.Random(f"{settings().crash_points}/{os.getpid()}")


def _spring(point: str, trap: Trap) -> None:
    # Past any logging, which may hold a lock or a buffer: this may be the last thing we do.
    os.write(2, f"crash point {point}: {trap.action}\n".encode())
    if trap.action == "delay":
        time.sleep(trap.seconds)
    else:
        # To this very thread: a stop sent to the process may reach another thread first, and this
        # one would go on for a moment.
        number = signal.SIGKILL if trap.action == "die" else signal.SIGSTOP
        signal.pthread_kill(threading.get_ident(), number)
