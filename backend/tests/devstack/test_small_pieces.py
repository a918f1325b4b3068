"""Ports, secrets, the lock, the back-off, fingerprints: the pieces without processes."""

import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from devstack import dashboard, environment, node, ports, run_state
from devstack.layout import ROOT
from devstack.restarts import Backoff
from devstack.run_state import AlreadyRunningError, Lock, RunState
from tests.support import shares


def test_next_free_steps_over_a_taken_port() -> None:
    with socket.socket() as server:
        server.bind((ports.LOOPBACK, 0))
        server.listen()
        taken: int = server.getsockname()[1]
        assert not ports.is_free(taken)
        assert ports.next_free(taken) > taken


def test_ports_are_remembered_until_taken(tmp_path: Path) -> None:
    first = ports.Remembered(tmp_path / "ports.json").pick("simulator")
    assert ports.Remembered(tmp_path / "ports.json").pick("simulator") == first
    with socket.socket() as server:
        server.bind((ports.LOOPBACK, first))
        server.listen()
        assert ports.Remembered(tmp_path / "ports.json").pick("simulator") != first


def test_an_unreadable_port_file_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "ports.json").write_text("{")
    assert ports.Remembered(tmp_path / "ports.json").pick("simulator") > 0


def test_env_is_written_once_with_secrets_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in environment.SECRETS:
        monkeypatch.delenv(name, raising=False)
    file = tmp_path / ".env"
    first = environment.load(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert set(first.file) == set(environment.SECRETS)
    assert all(len(value) >= 32 for value in first.file.values())
    assert environment.load(file).file == first.file


def test_missing_secrets_join_what_the_person_wrote(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in environment.SECRETS:
        monkeypatch.delenv(name, raising=False)
    file = tmp_path / ".env"
    file.write_text("# mine\nPORT=9000\nSECRET_KEY=")
    loaded = environment.load(file)
    assert file.read_text().startswith("# mine\nPORT=9000\n")
    assert loaded.get("PORT") == "9000"
    assert len(loaded.get("SECRET_KEY") or "") >= 32


def test_the_real_environment_wins_unless_empty() -> None:
    both = environment.Environment({"A": "real", "B": ""}, {"A": "file", "B": "file"})
    assert (both.get("A"), both.get("B"), both.get("C")) == ("real", "file", None)


def test_a_second_run_learns_who_holds_the_data(tmp_path: Path) -> None:
    lock = Lock(tmp_path)
    state = RunState(os.getpid(), "http://127.0.0.1:8000", "demo", {"REDIS_URL": "secret"})
    lock.publish(state)
    with pytest.raises(AlreadyRunningError) as refused:
        Lock(tmp_path)
    assert refused.value.state == state
    assert stat.S_IMODE((tmp_path / "run.json").stat().st_mode) == 0o600
    lock.release()
    Lock(tmp_path).release()


def test_a_killed_holder_leaves_no_lock(tmp_path: Path) -> None:
    script = (
        "import os, pathlib, signal, sys; from devstack.run_state import Lock, RunState\n"
        "lock = Lock(pathlib.Path(sys.argv[1]))\n"
        "lock.publish(RunState(os.getpid(), 'http://x', 'demo', {}))\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    backend = str(Path(__file__).parents[2])
    subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], env={"PYTHONPATH": backend}, check=False
    )
    assert (tmp_path / "run.json").exists()
    assert run_state.read(tmp_path) is None
    Lock(tmp_path).release()


def test_backoff_grows_to_ten_seconds_and_forgets_after_a_steady_run() -> None:
    backoff = Backoff()
    assert [backoff.after_end(0.1) for _ in range(6)] == [1, 2, 4, 8, 10, 10]
    assert backoff.after_end(3600) == 1
    backoff.ends_in_a_row = 10_000
    assert backoff.after_end(0) == 10


@pytest.mark.parametrize(
    ("version", "enough"),
    [("v20.19.0\n", True), ("v24.1.0", True), ("v20.18.9", False), ("v9.99.0", False), ("", False)],
)
def test_old_nodes_are_refused(version: str, enough: bool) -> None:
    assert node.is_new_enough(version) is enough


def test_the_dashboard_is_built_again_only_when_a_source_changed(tmp_path: Path) -> None:
    for name in ("src/a.ts", "node_modules/x.js", "dist/index.html"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("1")
    before = dashboard.fingerprint(dashboard.sources(tmp_path))
    (tmp_path / "dist/index.html").write_text("2")
    assert dashboard.fingerprint(dashboard.sources(tmp_path)) == before
    (tmp_path / "src/a.ts").write_text("2")
    assert dashboard.fingerprint(dashboard.sources(tmp_path)) != before


def test_the_longest_tests_go_first_and_together() -> None:
    first, *_ = shares.TOGETHER
    trial, other = "tests/trials/test_stops.py::test_a", "tests/trials/test_faults.py::test_b"
    assert shares.share_of(trial) == shares.share_of(other)
    assert shares.share_of("tests/unit/test_a.py::b") == "tests/unit/test_a.py::b"
    assert sorted(["tests/api/test_a.py::b", trial, f"{first}::a"], key=shares.turn) == [
        f"{first}::a",
        trial,
        "tests/api/test_a.py::b",
    ]
    assert all((ROOT / "backend" / path).exists() for path in shares.TOGETHER)
