"""What the person at the terminal sees: numbered steps, single lines, last lines of a log."""

import time
from dataclasses import dataclass, field
from pathlib import Path

from devstack.processes import tail


def say(line: str) -> None:
    """One line, at once (output may be a pipe)."""
    print(line, flush=True)


def show_log(name: str, log: Path) -> None:
    """The last lines of a failed part's log, and where the rest is."""
    for line in tail(log).splitlines():
        say(f"  {name} | {line}")
    say(f"  The whole log: {log}")


@dataclass
class Steps:
    """``[2/6] dashboard built, 24 s``: numbered as they finish, for some run side by side."""

    total: int
    done: int = 0
    started: float = field(default_factory=time.monotonic)

    def finished(self, what: str, seconds: float) -> None:
        """Tell that one more step is done and how long it took."""
        self.done += 1
        say(f"[{self.done}/{self.total}] {what}, {seconds:.0f} s")
