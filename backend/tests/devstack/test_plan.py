"""What is decided before anything starts: mode, folders, ports, the parts' environment."""

import socket
from pathlib import Path

import pytest

from devstack import parts, plan, ports
from devstack.environment import Environment
from devstack.plan import Plan
from devstack.processes import StartError


def decide(tmp_path: Path, **settings: str) -> Plan:
    return plan.decide(Environment({"DATA_DIR": str(tmp_path), **settings}, {}), dev=False)


def environment(decided: Plan) -> dict[str, str]:
    return plan.known(decided, database_url="postgresql://d", redis_url="redis://r")


def test_without_an_address_of_whatsapp_it_is_the_demo(tmp_path: Path) -> None:
    decided = decide(tmp_path)
    assert decided.demo
    assert decided.data == tmp_path / "demo"
    assert environment(decided)["WHATSAPP_API_BASE_URL"] == decided.simulator_url
    assert [part.name for part in parts.simulator(decided, "python")] == ["simulator"]


@pytest.mark.parametrize("where", ["real", "file"])
def test_with_an_address_it_is_live_and_has_no_simulator(tmp_path: Path, where: str) -> None:
    set_there = {"WHATSAPP_API_BASE_URL": "https://graph.example"}
    base = {"DATA_DIR": str(tmp_path)}
    settings = (
        Environment({**base, **set_there}, {}) if where == "real" else Environment(base, set_there)
    )
    decided = plan.decide(settings, dev=False)
    assert decided.data == tmp_path / "live"
    assert decided.environment["WHATSAPP_API_BASE_URL"] == "https://graph.example"
    assert "WHATSAPP_API_BASE_URL" not in environment(decided)
    assert parts.simulator(decided, "python") == []


def test_a_wanted_port_that_is_taken_is_an_error_that_says_so(tmp_path: Path) -> None:
    with socket.socket() as server:
        server.bind((ports.LOOPBACK, 0))
        server.listen()
        taken = server.getsockname()[1]
        with pytest.raises(StartError, match=f"Port {taken} is taken"):
            decide(tmp_path, PORT=str(taken))


def test_without_a_wanted_port_it_is_the_next_free_from_8000(tmp_path: Path) -> None:
    decided = decide(tmp_path)
    assert decided.port >= 8000
    assert environment(decided)["PUBLIC_URL"] == f"http://127.0.0.1:{decided.port}"


def test_nobody_else_gets_the_port_before_the_api_starts(tmp_path: Path) -> None:
    decided = decide(tmp_path)
    port = plan.reserve(decided)
    try:
        assert decide(tmp_path / "second").port != decided.port
        with pytest.raises(StartError, match=f"Port {decided.port} on 127.0.0.1 was taken"):
            plan.reserve(decided)
    finally:
        port.release()
    assert ports.is_free(decided.port)


@pytest.mark.parametrize(
    "wrong", [{"PORT": "http"}, {"PORT": "0"}, {"PORT": "99999"}, {"HOST": "192.0.2.1"}]
)
def test_a_wrong_port_or_host_is_said_plainly(tmp_path: Path, wrong: dict[str, str]) -> None:
    with pytest.raises(StartError, match=next(iter(wrong))):
        decide(tmp_path, **wrong)


@pytest.mark.parametrize(
    ("host", "shown"), [("0.0.0.0", "127.0.0.1"), ("::", "[::1]"), ("localhost", "localhost")]
)
def test_the_address_shown_can_be_opened(tmp_path: Path, host: str, shown: str) -> None:
    decided = decide(tmp_path, HOST=host)
    assert decided.url == f"http://{shown}:{decided.port}"


def test_configured_servers_are_used_and_none_is_started(tmp_path: Path) -> None:
    decided = decide(tmp_path, DATABASE_URL="postgresql://mine", REDIS_URL="redis://mine")
    assert parts.servers(decided) == []
    addresses = parts.prepare_servers(decided)
    assert addresses == {"database_url": "postgresql://mine", "redis_url": "redis://mine"}


def test_commands_are_those_of_the_procfile(tmp_path: Path) -> None:
    started = {
        part.name: " ".join(part.command()).split("/")[-1]
        for part in parts.product(decide(tmp_path), dev=False)
    }
    lines = (Path(__file__).parents[3] / "Procfile").read_text().splitlines()
    wanted = dict(line.split(": ", 1) for line in lines)
    assert started["dispatch"] == wanted["dispatch"]
    assert started["worker"] == wanted["worker"].replace("${WORKER_CONCURRENCY:-2}", "2")
