"""A whole stack for tests, started by the supervisor of `make run` as a process of its own."""

import os
import queue
import re
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path

from devstack import orphans, ports
from devstack.environment import SECRETS

BACKEND = Path(__file__).parents[2]
SCRIPT = Path(__file__).with_name("run_with_env_file.py")
READY = re.compile(r"WhatsApp Scheduler is ready: (\S+)  log in: (\S+@\S+) / (\S+)")
# Whatever the machine has set must not turn the demo into something else.
FOREIGN = ("DATABASE_URL", "REDIS_URL", "PORT", "HOST", "PUBLIC_URL", "WHATSAPP_API_BASE_URL")


@dataclass
class Run:
    """One ``devstack run`` on ``data``; ``lines`` are what it has said so far."""

    data: Path
    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)
    _news: "queue.Queue[str | None]" = field(default_factory=queue.Queue)

    def listen(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as said:
            for line in said:
                self._news.put(line.rstrip("\n"))
        self._news.put(None)

    def wait_for(self, pattern: str, seconds: float = 180) -> re.Match[str]:
        """The first line, said from now on, in which ``pattern`` is found."""
        while True:
            line = self._news.get(timeout=seconds)
            assert line is not None, "it ended:\n" + "\n".join(self.lines)
            self.lines.append(line)
            if found := re.search(pattern, line):
                return found

    def pids(self) -> set[int]:
        # PostgreSQL and Valkey write their titles over the environment they are known by.
        servers = self.data.glob("*/postgres/cluster"), self.data.glob("*/valkey")
        found = (orphans.working_in(folder) for folders in servers for folder in folders)
        return orphans.marked(self.data).union(*found)

    def kill(self) -> None:
        """End it at once, with all its parts."""
        left = self.pids()
        self.process.kill()
        self.process.wait()
        orphans.finish(left | self.pids(), patience=1)


def start(data: Path, **settings: str) -> Run:
    """Start one on ``data`` with a port and an ``.env`` of its own, both beside ``data``."""
    env = {name: value for name, value in os.environ.items() if name not in {*FOREIGN, *SECRETS}}
    process = subprocess.Popen(
        [sys.executable, str(SCRIPT), str(data.parent / ".env"), "run"],
        env={
            **env,
            **settings,
            "PYTHONPATH": str(BACKEND),
            "DATA_DIR": str(data),
            "PORT": str(port_of(data)),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    run = Run(data, process)
    threading.Thread(target=run.listen, daemon=True).start()
    return run


def port_of(data: Path) -> int:
    return ports.Remembered(data.parent / "test-port.json").pick("api")
