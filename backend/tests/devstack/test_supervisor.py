"""The supervisor restarts what ends, ends in order, and leaves nobody behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from devstack import orphans
from devstack.processes import wait_until

BACKEND = Path(__file__).parents[2]
PARTS = ("database", "api", "beat")
StartStack = Callable[..., "Stack"]


@dataclass
class Stack:
    folder: Path
    process: subprocess.Popen[str]

    def events(self, what: str) -> list[tuple[str, int]]:
        """(part, pid) of each such event so far, in order."""
        file = self.folder / "events"
        lines = file.read_text().splitlines() if file.exists() else []
        words = [line.split() for line in lines]
        return [(name, int(pid)) for event, name, pid in words if event == what]

    def pids(self) -> set[int]:
        return {pid for _, pid in self.events("started")}


@pytest.fixture
def start_stack(tmp_path: Path) -> Iterator[StartStack]:
    started: list[Stack] = []

    def start(*extra: str) -> Stack:
        script = str(Path(__file__).with_name("dummy_stack.py"))
        process = subprocess.Popen(
            [sys.executable, script, str(tmp_path), *extra],
            env={**os.environ, "PYTHONPATH": str(BACKEND)},
            stdout=subprocess.PIPE,
            text=True,
            # Under nohup the tests ignore it, and so would what they start.
            preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),
        )
        stack = Stack(tmp_path, process)
        started.append(stack)
        assert wait_until(lambda: len(stack.events("started")) == len(PARTS), seconds=20)
        return stack

    yield start
    for stack in started:
        stack.process.kill()
        stack.process.communicate()
        orphans.finish(stack.pids())


def all_gone(stack: Stack) -> bool:
    return not any(orphans.alive(pid) for pid in stack.pids())


def test_a_killed_part_is_started_again_and_that_is_said_in_one_line(
    start_stack: StartStack,
) -> None:
    stack = start_stack()
    victim = dict(stack.events("started"))["api"]
    os.kill(victim, signal.SIGKILL)
    assert wait_until(lambda: len(stack.events("started")) == 4, seconds=20)
    assert stack.events("started")[-1][0] == "api"
    stack.process.send_signal(signal.SIGTERM)
    said, _ = stack.process.communicate(timeout=20)
    assert said == "api ended (killed by SIGKILL); starting it again in 1 s\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_parts_end_in_reverse_order(start_stack: StartStack, number: signal.Signals) -> None:
    stack = start_stack()
    stack.process.send_signal(number)
    assert stack.process.wait(20) == 0
    assert [name for name, _ in stack.events("ended")] == ["beat", "api", "database"]
    assert all_gone(stack)


def test_a_second_interrupt_kills_parts_that_do_not_end(start_stack: StartStack) -> None:
    stack = start_stack("deaf")
    stack.process.send_signal(signal.SIGINT)
    with pytest.raises(subprocess.TimeoutExpired):
        stack.process.wait(0.5)
    stack.process.send_signal(signal.SIGINT)
    assert stack.process.wait(20) == 0
    assert all_gone(stack)


@pytest.mark.skipif(sys.platform != "linux", reason="the death signal is Linux's")
def test_parts_do_not_outlive_a_killed_supervisor(start_stack: StartStack) -> None:
    stack = start_stack()
    stack.process.kill()
    assert wait_until(lambda: all_gone(stack), seconds=20)
    assert {name for name, _ in stack.events("ended")} == set(PARTS)
