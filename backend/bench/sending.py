"""The send path: claimed, marked, sent and settled, beside loops that only send.

Processor time a message over the dispatch worker, PostgreSQL and Redis, while several senders
of 1,000 a second each keep it busy; what stands beside it sends to the same stand-in API.
"""

import json
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench import callbacks, cpu, tasks
from bench.line import Goals, Line, each, micro, middle, parts, unequal
from bench.stage import Stage
from devstack.layout import ROOT

ROUNDS = 3
# So many of each in a round.
_PLAIN = {"aiohttp": 8_000, "libcurl": 16_000, "requests": 300}
_SLOW, _SLOW_S = 20, 0.1
_HANDLED = "SELECT sum(n) FROM delivery_counts WHERE status NOT IN ('scheduled', 'sending')"


@dataclass
class Found:
    """Of each round; ``spent`` by part in seconds, ``plain`` and the rest of one message."""

    people: int
    spent: list[dict[str, float]] = field(default_factory=list)
    walls: list[float] = field(default_factory=list)
    unmarked: list[dict[str, float]] = field(default_factory=list)
    slow: list[float] = field(default_factory=list)
    slow_plain: list[float] = field(default_factory=list)
    plain: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    @property
    def each(self) -> float:
        """Processor seconds a message."""
        return each([sum(one.values()) for one in self.spent], self.people)


def run(folder: Path, *, people: int = 4_000, senders: int = 4) -> list[Line]:
    """All lines of what leaves, and of what comes back for it."""
    with Stage(folder, people=people, senders=senders) as stage:
        stage.open(3 * ROUNDS)
        found = Found(people * senders)
        with tasks.Worker(stage) as worker:
            for round_ in range(ROUNDS):
                _round(stage, found, 3 * round_)
                found.plain["Celery task"].append(worker.measure())
        wrong = _judge(stage, 3 * ROUNDS * people * senders)
        back = callbacks.measure(stage, found.each)
    return [*_lines(found, wrong), *back]


def _round(stage: Stage, found: Found, first: int) -> None:
    stage.trial.start("dispatch")
    stage.trial.ready("dispatch")
    spent, wall = _send(stage, "dispatch", first, found.people)
    found.spent.append(spent)
    found.walls.append(wall)
    stage.delay(_SLOW_S)
    found.slow.append(_send(stage, "dispatch", first + 1, found.people)[1] / found.people)
    found.slow_plain.append(_plain(stage, "requests", _SLOW)["wall_s"] / _SLOW)
    stage.delay(0)
    stage.stop("dispatch")
    for kind, count in _PLAIN.items():
        found.plain[kind].append(_plain(stage, kind, count)["cpu_s"] / count)
    stage.start_worker("unmarked", "bench.unmarked")
    found.unmarked.append(_send(stage, "unmarked", first + 2, found.people)[0])
    stage.stop("unmarked")


def _send(stage: Stage, worker: str, batch: int, total: int) -> tuple[dict[str, float], float]:
    handled = (batch + 1) * total
    before, began = stage.used(worker), time.monotonic()
    stage.release(batch)
    # The counters, for counting rows costs as much as a third of the path.
    stage.wait(_HANDLED, handled)
    wall = time.monotonic() - began
    return cpu.since(before, stage.used(worker)), wall


def _plain(stage: Stage, kind: str, count: int) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.plain_senders", kind,
         f"{stage.answerer}/v26.0/1/messages", str(count)],
        cwd=ROOT / "backend", capture_output=True, text=True, check=True,
    )  # fmt: skip
    spent: dict[str, Any] = json.loads(done.stdout)
    return spent


def _judge(stage: Stage, total: int) -> list[str]:
    scalar, came = stage.scalar, stage.tally()
    return unequal({
        "requests repeated": (came["twice"], 0),
        "requests with an id of their own": (came["product"], total),
        "accepted": (scalar("SELECT count(*) FROM deliveries WHERE status = 'accepted'"), total),
        "ids of messages": (scalar("SELECT count(DISTINCT wamid) FROM deliveries"), total),
        "attempts": (scalar("SELECT count(*) FROM attempts WHERE outcome = 'accepted'"), total),
        "counted": (
            scalar("SELECT sum(n) FROM delivery_counts WHERE status = 'accepted'"),
            total,
        ),
    })  # fmt: skip


def _lines(found: Found, wrong: list[str]) -> list[Line]:
    wall = found.people / statistics.median(found.walls)
    ours = f"{parts(middle(found.spent), found.people)}, {wall:,.0f}/s"
    plain = {kind: statistics.median(spent) for kind, spent in found.plain.items()}
    slow, slow_plain = statistics.median(found.slow), statistics.median(found.slow_plain)
    without = each([sum(one.values()) for one in found.unmarked], found.people)

    def beside(name: str, kind: str, goals: Goals) -> Line:
        ratio = plain[kind] / found.each
        return Line(f"send path, beside {name}", ours, micro(plain[kind]), ratio, goals, wrong)

    return [
        beside("aiohttp alone", "aiohttp", Goals(0.6, 1.0, 1.4)),
        beside("libcurl alone", "libcurl", Goals(0.15, 0.25, 0.33)),
        beside("requests.post one by one", "requests", Goals(10, 15, 22)),
        Line(
            "the same by the clock, answers after 100 ms", f"{1 / slow:,.0f}/s",
            f"{1 / slow_plain:,.1f}/s", slow_plain / slow, Goals(150, 300, 500), wrong,
        ),
        beside("one Celery task a message", "Celery task", Goals(20, 30, 45)),
        Line(
            "send path, beside itself without a record before the request", micro(found.each),
            parts(middle(found.unmarked), found.people), found.each / without,
            Goals(1.4, 1.25, 1.1, more=False), wrong,
        ),
    ]  # fmt: skip
