"""Find processes a killed run left behind, and end those that are provably ours.

A pid alone proves nothing (numbers are reused). Proof is the working directory (our data
folder) or a marker in the environment that only our children carry.
"""

import contextlib
import os
import signal
from collections.abc import Callable, Iterable
from pathlib import Path

from devstack.processes import PROC, wait_until

MARKER = "DEVSTACK_RUN"


def working_in(folder: Path) -> set[int]:
    """Processes whose working directory is ``folder`` (PostgreSQL and Valkey enter theirs)."""
    wanted = str(folder.resolve())
    return _matching(lambda process: os.readlink(process / "cwd") == wanted)


def marked(run: Path) -> set[int]:
    """Processes started with the marker of the run that keeps its data in ``run``."""
    wanted = f"{MARKER}={run.resolve()}".encode()
    return _matching(lambda process: wanted in (process / "environ").read_bytes().split(b"\0"))


def finish(pids: Iterable[int], *, patience: float = 5) -> None:
    """SIGTERM, then SIGKILL after ``patience`` seconds; returns when all are gone."""
    left = _signal(set(pids), signal.SIGTERM, patience)
    _signal(left, signal.SIGKILL, patience)


def _signal(pids: set[int], number: signal.Signals, patience: float) -> set[int]:
    """Send ``number`` to all; those that still live after ``patience`` seconds."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)
    wait_until(lambda: not any(map(alive, pids)), seconds=patience)
    return {pid for pid in pids if alive(pid)}


def alive(pid: int) -> bool:
    """Whether ``pid`` runs (a zombie, which only waits to be reaped, does not)."""
    try:
        os.kill(pid, 0)
        state = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0]
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    except FileNotFoundError:
        # No /proc on this system: the signal got through, so somebody is there.
        return not PROC.is_dir()
    return state != "Z"


def _matching(is_ours: Callable[[Path], bool]) -> set[int]:
    found = set()
    for process in PROC.glob("[0-9]*"):
        # Processes come and go, and others' may not be looked into.
        with contextlib.suppress(OSError):
            if is_ours(process):
                found.add(int(process.name))
    return found - {os.getpid()}
