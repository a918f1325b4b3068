"""How near the limit a number sends, and whether any second holds more than it.

Judged from the simulator's ledger: arrivals in every window of one second, wherever it begins.
A hundredth each of the requests is refused with 130429, refused with 131056, reset, or left
without an answer.
"""

import bisect
import time
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

from bench.report import Table
from devstack import trial_people
from devstack.trial import Trial

RATES = (80, 1000)
_SECONDS = 40
# Nobody may get a second message within six seconds, so a fast number needs a crowd.
_MOST_PEOPLE = 20_000
_BULK = 5_000
_LEFT_OUT_S = 3.0  # it begins
_LEAST_SHARE = 0.98
_BEFORE_THE_END = 0.95  # what comes later is mostly what was refused and tried again
_FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "error", "code": 130429},
    {"kind": "error", "code": 131056},
    {"kind": "reset_after_acceptance"},
    {"kind": "timeout_after_acceptance", "hang_s": 30},
)
_HEAD = [
    "limit", "requests", "seconds", "share of the limit used", "most in a second", "over it",
    "windows with 100 %", "99 % and more", "98 %", "95 %", "less",
]  # fmt: skip


def run(folder: Path) -> Table:
    """Each rate in a world of its own."""
    found = {rate: _measure(rate, _arrivals(folder / str(rate), rate)) for rate in RATES}
    rows = [_row(rate, measured) for rate, measured in found.items()]
    missed = [goal for rate, measured in found.items() for goal in measured.missed(rate)]
    intro = (
        "One sender with enough to do, through API, PostgreSQL (fsync on), Redis, Celery and the "
        "dispatch worker, against the simulator, which answers after 100 ms; 1 % each of 130429, "
        "131056, resets and time-outs. Arrivals in its ledger, refused ones included. A window of "
        "one second begins at each arrival; the last columns say how full those windows are. "
        f"The first {_LEFT_OUT_S:.0f} s and the last twentieth, mostly what was refused and tried "
        "again, are left out of the share and of those columns, not of the windows "
        "over the limit. Goals: at least 98 %, none over."
    )
    return Table("Pacing", intro, [_HEAD, *rows], missed)


def _arrivals(folder: Path, rate: int) -> list[float]:
    with Trial(folder, fsync=True) as trial:
        for name in ("api", "dispatch", "worker", "beat"):
            trial.start(name)
        trial.ready("api", "dispatch", "worker")
        shop = trial_people.open_shop(trial, people=1, throughput_mps=rate)
        crowd = min(rate * _SECONDS, _MOST_PEOPLE)
        for start in range(0, crowd, _BULK):
            items = [trial_people.crowd_person(n) for n in range(start, min(start + _BULK, crowd))]
            shop.api.post("recipients/bulk", {"items": items, "group_ids": [shop.group_id]})
        simulator = trial.simulator
        simulator.set_knobs(answer_delay={"low": 0.1, "high": 0.1}, callbacks={"paused": True})
        for fault in _FAULTS:
            simulator.add_fault(probability=0.01, **fault)
        for _ in range(ceil(rate * _SECONDS / crowd)):
            shop.schedule()
        time.sleep(_SECONDS)
        return [row["received_at"] for row in simulator.ledger()]


@dataclass(frozen=True, slots=True)
class Measured:
    """``steady``: how full each window of the middle part was; ``full`` all of them."""

    seconds: float
    share: float
    full: list[int]
    steady: list[int]

    def over(self, limit: int) -> int:
        """How many windows hold more than the limit."""
        return sum(n > limit for n in self.full)

    def missed(self, limit: int) -> list[str]:
        """The goals that were not reached."""
        goals = {
            f"{self.share:.1%} of {limit}/s used": self.share >= _LEAST_SHARE,
            f"{self.over(limit)} windows over {limit}": self.over(limit) == 0,
        }
        return [what for what, met in goals.items() if not met]


def _measure(limit: int, arrivals: Sequence[float]) -> Measured:
    times = sorted(arrivals)
    full = [bisect.bisect_left(times, at + 1) - n for n, at in enumerate(times)]
    first, last = times[0] + _LEFT_OUT_S, times[int(len(times) * _BEFORE_THE_END)]
    steady = [n for at, n in zip(times, full, strict=True) if first <= at < last - 1]
    counted = sum(first <= at < last for at in times)
    return Measured(last - first, counted / (last - first) / limit, full, steady)


def _row(limit: int, found: Measured) -> list[str]:
    edges = [1.0, 0.99, 0.98, 0.95, 0.0]
    tops = [2.0, *edges]
    spread = [
        sum(low <= n / limit < top for n in found.steady) / len(found.steady)
        for low, top in zip(edges, tops, strict=False)
    ]
    return [
        f"{limit}/s", str(len(found.full)), f"{found.seconds:.0f}", f"{found.share:.1%}",
        str(max(found.full)), str(found.over(limit)), *(f"{part:.1%}" for part in spread),
    ]  # fmt: skip
