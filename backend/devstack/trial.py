"""The product's real processes on servers and data of their own, for tests and the bench.

The commands are those of ``make run``, but nobody watches: a part that is ended stays ended
until it is started again, so that a fault is the test's and not the supervisor's to mend.
"""

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Self

import psycopg2

from devstack import health, parts, ports, servers
from devstack import plan as plans
from devstack.layout import ROOT, script
from devstack.plan import Plan
from devstack.processes import StartError, end, spawn, tail, wait_until
from devstack.servers import Server
from devstack.simulator_control import SimulatorControl

READY_SECONDS = 180.0
VERIFY_TOKEN = "verify-token-of-the-trial"
_SETTINGS = {
    "SECRET_KEY": "only-for-trials-" * 4,
    "WHATSAPP_VERIFY_TOKEN": VERIFY_TOKEN,
    "METRICS_TOKEN": "metrics-token-of-the-trial",
    "WORKER_CONCURRENCY": "1",
    "LOG_LEVEL": "INFO",
}


class Trial:
    """``with Trial(folder) as trial``: servers, tables and the simulator; then ``start`` parts.

    ``fsync`` as in production, for measurements; without it a killed server still loses nothing.
    """

    def __init__(self, folder: Path, *, fsync: bool = False, **settings: str) -> None:
        self.folder = folder
        self.postgres: Server = servers.start_postgres(folder / "postgres", fsync=fsync)
        self.valkey: Server = servers.start_valkey(folder / "valkey")
        self.plan = _plan(folder, self.postgres, self.valkey, _SETTINGS | settings)
        known = plans.known(self.plan, database_url=self.postgres.url, redis_url=self.valkey.url)
        self.environment = {**self.plan.environment, **known}
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.simulator = SimulatorControl(str(self.plan.simulator_url))
        self._commands = {
            part.name: list(part.command())
            for part in (
                *parts.simulator(self.plan, sys.executable),
                *parts.product(self.plan, dev=False),
            )
        }

    def __enter__(self) -> Self:
        try:
            self._run(script("alembic"), "upgrade", "head")
            self.start("simulator")
            self._wait(lambda: health.get(f"{self.simulator.url}/control/health")[0] == 200)
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End everything, by force: what is measured or checked has been read by now."""
        for process in self.running.values():
            end(process, patience=0)
        self.simulator.__exit__()
        self.valkey.kill()
        self.postgres.kill()

    def start(self, name: str, like: str | None = None) -> subprocess.Popen[bytes]:
        """Start ``simulator``, ``api``, ``dispatch``, ``worker`` or ``beat``.

        ``like`` names the part that ``name`` is one more of: another worker has another name.
        Its log begins anew.
        """
        argv = self._commands[like or name]
        if like is not None:
            argv = [word.replace(f"{like}@", f"{name}@") for word in argv]
        with self.log_file(name).open("wb") as log:
            self.running[name] = spawn(argv, output=log, env=self.environment, cwd=ROOT)
        return self.running[name]

    def ready(self, *names: str) -> None:
        """Wait until each of ``api``, ``dispatch``, ``worker`` answers. Raises StartError."""
        for name in names:
            self._wait(partial(self._is_ready, name))

    def restart_valkey(self) -> None:
        """A killed Redis comes back on its port, with what it had written down."""
        self.valkey = servers.start_valkey(self.folder / "valkey", port=self.valkey.port)

    def scalar(self, query: str) -> Any:
        """The first value of a query, as the database's owner sees it."""
        with (
            contextlib.closing(psycopg2.connect(self.postgres.url)) as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(query)
            row = cursor.fetchone()
            return row[0] if row else None

    def log(self, name: str) -> str:
        """All that a part has said."""
        return self.log_file(name).read_text(errors="replace")

    def log_file(self, name: str) -> Path:
        """Where a part says it."""
        return self.folder / f"{name}.log"

    def _is_ready(self, name: str) -> bool:
        if name == "api":
            return health.get(f"{self.plan.api_url}/health")[0] == 200
        # Celery says so once it consumes.
        return " ready." in self.log(name)

    def _run(self, *argv: str) -> None:
        done = subprocess.run(
            argv, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise StartError(f"{argv[0]} failed:\n{done.stdout}{done.stderr}")

    def _wait(self, condition: Callable[[], bool]) -> None:
        def settled() -> bool:
            return condition() or any(p.poll() is not None for p in self.running.values())

        if not (wait_until(settled, seconds=READY_SECONDS, every=0.05) and condition()):
            logs = "\n".join(tail(self.log_file(name)) for name in self.running)
            raise StartError(f"A part did not start:\n{logs}")


def _plan(folder: Path, postgres: Server, valkey: Server, settings: dict[str, str]) -> Plan:
    return Plan(
        data_dir=folder,
        data=folder,
        demo=True,
        host=ports.LOOPBACK,
        port=ports.any_free(),
        vite_port=None,
        simulator_port=ports.any_free(),
        postgres_port=postgres.port,
        valkey_port=valkey.port,
        environment={**os.environ, **settings},
    )
