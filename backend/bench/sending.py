"""The send path: claimed, marked, sent and settled, beside loops that only send.

Processor time a message over the dispatch worker, PostgreSQL and Redis, while several senders
of 1,000 a second each keep it busy; the loops send to the same stand-in API, before and after.
"""

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

from bench import cpu
from bench.line import Goals, Line
from bench.stage import Stage
from devstack.layout import ROOT

_AIOHTTP = Goals(0.6, 1.0, 1.4)
_LIBCURL = Goals(0.15, 0.25, 0.33)
_REQUESTS = Goals(10, 15, 22)
_SETTLE_S = 0.7  # a backend's time is its postmaster's a moment after it has ended
_FEW = 400


def run(folder: Path, *, people: int = 5_000, senders: int = 4) -> list[Line]:
    """Three lines: beside aiohttp, libcurl and requests."""
    with Stage(folder, people=people, senders=senders) as stage:
        stage.open()
        plain = {kind: [_plain(stage, kind, people)] for kind in ("aiohttp", "libcurl")}
        before = stage.tally()
        spent, wall = _send(stage, people * senders)
        came = stage.tally()
        for kind, found in plain.items():
            found.append(_plain(stage, kind, people))
        slow = _plain(stage, "requests", _FEW)
        wrong = _judge(stage, came["once"] - before["once"], came["twice"], people * senders)
    total = sum(spent.values())
    parts = ", ".join(f"{name} {_us(used, people * senders)}" for name, used in spent.items())
    ours = f"{_us(total, people * senders)} ({parts}), {people * senders / wall:,.0f}/s"
    each = total / (people * senders)
    return [
        _line("aiohttp loop", ours, statistics.median(plain["aiohttp"]), each, _AIOHTTP, wrong),
        _line("libcurl loop", ours, statistics.median(plain["libcurl"]), each, _LIBCURL, wrong),
        _line("requests.post one by one", ours, slow, each, _REQUESTS, wrong),
    ]


def _line(name: str, ours: str, theirs: float, each: float, goals: Goals, wrong: list[str]) -> Line:
    return Line(
        f"send path against {name}", ours, f"{theirs * 1e6:.0f} µs", theirs / each, goals, wrong
    )


def _us(seconds: float, messages: int) -> str:
    return f"{seconds / messages * 1e6:.0f} µs"


def _send(stage: Stage, total: int) -> tuple[dict[str, float], float]:
    stage.trial.start("dispatch")
    stage.trial.ready("dispatch")
    time.sleep(_SETTLE_S)
    before, began = stage.used("dispatch"), time.monotonic()
    stage.execute("UPDATE lanes SET state = 'runnable'")
    # The counters, for counting rows ten times a second costs as much as a third of the path.
    stage.wait(
        "SELECT sum(n) FROM delivery_counts WHERE status NOT IN ('scheduled', 'sending')", total
    )
    wall = time.monotonic() - began
    time.sleep(_SETTLE_S)
    return cpu.since(before, stage.used("dispatch")), wall


def _plain(stage: Stage, kind: str, count: int) -> float:
    """Processor seconds a message of a plain loop."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.plain_senders", kind,
         f"{stage.answerer}/v26.0/1/messages", str(count)],
        cwd=ROOT / "backend", capture_output=True, text=True, check=True,
    )  # fmt: skip
    return float(json.loads(done.stdout)["cpu_s"]) / count


def _judge(stage: Stage, once: int, twice: int, total: int) -> list[str]:
    scalar = stage.trial.scalar
    expected = {
        "requests with an id of their own": (once, total),
        "requests repeated": (twice, 0),
        "accepted": (scalar("SELECT count(*) FROM deliveries WHERE status = 'accepted'"), total),
        "ids of messages": (scalar("SELECT count(DISTINCT wamid) FROM deliveries"), total),
        "attempts": (scalar("SELECT count(*) FROM attempts WHERE outcome = 'accepted'"), total),
        "counted": (
            scalar("SELECT sum(n) FROM delivery_counts WHERE status = 'accepted'"),
            total,
        ),
    }
    return [f"{what}: {is_} not {should}" for what, (is_, should) in expected.items()
            if is_ != should]  # fmt: skip
