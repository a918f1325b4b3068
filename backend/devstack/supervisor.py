"""Start parts in order, keep them running, end them in reverse order."""

import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from devstack import console, processes
from devstack.interrupts import Interrupts
from devstack.processes import StartError
from devstack.restarts import Backoff

PAUSE_SECONDS = 0.2
LOG_BYTES = 20_000_000
ENDS_BEFORE_GIVING_UP = 3


class StopRequested(Exception):
    """The person at the terminal wants everything to end."""


@dataclass(frozen=True)
class Part:
    """One process of the stack. Parts of a higher stage start later and end earlier."""

    name: str
    stage: int
    # Asked at every start, so that a part can mend its files first.
    command: Callable[[], Sequence[str]]
    stop_signal: signal.Signals = signal.SIGTERM
    patience: float = 10.0


@dataclass
class Running:
    """A part, or a task that ends by itself, with its process (None: waits to be started)."""

    part: Part
    log: Path
    process: subprocess.Popen[bytes] | None = None
    since: float = 0.0
    start_at: float = 0.0
    backoff: Backoff = field(default_factory=Backoff)


class Supervisor:
    """Owns every child process. All methods belong to the main thread (see processes.spawn)."""

    def __init__(self, *, logs: Path, root: Path, environment: Mapping[str, str]) -> None:
        """Children run in ``root`` with ``environment`` and write to ``logs/<name>.log``."""
        logs.mkdir(parents=True, exist_ok=True)
        self._logs, self._root, self._environment = logs, root, dict(environment)
        self._parts: list[Running] = []
        self._tasks: list[Running] = []
        self._interrupts = Interrupts(self._kill_all)

    def start(self, part: Part) -> None:
        """Start ``part`` and watch it from now on."""
        running = Running(part, self._logs / f"{part.name}.log")
        self._parts.append(running)
        self._spawn(running)

    def begin(self, name: str, argv: Sequence[str]) -> Running:
        """Start a task that ends by itself; ``finish`` waits for it."""
        task = Running(Part(name, 0, lambda: argv), self._logs / f"{name}.log")
        task.log.unlink(missing_ok=True)
        self._tasks.append(task)
        self._spawn(task)
        return task

    def finish(self, task: Running, *, seconds: float = 900) -> bool:
        """Wait for the task's end; whether it succeeded. Its last lines are shown if not."""
        process = task.process
        assert process is not None
        in_time = self.wait(lambda: process.poll() is not None, seconds=seconds)
        processes.kill_group(process)
        self._tasks.remove(task)
        if not in_time or process.returncode != 0:
            console.say(f"{task.part.name} failed ({_how(process.returncode)}):")
            console.show_log(task.part.name, task.log)
        return in_time and process.returncode == 0

    def wait(self, condition: Callable[[], bool], *, seconds: float) -> bool:
        """Keep the parts running until ``condition`` holds; False after ``seconds``.

        Raises StopRequested when asked to end, StartError when a part ends again and again.
        """
        deadline = time.monotonic() + seconds
        while not condition():
            self._keep_running()
            self._give_up_on_hopeless()
            if time.monotonic() >= deadline:
                return False
            self._interrupts.pause(PAUSE_SECONDS)
        return True

    def watch(self) -> NoReturn:
        """Keep the parts running; raises StopRequested when asked to end."""
        while True:
            self._keep_running()
            self._interrupts.pause(PAUSE_SECONDS)

    def stop(self) -> None:
        """End everything, the highest stage first; parts of one stage side by side."""
        for task in self._tasks:
            if task.process is not None:
                processes.kill_group(task.process)
        for stage in sorted({running.part.stage for running in self._parts}, reverse=True):
            members = [running for running in self._parts if running.part.stage == stage]
            self._stop_together([running for running in members if running.process is not None])

    def _stop_together(self, members: list[Running]) -> None:
        alive = [(running.part, running.process) for running in members if running.process]
        for part, process in alive:
            if process.poll() is None:
                process.send_signal(part.stop_signal)
        deadline = time.monotonic() + max((part.patience for part, _ in alive), default=0)
        while any(process.poll() is None for _, process in alive):
            if time.monotonic() >= deadline:
                break
            self._interrupts.pause(PAUSE_SECONDS)
        for _, process in alive:
            processes.kill_group(process)

    def _keep_running(self) -> None:
        if self._interrupts.asked:
            raise StopRequested
        for running in self._parts:
            if running.process is None:
                if time.monotonic() >= running.start_at:
                    self._respawn(running)
            elif running.process.poll() is not None:
                self._plan_restart(running, running.process)
            elif running.log.stat().st_size > LOG_BYTES:
                _rotate(running.log)

    def _plan_restart(self, running: Running, process: subprocess.Popen[bytes]) -> None:
        # Children of the ended process would hold its port or go on working unwatched.
        processes.kill_group(process)
        delay = running.backoff.after_end(time.monotonic() - running.since)
        running.process, running.start_at = None, time.monotonic() + delay
        name, how = running.part.name, _how(process.returncode)
        console.say(f"{name} ended ({how}); starting it again in {delay:.0f} s")
        if process.returncode > 0 and running.backoff.ends_in_a_row == 1:
            console.show_log(name, running.log)

    def _give_up_on_hopeless(self) -> None:
        for running in self._parts:
            if running.backoff.ends_in_a_row >= ENDS_BEFORE_GIVING_UP:
                console.show_log(running.part.name, running.log)
                raise StartError(f"{running.part.name} does not stay up; its last lines are above.")

    def _respawn(self, running: Running) -> None:
        try:
            self._spawn(running)
        except (StartError, OSError) as error:
            # Such as a full disk: it may pass, and the other parts go on meanwhile.
            delay = running.backoff.after_end(0)
            running.start_at = time.monotonic() + delay
            console.say(f"{running.part.name} did not start ({error}); again in {delay:.0f} s")

    def _spawn(self, running: Running) -> None:
        argv = running.part.command()
        with running.log.open("ab") as output:
            running.process = processes.spawn(
                argv,
                output=output,
                env=self._environment,
                cwd=self._root,
                death_signal=running.part.stop_signal,
            )
        running.since = time.monotonic()

    def _kill_all(self) -> None:
        for running in (*self._tasks, *self._parts):
            if running.process is not None and running.process.poll() is None:
                running.process.kill()


def _rotate(log: Path) -> None:
    # Copied and cut rather than renamed: the part keeps its open file, and appends.
    log.with_suffix(".old.log").write_bytes(log.read_bytes())
    with log.open("r+b") as file:
        file.truncate(0)


def _how(code: int | None) -> str:
    if code is None:
        return "it took too long"
    if code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"exit code {code}"
