"""Status callbacks at Meta's pace: taken in, answered when on disk, and merged, all at once."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench import accepted, cpu
from bench.report import Table
from bench.stage import Stage
from devstack.layout import ROOT

RATE = 2_000
_STEPS = 3
_LOOK_EVERY_S = 1.0
_WAITING = """
    SELECT coalesce(extract(epoch FROM clock_timestamp() - min(received_at)), 0)::float8
      FROM webhook_inbox WHERE state = 'pending'
"""
_MOST_MS = {"p50": 20, "p99": 200}
_GOALS = "median at most 20 ms, 99th percentile at most 200 ms, none lost, every answer 200"


@dataclass
class Watch:
    """How long the oldest callback waits for its merge, looked at each second."""

    stage: Stage
    lags: list[float] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Watch":
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(_LOOK_EVERY_S):
            self.lags.append(self.stage.trial.scalar(_WAITING))


def run(folder: Path, *, seconds: int = 60, rate: int = RATE) -> Table:
    """``rate`` statuses a second for ``seconds``."""
    people = rate * seconds // _STEPS
    with Stage(folder, people=people) as stage:
        stage.open()
        messages = accepted.accept_all(stage)
        stage.trial.start("worker")
        stage.trial.ready("worker")
        before = stage.used("api", "worker")
        with Watch(stage) as watch:
            load = _load(stage, messages, rate)
        sent_at = time.monotonic()
        stage.wait("SELECT count(*) FROM webhook_inbox WHERE state = 'pending'", 0)
        behind = time.monotonic() - sent_at
        used = cpu.since(before, stage.used("api", "worker"))
        counts = _counts(stage, people)
    return _table(load, watch.lags, behind, used, counts)


def _load(stage: Stage, messages: list[tuple[str, str, str]], rate: int) -> dict[str, Any]:
    url = f"{stage.trial.plan.api_url}/webhook/whatsapp"
    return load(stage, url, messages, rate=rate, single=False)


def load(
    stage: Stage,
    url: str,
    messages: Sequence[tuple[str, str, str]],
    *,
    rate: int | None,
    single: bool,
) -> dict[str, Any]:
    """Report each message sent, delivered and read to ``url``: see ``callback_load``."""
    business = stage.trial.simulator.demo()
    plan = {
        "url": url,
        "secret": business.app_secret,
        "waba_id": business.waba_id,
        "phone_number_id": business.phone_number_id,
        "rate": rate,
        "single": single,
        "messages": messages,
    }
    done = subprocess.run(
        [sys.executable, "-m", "bench.callback_load"], cwd=ROOT / "backend",
        input=json.dumps(plan), stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _counts(stage: Stage, people: int) -> str:
    scalar = stage.scalar
    wholly = scalar("""SELECT count(*) FROM deliveries WHERE status = 'read'
        AND sent_at IS NOT NULL AND delivered_at IS NOT NULL AND read_at IS NOT NULL""")
    counted = scalar("SELECT sum(n) FROM delivery_counts WHERE status = 'read'")
    lost = people - wholly
    if lost or counted != people:
        raise AssertionError(f"{lost} of {people} lack a status, {counted} are counted as read")
    return f"{people * _STEPS:,} statuses sent, {people * _STEPS:,} merged, 0 lost"


def _table(
    load: dict[str, Any], lags: list[float], behind: float, used: dict[str, float], counts: str
) -> Table:
    each = {name: f"{name} {seconds / load['statuses'] * 1e6:.0f}"
            for name, seconds in used.items()}  # fmt: skip
    total = sum(used.values()) / load["statuses"] * 1e6
    intro = (
        f"{load['statuses']:,} statuses (sent, delivered, read of each message) in "
        f"{load['posts']:,} signed bodies of 1, 3 or 10, {load['statuses'] / load['wall_s']:,.0f} "
        "a second, while a worker merges them; PostgreSQL with fsync on, load generator, API and "
        f"worker share the machine. Milliseconds from when a body should have left to its answer, "
        f"which comes after the commit. Goals: {_GOALS}. {counts}; {load['wrong']} answers other "
        f"than 200. Processor time a status, µs: {', '.join(each.values())}; {total:.0f} in all."
    )
    head = ["median", "p90", "p99", "longest", "oldest waiting, most", "merged after the end"]
    figures = [f"{load[name]:.1f}" for name in ("p50", "p90", "p99", "longest")]
    lag = [f"{max(lags, default=0):.1f} s", f"{behind:.1f} s"]
    missed = [f"{name} {load[name]:.0f} ms, at most {most}" for name, most in _MOST_MS.items()
              if load[name] > most]  # fmt: skip
    if load["wrong"]:
        missed.append(f"{load['wrong']} answers other than 200")
    return Table("Intake of callbacks", intro, [head, figures + lag], missed)
