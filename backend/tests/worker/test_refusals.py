"""Settings that must not run: the real API, worker and beat refuse them and say why."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from app.core.config import REFUSED, settings
from tests.support.simulator import free_port

# Eight imports of the whole product side by side.
pytestmark = pytest.mark.timeout(400)

BACKEND = Path(__file__).parents[2]
CELERY = ["celery", "-A", "app.worker.celery_app"]
ROLES = {
    "api": ["uvicorn", "app.main:app", "--port", "PORT"],
    "worker": [*CELERY, "worker", "--pool", "solo", "-Q", "dispatch"],
    "beat": [*CELERY, "beat", "--schedule", "beat-schedule"],
}
# Runs a program of the environment with a number of the engine changed.
CHANGED = """
import runpy, sys
from app.domain.send_timing import TIMING
name, value, *sys.argv = sys.argv[1:]
object.__setattr__(TIMING, name, float(value))
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
"""
TWO = ("--workers", "2")
PRODUCTION = {"ENV": "production", "SECRET_KEY": "fN3-p0Tq9_xWv7LzRk2YhUe8sJdGbMc41AoQ"}


@dataclass(frozen=True)
class Case:
    role: str
    says: str
    environment: dict[str, str] = field(default_factory=dict)
    number: tuple[str, str] | None = None
    database: str = "scheduler"
    more: tuple[str, ...] = ()
    code: int = REFUSED

    @property
    def name(self) -> str:
        return f"{self.role}: {self.says[:40]}"

    def command(self) -> list[str]:
        argv = [str(free_port()) if word == "PORT" else word for word in ROLES[self.role]]
        start = ["-m"] if self.number is None else ["-c", CHANGED, *self.number]
        return [sys.executable, *start, *argv, *self.more]


CASES = [
    Case("api", "SECRET_KEY is too short", {"SECRET_KEY": "short"}),
    # Its parent ends in order when a child would fail the same way again.
    Case("api", "fsync is off on the database", database="forgetful", more=TWO, code=0),
    Case("beat", "fsync is off on the database", database="forgetful"),
    Case("worker", "there is no app secret anywhere", {**PRODUCTION, "WHATSAPP_APP_SECRET": ""}),
    Case("worker", "nothing would ever be sent", number=("max_batch", "0")),
    Case("beat", "A claim is leased for 44 s, but one send", number=("claim_lease_s", "44")),
]


@pytest.fixture(scope="module")
def processes(stack: Path) -> Iterator[dict[str, subprocess.Popen[str]]]:
    """All cases at once: each needs a second or two to come to its end."""
    url = settings().database_url
    with create_engine(url, isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("CREATE DATABASE forgetful"))
        connection.execute(text("ALTER DATABASE forgetful SET scheduler.throwaway = off"))
    started = {}
    for case in CASES:
        environment = {**os.environ, **case.environment, "PYTHONPATH": str(BACKEND)}
        environment["DATABASE_URL"] = url.rpartition("/")[0] + f"/{case.database}"
        started[case.name] = subprocess.Popen(
            case.command(),
            cwd=stack,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
    yield started
    for process in started.values():
        process.kill()
        process.communicate()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_refuses_to_start_and_says_why(
    case: Case, processes: dict[str, subprocess.Popen[str]]
) -> None:
    output, _ = processes[case.name].communicate(timeout=300)
    refusals = [line for line in output.splitlines() if line.startswith("Refusing to start: ")]
    assert any(case.says in line for line in refusals), output
    assert processes[case.name].returncode == case.code
    for secret in ("only-for-tests", PRODUCTION["SECRET_KEY"]):
        assert secret not in output
