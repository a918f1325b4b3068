"""Run commands one after the other and say of each whether it passed."""

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from devstack.console import say


@dataclass(frozen=True)
class Gate:
    """A command that must exit with 0, run in ``folder``."""

    name: str
    argv: Sequence[str]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    def passes(self) -> bool:
        """Run it; its output is shown only when it fails."""
        began = time.monotonic()
        done = subprocess.run(
            self.argv,
            cwd=self.folder,
            env={**os.environ, **self.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        verdict = "passed" if done.returncode == 0 else "FAILED"
        say(f"{verdict} {self.name}, {time.monotonic() - began:.0f} s")
        if done.returncode != 0:
            say(done.stdout)
        return done.returncode == 0


def run_all(gates: Sequence[Gate]) -> int:
    """Run every gate, also after a failure, for people mend several at once; the exit code."""
    failed = sum(not gate.passes() for gate in gates)
    say(f"{len(gates) - failed} passed, {failed} failed")
    return 1 if failed else 0
