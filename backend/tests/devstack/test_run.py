"""The whole stack as a person meets it: started, doubled, wounded, ended, killed."""

import contextlib
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from dotenv import dotenv_values
from redis import Redis

from devstack import health, orphans
from devstack.processes import wait_until
from tests.support import runs, shares
from tests.support.runs import Run

pytestmark = [pytest.mark.stack, pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    shares.start_once(tmp_path_factory, "run")
    data = tmp_path_factory.mktemp("stack") / "data"
    yield data
    orphans.finish(orphans.marked(data))


@pytest.fixture(scope="module")
def run(data: Path) -> Iterator[Run]:
    run = runs.start(data)
    run.wait_for(runs.READY.pattern)
    yield run
    run.kill()


def url(run: Run) -> str:
    state = json.loads((run.data / "run.json").read_text())
    found: str = state["url"]
    return found


def logged_in(run: Run) -> str:
    password = json.loads((run.data / "demo/credentials.json").read_text())["password"]
    body = {"email": "demo@example.com", "password": password}
    answer = requests.post(f"{url(run)}/api/v1/auth/login", json=body, timeout=10)
    token: str = answer.json()["access_token"]
    return token


def get(run: Run, path: str, token: str) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {token}"}
    answer = requests.get(f"{url(run)}/api/v1{path}", headers=headers, timeout=10)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def is_ready(run: Run) -> bool:
    return health.get(f"{url(run)}/health/ready")[0] == 200


def ill_parts(run: Run) -> list[str]:
    status, body = health.get(f"{url(run)}/health/ready")
    found: list[str] = body["ill"] if status == 503 else []
    return found


def part_pid(run: Run, words: str) -> int:
    """The pid of the part whose command line holds ``words``; the lowest is its main process."""
    found = parts(run, words)
    assert found, words
    return min(found)


def parts(run: Run, words: str) -> list[int]:
    """Every process of the part, while it comes and goes."""
    found = []
    for pid in run.pids():
        with contextlib.suppress(OSError):
            if words in Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " "):
                found.append(pid)
    return found


def test_it_tells_its_steps_and_one_command_to_try(run: Run) -> None:
    steps = [line for line in run.lines if re.match(r"\[\d/6\] .+, \d+ s$", line)]
    assert [line[:5] for line in steps] == [f"[{n}/6]" for n in range(1, 7)]
    curl = run.wait_for("^curl ", seconds=10).string
    answer = subprocess.run(shlex.split(curl), capture_output=True, text=True, check=True)
    assert "items" in json.loads(answer.stdout)


def test_everyone_of_the_demo_gets_it_or_a_reason(run: Run) -> None:
    token = logged_in(run)

    def schedule() -> dict[str, Any]:
        items: list[dict[str, Any]] = get(run, "/schedules", token)["items"]
        return items[0]

    def every_one_ended() -> bool:
        counts = schedule()["counts"]
        ended = counts["delivered"] + counts["read"] + counts["skipped"] + counts["failed"]
        return bool(counts["audience"] == ended == 200)

    assert wait_until(every_one_ended, seconds=150, every=0.5), schedule()["counts"]
    found = schedule()
    assert found["status"] == "completed"
    assert found["counts"]["skipped"] > 0
    skipped = get(run, "/deliveries?status=skipped&limit=200", token)["items"]
    assert {row["reason"]["code"] for row in skipped} <= {"opted_out", "no_consent"}
    delivered = get(run, "/deliveries?status=delivered&limit=1", token)["items"][0]
    proof = get(run, f"/deliveries/{delivered['id']}", token)
    assert proof["attempts"] == 1
    assert proof["rendered"]
    told = [entry["event"] for entry in proof["timeline"]]
    assert told[:3] == ["planned", "attempted", "accepted"]
    assert "delivered" in told
    details = [value for entry in proof["timeline"] for value in entry["detail"].values()]
    instants = [str(value) for value in details if re.match(r"\d{4}-\d\d-\d\dT", str(value))]
    assert len(instants) >= 2  # when it was due, and when WhatsApp says it was delivered
    assert all(re.fullmatch(r"[\d-]{10}T[\d:]{8}\.\d{3}Z", value) for value in instants)


def test_the_doctor_finds_it_wherever_its_ports_are(run: Run) -> None:
    env_file = run.data.parent / ".env"
    done = subprocess.run(
        [sys.executable, str(runs.SCRIPT), str(env_file),
         "exec", "python", "-m", "app.cli", "doctor", "--json"],
        env={
            **os.environ,
            # Its secrets, which a person's run has in the .env that the product reads itself.
            **{name: value for name, value in dotenv_values(env_file).items() if value},
            "PYTHONPATH": str(runs.BACKEND),
            "DATA_DIR": str(run.data),
        },
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    found = {one["name"]: one for one in json.loads(done.stdout)}
    assert [one for one in found.values() if one["level"] == "fail"] == []
    assert done.returncode == 0
    assert found["sender Bakery (simulated)"]["level"] == "ok"


def test_a_second_run_names_the_first_and_fails(run: Run) -> None:
    done = subprocess.run(
        [sys.executable, str(runs.SCRIPT), str(run.data.parent / ".env"), "run"],
        env={**os.environ, "PYTHONPATH": str(runs.BACKEND), "DATA_DIR": str(run.data)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert str(run.process.pid) in done.stdout
    assert url(run) in done.stdout


@pytest.mark.parametrize(
    ("part", "words", "ill"),
    [
        ("api", "uvicorn app.main:app", None),
        ("dispatch", "-Q dispatch", "worker:dispatch"),
        ("worker", "-Q default", "worker:default"),
        ("beat", "celery_app beat", "beat"),
        # Last: a worker that loses its broker at a bad moment may end, and is started again too.
        ("valkey", "valkey-server", "redis"),
    ],
)
def test_a_killed_part_is_named_and_comes_back(
    run: Run, part: str, words: str, ill: str | None
) -> None:
    before = part_pid(run, words)
    os.kill(before, signal.SIGKILL)
    assert ill is None or wait_until(lambda: ill in ill_parts(run), seconds=10)
    run.wait_for(f"^{part} ended .*starting it again in 1 s", seconds=10)
    assert wait_until(
        lambda: bool(set(parts(run, words)) - {before}) and is_ready(run), seconds=60, every=0.2
    )
    assert part_pid(run, words) != before


def test_redis_comes_back_empty_when_its_whole_folder_is_lost(run: Run) -> None:
    address = json.loads((run.data / "run.json").read_text())["environment"]["REDIS_URL"]
    server = part_pid(run, "valkey-server")
    shutil.rmtree(run.data / "demo/valkey")
    os.kill(server, signal.SIGKILL)
    assert wait_until(lambda: "redis" in ill_parts(run), seconds=10)
    assert wait_until(lambda: is_ready(run), seconds=10)
    with Redis.from_url(address) as client:
        assert client.ping()


def test_postgres_comes_back(run: Run) -> None:
    lock = run.data / "demo/postgres/cluster/postmaster.pid"
    os.kill(int(lock.read_text().split("\n")[0]), signal.SIGKILL)
    assert wait_until(lambda: "database" in ill_parts(run), seconds=10)
    run.wait_for("^postgres ended .*starting it again in 1 s", seconds=10)
    assert wait_until(lambda: is_ready(run), seconds=60, every=0.2)


def test_after_killing_everything_it_starts_on_the_same_data(run: Run, data: Path) -> None:
    password = json.loads((data / "demo/credentials.json").read_text())["password"]
    run.process.kill()
    for pid in run.pids():
        with contextlib.suppress(ProcessLookupError):  # some end with their parent
            os.kill(pid, signal.SIGKILL)
    run.process.wait()
    again = runs.start(data)
    assert again.wait_for(runs.READY.pattern)[3] == password
    assert is_ready(again)
    left = again.pids()
    again.process.send_signal(signal.SIGINT)
    assert again.process.wait(90) == 0
    assert not any(map(orphans.alive, left))
    assert not (data / "run.json").exists()
