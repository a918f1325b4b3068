"""Faults of POST /messages as a client feels them, and what the ledger says happened."""

import socket
from collections.abc import Iterator
from urllib.parse import urlparse

import pytest
import requests

from devstack import simulator_types
from devstack.simulator_control import SimulatorControl
from tests.simulator.graph import PERSON, Graph, code_of, wamid_of


@pytest.fixture
def raw(graph: Graph) -> Iterator[socket.socket]:
    """A bare connection that has sent one whole message."""
    address = urlparse(graph.base)
    body = (
        b'{"messaging_product":"whatsapp","to":"+16505551234","type":"text",'
        b'"text":{"body":"hi"},"biz_opaque_callback_data":"raw"}'
    )
    head = (
        f"POST /v26.0/{graph.business.phone_number_id}/messages HTTP/1.1\r\nHost: simulator\r\n"
        f"Authorization: Bearer {graph.business.access_token}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection((address.hostname or "", address.port or 0), 5) as connection:
        connection.sendall(head.encode() + body)
        yield connection


def _expect(control: SimulatorControl, outcome: str, fault: str, http_status: int = 0) -> None:
    row = control.wait_for_requests(1, 5)[0]
    assert (row["outcome"], row["fault"], row["http_status"]) == (outcome, fault, http_status)


@pytest.mark.parametrize("code", [130429, 131056, 131057, 3, 131000, 190, 2, 80007])
def test_errors_leave_no_message(graph: Graph, control: SimulatorControl, code: int) -> None:
    control.add_fault("error", code=code, next_n=1, retry_after_s=7)
    refused = graph.send()
    assert code_of(refused) == code
    assert refused.headers["Retry-After"] == "7"
    wamid_of(graph.send())
    assert [row["outcome"] for row in control.ledger()] == ["refused", "accepted"]


def test_code_3_comes_with_500(graph: Graph, control: SimulatorControl) -> None:
    control.add_fault("error", code=3)
    assert graph.send().status_code == 500


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [("html_502", "dropped"), ("html_502_after_acceptance", "accepted")],
)
def test_html_from_a_gateway(
    graph: Graph, control: SimulatorControl, kind: str, outcome: str
) -> None:
    control.add_fault(kind)
    response = graph.send()
    assert response.status_code == 502
    assert response.headers["Content-Type"].startswith("text/html")
    _expect(control, outcome, kind, 502)


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [("reset_before_acceptance", "dropped"), ("reset_after_acceptance", "accepted")],
)
def test_reset(control: SimulatorControl, kind: str, outcome: str, graph: Graph,
               request: pytest.FixtureRequest) -> None:  # fmt: skip
    control.add_fault(kind)
    connection: socket.socket = request.getfixturevalue("raw")
    with pytest.raises(ConnectionResetError):
        connection.recv(1000)
    _expect(control, outcome, kind)


def test_close_without_an_answer(
    control: SimulatorControl, graph: Graph, request: pytest.FixtureRequest
) -> None:
    control.add_fault("close_after_acceptance")
    connection: socket.socket = request.getfixturevalue("raw")
    assert connection.recv(1000) == b""
    _expect(control, "accepted", "close_after_acceptance")


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [("timeout_before_acceptance", "dropped"), ("timeout_after_acceptance", "accepted")],
)
def test_time_out(graph: Graph, control: SimulatorControl, kind: str, outcome: str) -> None:
    control.add_fault(kind)
    path = f"{graph.base}/{graph.business.phone_number_id}/messages"
    body = {"messaging_product": "whatsapp", "to": PERSON, "text": {"body": "hi"}}
    with pytest.raises(requests.ReadTimeout):
        graph.session.post(path, json=body, timeout=0.2)
    _expect(control, outcome, kind)


def test_half_an_answer(graph: Graph, control: SimulatorControl) -> None:
    control.add_fault("half_answer")
    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.ConnectionError)):
        graph.send()
    _expect(control, "accepted", "half_answer")


def test_200_without_an_id(graph: Graph, control: SimulatorControl) -> None:
    control.add_fault("answer_without_id")
    response = graph.send()
    assert response.status_code == 200
    assert "messages" not in response.json()
    _expect(control, "accepted", "answer_without_id", 200)


def test_accepting_twice_is_seen_by_the_checker(graph: Graph, control: SimulatorControl) -> None:
    control.add_fault("accept_twice", next_n=1)
    wamid_of(graph.send(biz_opaque_callback_data="twice"))
    wamid_of(graph.send(biz_opaque_callback_data="once"))
    assert control.summary()["accepted_twice"] == ["twice"]
    rows = control.ledger()
    assert simulator_types.opaque_ids(rows) == ["twice", "twice", "once"]
    assert len({row["wamid"] for row in rows}) == 3


def test_rules_choose_whom_they_hit(graph: Graph, control: SimulatorControl) -> None:
    control.add_fault("error", code=131000, to="+1 (650) 555-0001")
    control.add_fault("error", code=2, phone_number_id="another")
    assert code_of(graph.send(to="+16505550001")) == 131000
    wamid_of(graph.send())
    control.clear_faults()
    wamid_of(graph.send(to="+16505550001"))


def test_probability_is_seeded(graph: Graph, control: SimulatorControl) -> None:
    runs = []
    for _ in range(2):
        control.reset(keep_world=True)
        control.add_fault("error", code=131000, probability=0.5)
        answers = [graph.send(to=f"+16505557{n:03}") for n in range(40)]
        runs.append([answer.status_code for answer in answers])
    assert runs[0] == runs[1]
    assert set(runs[0]) == {200, 500}


def test_answers_can_be_slow(graph: Graph, control: SimulatorControl) -> None:
    control.set_knobs(answer_delay={"low": 0.15, "high": 0.2})
    assert graph.send().elapsed.total_seconds() >= 0.15
