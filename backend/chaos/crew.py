"""The product's processes: dispatch workers, the other worker, two beats and the API.

Each runs in a process group of its own and is known by a name; they are signalled by pid only.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from chaos.size import Size
from devstack import health, orphans, processes
from devstack.processes import StartError, wait_until

API = "api"
DISPATCH = "dispatch"
OTHER_WORKER = "worker"
BEATS = ("beat1", "beat2")
_READY_S = 240.0
_CELERY = ("celery", "-A", "app.worker.celery_app")


@dataclass(frozen=True, slots=True)
class Death:
    """A process that was killed; ``at`` in epoch seconds."""

    name: str
    pid: int
    at: float


class Crew:
    """``with``-able: on leaving, everything is killed."""

    def __init__(
        self, folder: Path, environment: Mapping[str, str], *, size: Size, port: int
    ) -> None:
        self._traps: dict[str, str] = {}
        self._folder, self._environment = folder, dict(environment)
        self._port = port
        self.dispatchers = tuple(f"dispatch{number}" for number in range(1, size.workers + 1))
        self.pids: dict[str, int] = {}
        self.deaths: list[Death] = []
        self._nursery = self._open_nursery(hurry=size.hurry)

    def _open_nursery(self, *, hurry: bool) -> subprocess.Popen[str]:
        with (self._folder / "nursery.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "chaos.nursery", *(["hurry"] if hurry else [])],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=self._environment,
                cwd=self._folder,
                text=True,
                process_group=0,
            )

    def __enter__(self) -> "Crew":
        if self._reply() != "ready":
            self._close_nursery()
            raise StartError(processes.tail(self._folder / "nursery.log"))
        return self

    def __exit__(self, *_: object) -> None:
        for name in list(self.pids):
            self.kill(name)
        self._close_nursery()

    def _close_nursery(self) -> None:
        assert self._nursery.stdin is not None
        assert self._nursery.stdout is not None
        self._nursery.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._nursery.wait(10)
        self._nursery.kill()
        self._nursery.wait()
        self._nursery.stdout.close()

    def start_all(self) -> None:
        """Start every part and wait until all say that they live."""
        for name in (API, *self.dispatchers, OTHER_WORKER, *BEATS):
            self.start(name)
        ready = f"http://127.0.0.1:{self._port}/health/ready"
        if not wait_until(lambda: health.get(ready)[0] == 200, seconds=_READY_S, every=0.1):
            raise StartError(f"Not ready: {health.get(ready)}; logs in {self._folder}")

    def start(self, name: str, traps: str | None = None) -> None:
        """Start a part, if it isn't running; ``traps`` is its CRASH_POINTS, until ``disarm``."""
        if traps is not None:
            self._traps[name] = traps
        if self.is_alive(name):
            return
        order = {
            "argv": self._argv(name),
            "env": {"CRASH_POINTS": self._traps.get(name, "")},
            "log": str(self._folder / f"{name}.log"),
        }
        assert self._nursery.stdin is not None
        self._nursery.stdin.write(json.dumps(order) + "\n")
        self._nursery.stdin.flush()
        self.pids[name] = int(self._reply())

    def disarm(self) -> None:
        """Take all traps away: who has some is started anew."""
        trapped, self._traps = self._traps, {}
        for name in trapped:
            self.kill(name)
            self.start(name)

    def is_alive(self, name: str) -> bool:
        """Whether the part runs (or is stopped)."""
        return name in self.pids and orphans.alive(self.pids[name])

    def kill(self, name: str) -> None:
        """SIGKILL the part and its children, at once, if it runs."""
        if not self.is_alive(name):
            return
        self.deaths.append(Death(name, self.pids[name], time.time()))
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pids[name], signal.SIGKILL)
        wait_until(lambda: not self.is_alive(name), seconds=5, every=0.002)

    def signal(self, name: str, number: signal.Signals) -> None:
        """Signal the part and its children."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pids[name], number)

    def revive(self) -> list[str]:
        """Start whatever has ended by itself; returns the names."""
        ended = [name for name in self.pids if not self.is_alive(name)]
        for name in ended:
            self.deaths.append(Death(name, self.pids[name], time.time()))
            self.start(name)
        return ended

    def _reply(self) -> str:
        assert self._nursery.stdout is not None
        return self._nursery.stdout.readline().strip()

    def _argv(self, name: str) -> list[str]:
        if name == API:
            return ["uvicorn", "app.main:app", "--host", "127.0.0.1", "--port", str(self._port),
                    "--log-level", "warning"]  # fmt: skip
        if name in BEATS:
            return [*_CELERY, "beat", "--schedule", str(self._folder / f"{name}.db")]
        role, pool, number, queues = (
            ("default", "prefork", "2", "default,webhooks")
            if name == OTHER_WORKER
            else ("dispatch", "threads", "8", "dispatch")
        )
        return [
            *_CELERY, "worker", "--pool", pool, "--concurrency", number, "-Q", queues,
            "-n", f"{role}@{name}",
        ]  # fmt: skip
