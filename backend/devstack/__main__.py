"""python -m devstack run | dev | down | reset | exec COMMAND...

Called by the Makefile through bootstrap.py.
"""

import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from devstack import plan as plans
from devstack import run_state
from devstack.console import say
from devstack.orphans import MARKER
from devstack.processes import wait_until
from devstack.run import run
from devstack.run_state import AlreadyRunningError, Lock

# Longer than the workers may take to finish what they send.
DOWN_SECONDS = 90.0


def down() -> int:
    """End the run on our data, from another terminal."""
    folder = _data_dir()
    if _is_free(folder):
        say("Nothing runs on this data.")
        return 0
    state = run_state.read(folder)
    if state is None:
        say("A run is just starting or ending. Try again in a moment.")
        return 1
    os.kill(state.pid, signal.SIGTERM)
    if wait_until(lambda: _is_free(folder), seconds=DOWN_SECONDS, every=0.2):
        say(f"Ended {state.url} (pid {state.pid}).")
        return 0
    say(f"Process {state.pid} has not ended after {DOWN_SECONDS:.0f} s.")
    return 1


def reset() -> int:
    """Delete all data of `make run`, having asked."""
    folder = _data_dir()
    if not folder.exists():
        say(f"There is nothing in {folder}.")
        return 0
    if not _is_free(folder):
        say("Running now; end it first: make down")
        return 1
    say(f"This deletes everything in {folder}: the demo, and live data if there are any.")
    if input("Type delete to go on: ").strip() != "delete":
        say("Nothing was deleted.")
        return 1
    shutil.rmtree(folder)
    say("Deleted.")
    return 0


def execute(command: list[str]) -> NoReturn:
    """Become COMMAND with the addresses and secrets of the run on our data."""
    state = run_state.read(_data_dir())
    if state is None or not command:
        sys.exit("Usage: make cli ARGS=...   while `make run` runs in another terminal.")
    # Not a part of the run: the next start must not take it for a left-over and end it.
    known = {**os.environ, **state.environment}
    del known[MARKER]
    program = sys.executable if command[0] == "python" else command[0]
    os.execvpe(program, [program, *command[1:]], known)  # noqa: S606 - no shell is wanted


def main(arguments: list[str]) -> int:
    """Run the named command; the exit code."""
    commands: dict[str, Callable[[], int]] = {
        "run": lambda: run(dev=False),
        "dev": lambda: run(dev=True),
        "down": down,
        "reset": reset,
        "exec": lambda: execute(arguments[1:]),
    }
    if not arguments or arguments[0] not in commands:
        say(str(__doc__))
        return 2
    return commands[arguments[0]]()


def _data_dir() -> Path:
    return plans.data_dir(plans.load_environment())


def _is_free(folder: Path) -> bool:
    try:
        Lock(folder).release()
    except AlreadyRunningError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
