"""Everything a run needs, as real processes: servers, the imitated API, proxies, the product."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg2
import redis

from chaos.crew import Crew
from chaos.proxy import Proxy
from chaos.size import Size
from devstack import health, ports, postgres, processes, servers
from devstack.layout import ROOT, script
from devstack.processes import StartError, wait_until
from devstack.servers import Server
from devstack.simulator_control import SimulatorControl

BACKEND = ROOT / "backend"
SECRET_KEY = "chaos-" * 8
VERIFY_TOKEN = "chaos-verify-token"


@dataclass
class Stage:
    """``database`` and ``broker`` are replaced when they are started again."""

    folder: Path
    size: Size
    database: Server
    broker: Server
    simulator: SimulatorControl
    crew: Crew
    database_proxy: Proxy
    broker_proxy: Proxy
    provider_proxy: Proxy
    api_url: str

    def restart_database(self) -> None:
        """Start PostgreSQL again after its death, on the same port and data."""
        self.database = servers.start_postgres(self.folder / "postgres", port=self.database.port)

    def restart_broker(self) -> None:
        """Start Valkey again after its death, on the same port and data."""
        self.broker = servers.start_valkey(self.folder / "valkey", port=self.broker.port)

    @contextmanager
    def connected(self) -> Iterator[psycopg2.extensions.connection]:
        """A connection to the database past the proxy; commits by itself."""
        connection = psycopg2.connect(self.database.url, application_name="chaos")
        connection.autocommit = True
        try:
            yield connection
        finally:
            connection.close()

    def flush_broker(self) -> None:
        """Lose everything the broker holds."""
        with redis.Redis.from_url(self.broker.url, socket_timeout=2) as client:
            client.flushall()


@contextmanager
def opened(folder: Path, size: Size, *, source: Path = BACKEND, fsync: bool) -> Iterator[Stage]:
    """Start everything below ``folder``; ``source`` is the folder that holds ``app``."""
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        database = _database(folder, fsync=fsync)
        broker = servers.start_valkey(folder / "valkey")
        proxies = [stack.enter_context(Proxy(port)) for port in (database.port, broker.port)]
        simulator = stack.enter_context(_simulator(folder, size.seed))
        provider = stack.enter_context(Proxy(int(simulator.url.rpartition(":")[2])))
        port = ports.any_free()
        environment = _environment(folder, source, port, provider.port)
        for_workers = environment | {
            "DATABASE_URL": _through(database.url, database.port, proxies[0].port),
            "REDIS_URL": _through(broker.url, broker.port, proxies[1].port),
        }
        _migrate(for_workers)
        crew = Crew(folder, for_workers, size=size, port=port)
        stage = Stage(
            folder, size, database, broker, simulator, crew, proxies[0], proxies[1], provider,
            f"http://127.0.0.1:{port}",
        )  # fmt: skip
        stack.callback(lambda: stage.database.kill())
        stack.callback(lambda: stage.broker.kill())
        stack.enter_context(crew)
        yield stage


def _database(folder: Path, *, fsync: bool) -> Server:
    data = folder / "postgres"
    postgres.prepare(data)
    # The order of commits, by the database's own record: who opted out before whose mark.
    with (data / "cluster" / "postgresql.conf").open("a") as settings:
        settings.write("track_commit_timestamp = on\n")
    return servers.start_postgres(data, fsync=fsync)


@contextmanager
def _simulator(folder: Path, seed: int) -> Iterator[SimulatorControl]:
    port = ports.any_free()
    argv = [sys.executable, "-m", "simulator", "--port", str(port), "--data",
            str(folder / "simulator"), "--seed", str(seed)]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": str(BACKEND)}
    with (folder / "simulator.log").open("ab") as log:
        process = processes.spawn(argv, output=log, env=environment, cwd=folder)
    try:
        url = f"http://127.0.0.1:{port}"
        if not wait_until(lambda: health.get(f"{url}/control/health")[0] == 200, seconds=30):
            raise StartError(processes.tail(folder / "simulator.log"))
        with SimulatorControl(url) as control:
            yield control
    finally:
        processes.end(process, patience=5)


def _environment(folder: Path, source: Path, port: int, provider_port: int) -> dict[str, str]:
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(dict.fromkeys((str(source), str(BACKEND)))),
        "PYTHONTZPATH": "",
        "PYTHONUNBUFFERED": "1",
        "SECRET_KEY": SECRET_KEY,
        "WHATSAPP_VERIFY_TOKEN": VERIFY_TOKEN,
        "WHATSAPP_API_BASE_URL": f"http://127.0.0.1:{provider_port}",
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "DATA_DIR": str(folder),
        "ENV": "development",
        "LOG_LEVEL": "WARNING",
    }


def _through(url: str, port: int, proxy_port: int) -> str:
    return url.replace(f":{port}/", f":{proxy_port}/")


def _migrate(environment: dict[str, str]) -> None:
    done = subprocess.run(
        [script("alembic"), "upgrade", "head"],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise StartError(done.stdout + done.stderr)
