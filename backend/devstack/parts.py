"""The processes of the stack and their commands (the same as in the Procfile)."""

import shlex
import signal
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypedDict

from devstack import postgres, valkey
from devstack.layout import ROOT, script
from devstack.plan import Plan
from devstack.supervisor import Part

# A worker ends its sends first: connecting may take 5 s, an answer 20 s.
WORKER_PATIENCE = 45.0
CELERY = ("-A", "app.worker.celery_app")
APP = ROOT / "backend" / "app"


def servers(plan: Plan) -> list[Part]:
    """The bundled servers, as far as no other was configured."""
    found = []
    if plan.postgres_port is not None:
        found.append(_postgres(plan.data / "postgres", plan.postgres_port))
    if plan.valkey_port is not None:
        found.append(_valkey(plan.data / "valkey", plan.valkey_port))
    return found


class Addresses(TypedDict):
    """Where the data live, with the passwords."""

    database_url: str
    redis_url: str


def prepare_servers(plan: Plan) -> Addresses:
    """Make the bundled servers' folders where they are needed; all addresses."""
    configured = plan.environment
    database_url, redis_url = configured.get("DATABASE_URL"), configured.get("REDIS_URL")
    if plan.postgres_port is not None:
        postgres.prepare(plan.data / "postgres")
        database_url = postgres.url(plan.data / "postgres", plan.postgres_port)
    if plan.valkey_port is not None:
        valkey.prepare(plan.data / "valkey")
        redis_url = valkey.url(plan.data / "valkey", plan.valkey_port)
    return Addresses(database_url=database_url or "", redis_url=redis_url or "")


def simulator(plan: Plan, python: str) -> list[Part]:
    """The imitated Cloud API, in the demo only."""
    if plan.simulator_port is None:
        return []
    folder = str(plan.data / "simulator")
    argv = [python, "-m", "simulator", "--port", str(plan.simulator_port), "--data", folder]
    return [Part("simulator", 2, lambda: argv)]


def product(plan: Plan, *, dev: bool) -> list[Part]:
    """API, workers and beat, in starting order."""
    beat = _celery("beat", "--schedule", str(plan.data / "celerybeat-schedule"))
    return [
        Part("api", 3, lambda: _api(plan, dev=dev), patience=15),
        _worker("dispatch", dispatch_worker(), dev=dev),
        _worker("worker", default_worker(plan), dev=dev),
        Part("beat", 5, lambda: beat),
    ]


def vite(port: int, npm: Sequence[str]) -> Part:
    """The dashboard with hot reload; it passes API calls on to ``API_URL``."""
    argv = [*npm, "--prefix", "frontend", "run", "dev", "--", "--port", str(port), "--strictPort"]
    return Part("vite", 4, lambda: argv)


def dispatch_worker() -> list[str]:
    """Sends; threads, for it mostly waits for answers."""
    return _celery(
        "worker", "--pool", "threads", "--concurrency", "8", "-Q", "dispatch", "-n", "dispatch@%h"
    )


def default_worker(plan: Plan) -> list[str]:
    """Everything else: callbacks, imports, sweeps."""
    concurrency = plan.environment.get("WORKER_CONCURRENCY") or "2"
    return _celery(
        "worker", "--pool", "prefork", "--concurrency", concurrency, "-Q", "default,webhooks",
        "-n", "default@%h",
    )  # fmt: skip


def _api(plan: Plan, *, dev: bool) -> list[str]:
    workers = ["--workers", plan.environment.get("WEB_WORKERS") or "1"]
    # uvicorn would wait for open event streams for ever.
    return [
        script("uvicorn"), "app.main:app", "--host", plan.host, "--port", str(plan.port),
        "--timeout-graceful-shutdown", "5",
        *(["--reload", "--reload-dir", str(APP)] if dev else workers),
    ]  # fmt: skip


def _celery(*arguments: str) -> list[str]:
    return [script("celery"), *CELERY, *arguments, "--loglevel", "INFO"]


def _worker(name: str, argv: list[str], *, dev: bool) -> Part:
    watched = [script("watchfiles"), "--filter", "python", shlex.join(argv), str(APP)]
    return Part(name, 4, lambda: watched if dev else argv, patience=WORKER_PATIENCE)


def _postgres(folder: Path, port: int) -> Part:
    return Part(
        "postgres",
        0,
        _prepared(lambda: postgres.prepare(folder), lambda: postgres.command(folder, port)),
        stop_signal=signal.SIGINT,
        patience=30,
    )


def _valkey(folder: Path, port: int) -> Part:
    # Every part has it in its REDIS_URL for as long as it runs.
    password = valkey.password(folder)
    return Part(
        "valkey",
        1,
        _prepared(lambda: valkey.prepare(folder, password), lambda: valkey.command(folder, port)),
    )


def _prepared(
    prepare: Callable[[], None], command: Callable[[], list[str]]
) -> Callable[[], list[str]]:
    def mended_command() -> list[str]:
        prepare()
        return command()

    return mended_command
