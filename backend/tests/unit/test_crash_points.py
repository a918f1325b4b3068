"""Crash points: silent by default, exact when armed, refused in production."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from app.core import crash_points
from app.core.config import Settings
from app.core.crash_points import Trap

BACKEND = Path(__file__).resolve().parents[2]
NEEDED: dict[str, Any] = {
    "database_url": "postgresql://x/y",
    "redis_url": "redis://x",
    "secret_key": "s" * 32,
}
ENVIRONMENT = {name.upper(): value for name, value in NEEDED.items()}
# Says each point before it is reached: the last line names the one where it ended.
REACHES = """
from app.core import crash_points
for point in crash_points.POINTS:
    print(point, flush=True)
    crash_points.reach(point)
"""

REACHES_IN_A_THREAD = """
import os, threading
from app.core import crash_points

def go():
    os.write(1, b"before ")
    crash_points.reach("marked")
    os.write(1, b"after")

thread = threading.Thread(target=go)
thread.start()
thread.join()
"""


def test_reads_several() -> None:
    assert crash_points.read("marked=die:0.25 marking=delay:1:0.3") == {
        "marked": Trap("die", 0.25),
        "marking": Trap("delay", 1, 0.3),
    }
    assert crash_points.read("") == {}


@pytest.mark.parametrize(
    "text", ["nowhere=die:1", "marked=explode:1", "marked", "marked=die:often"]
)
def test_refuses_what_it_does_not_know(text: str) -> None:
    with pytest.raises(ValueError):
        crash_points.read(text)


def test_production_refuses_to_start_with_traps() -> None:
    assert Settings(**NEEDED, crash_points="marked=die:1").env == "development"
    with pytest.raises(ValidationError, match="never in production"):
        Settings(**NEEDED, env="production", crash_points="marked=die:1")


@pytest.mark.parametrize("point", ["committed", "marked", "merging"])
def test_dies_exactly_there(point: str) -> None:
    ended = _run(f"{point}=die:1")
    assert ended.returncode == -signal.SIGKILL
    assert ended.stdout.split()[-1] == point
    assert ended.stderr.splitlines()[-1] == f"crash point {point}: die"


def test_stops_exactly_there_in_a_thread_too() -> None:
    environment = {**os.environ, **ENVIRONMENT, "CRASH_POINTS": "marked=stop:1"}
    process = subprocess.Popen(
        [sys.executable, "-c", REACHES_IN_A_THREAD],
        env=environment | {"PYTHONPATH": str(BACKEND)},
        stdout=subprocess.PIPE,
    )
    try:
        _, status = os.waitpid(process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
    finally:
        process.kill()
    said, _ = process.communicate()
    assert said == b"before "


def test_goes_on_without_the_setting() -> None:
    ended = _run("")
    assert ended.returncode == 0
    assert ended.stdout.split() == list(crash_points.POINTS)


def _run(traps: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **ENVIRONMENT, "CRASH_POINTS": traps, "PYTHONPATH": str(BACKEND)}
    return subprocess.run(
        [sys.executable, "-c", REACHES],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
