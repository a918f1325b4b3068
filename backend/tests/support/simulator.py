"""A real simulator process for tests."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from devstack.simulator_control import SimulatorControl

BACKEND = Path(__file__).resolve().parents[2]
_START_S = 60.0


@contextmanager
def running(
    folder: Path,
    *,
    port: int | None = None,
    seed: int = 1,
    end_by: signal.Signals = signal.SIGTERM,
) -> Iterator[SimulatorControl]:
    """Start one on ``port`` or a free one, wait until it answers, end it afterwards."""
    port = port or free_port()
    with (folder.parent / f"{folder.name}.log").open("ab") as log:
        command = [sys.executable, "-W", "error", "-m", "simulator", "--port", str(port),
                   "--data", str(folder), "--seed", str(seed)]  # fmt: skip
        environment = {**os.environ, "PYTHONPATH": str(BACKEND)}
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        with SimulatorControl(f"http://127.0.0.1:{port}") as control:
            _wait_until_healthy(control, process)
            yield control
    finally:
        process.send_signal(end_by)
        process.wait(timeout=10)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_healthy(control: SimulatorControl, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            control.health()
        except requests.ConnectionError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("The simulator did not start; its log lies beside its folder")
