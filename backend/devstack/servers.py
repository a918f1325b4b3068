"""A private PostgreSQL and a private Redis-compatible server, for tests and for `make run`.

``with``-able: ``with servers.start_postgres(folder, fsync=False) as server: server.url``.
A server ends with the *thread* that started it (Linux), at the latest with its process.
"""

import signal
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from devstack import ports, postgres, valkey
from devstack.processes import StartError, end, kill_group, spawn, tail, wait_until

READY_SECONDS = 60.0


@dataclass
class Server:
    """A running server. ``url``: ``postgresql://…/scheduler`` or ``redis://…/0``."""

    name: str
    url: str
    port: int
    process: subprocess.Popen[bytes]
    log: Path
    stop_signal: signal.Signals

    @property
    def pid(self) -> int:
        """Process id of the server itself."""
        return self.process.pid

    def stop(self, *, patience: float = 10) -> None:
        """End it cleanly; after ``patience`` seconds by force. Its data stay."""
        end(self.process, first=self.stop_signal, patience=patience)

    def kill(self) -> None:
        """End it as a power cut would (SIGKILL), at once."""
        kill_group(self.process)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.stop()


def start_postgres(folder: Path, *, port: int | None = None, fsync: bool = True) -> Server:
    """Start PostgreSQL on the data in ``folder`` (made when missing), on ``port`` or a free one.

    Returns when it accepts connections; the role is a superuser, the database ``scheduler``
    exists. ``fsync=False`` for tests. Raises StartError with the log's last lines.
    """
    postgres.prepare(folder)
    chosen = port or ports.any_free()
    server = _start(
        "postgres",
        postgres.command(folder, chosen, fsync=fsync),
        url=postgres.url(folder, chosen),
        port=chosen,
        log=folder / "postgres.log",
        stop_signal=signal.SIGINT,
    )
    return _ready(server, lambda: postgres.is_ready(folder))


def start_valkey(folder: Path, *, port: int | None = None) -> Server:
    """Start Valkey on the data in ``folder`` (made when missing), on ``port`` or a free one.

    Returns when it answers PING. Raises StartError with the log's last lines.
    """
    valkey.prepare(folder)
    chosen = port or ports.any_free()
    server = _start(
        "valkey",
        valkey.command(folder, chosen),
        url=valkey.url(folder, chosen),
        port=chosen,
        log=folder / "valkey.log",
        stop_signal=signal.SIGTERM,
    )
    return _ready(server, lambda: valkey.is_ready(folder, chosen))


def _start(
    name: str, argv: Sequence[str], *, url: str, port: int, log: Path, stop_signal: signal.Signals
) -> Server:
    with log.open("ab") as output:
        process = spawn(argv, output=output, death_signal=stop_signal)
    return Server(name, url, port, process, log, stop_signal)


def _ready(server: Server, condition: Callable[[], bool]) -> Server:
    def settled() -> bool:
        return server.process.poll() is not None or condition()

    if wait_until(settled, seconds=READY_SECONDS) and server.process.poll() is None:
        return server
    server.kill()
    raise StartError(f"{server.name} did not start. Its last lines:\n{tail(server.log)}")
