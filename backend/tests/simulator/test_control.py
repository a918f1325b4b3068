"""The control API itself: the demo, knobs, reset, and a restart on the same data."""

import signal
from pathlib import Path
from typing import Any

import pytest
import requests

from devstack.simulator_control import SimulatorControl
from tests.simulator.graph import PERSON, Graph, texts, wamid_of
from tests.support import simulator
from tests.support.receiver import Receiver


def test_demo_is_the_same_each_time_and_can_send(
    control: SimulatorControl, server: Receiver
) -> None:
    first = control.demo(webhook_url=server.url)
    assert control.demo() == first
    assert control.demo(app_secret="another").app_secret == "another"
    templates = {(t["name"], t["language"]): t["status"] for t in control.items("templates")}
    assert set(templates.values()) == {"APPROVED", "PAUSED", "REJECTED"}
    assert ("order_ready", "es_MX") in templates
    control.set_knobs(answer_delay={"low": 0, "high": 0})
    with Graph(control.url, first) as graph:
        wamid_of(graph.send_template("order_ready", texts("Ana", "A-1")))
        wamid_of(graph.send_template(
            "weekly_offer", texts("Lisbon", kind="header"), texts("Ana", "Sunday"),
            to="+447700900123",
        ))  # fmt: skip
    control.flush_callbacks()
    server.wait_for_statuses(4)


def test_knobs_merge_and_are_checked(control: SimulatorControl) -> None:
    knobs = control.set_knobs(callbacks={"duplicate_probability": 0.25})
    assert knobs["callbacks"]["duplicate_probability"] == 0.25
    assert knobs["callbacks"]["batch_max"] == 10
    wrongs: tuple[dict[str, Any], ...] = (
        {"callbacks": {"duplicate_probability": 2}},
        {"unknown": 1},
        {"mix": []},
    )
    for wrong in wrongs:
        with pytest.raises(requests.HTTPError, match="PATCH knobs"):
            control.set_knobs(**wrong)
    with pytest.raises(requests.HTTPError, match="weight"):
        control.set_mix({"reach": "read"})
    with pytest.raises(requests.HTTPError, match="code"):
        control.add_fault("error")


def test_unknown_things_are_404(control: SimulatorControl) -> None:
    with pytest.raises(requests.HTTPError) as caught:
        control.change_number("42", status="CONNECTED")
    assert caught.value.response.status_code == 404


def test_reset_may_keep_the_world(graph: Graph, control: SimulatorControl) -> None:
    wamid_of(graph.send())
    control.reset(keep_world=True)
    assert control.ledger() == []
    wamid_of(graph.send())
    control.reset()
    assert control.items("numbers") == []


def test_ledger_pages_and_waits(graph: Graph, control: SimulatorControl) -> None:
    for n in range(3):
        graph.send(to=f"+1650555800{n}")
    assert [row["seq"] for row in control.ledger(after=1)] == [2, 3]
    assert len(control.wait_for_requests(3, 5)) == 3
    assert control.ledger(after=3, wait_s=0.05) == []


def test_it_goes_on_where_it_was_killed(tmp_path: Path, server: Receiver) -> None:
    port, folder = simulator.free_port(), tmp_path / "data"
    with simulator.running(folder, port=port, end_by=signal.SIGKILL) as control:
        business = control.business(webhook_url=server.url)
        control.set_knobs(durable_answers=True, callbacks={"paused": True})
        control.add_fault("error", code=131000, to="+16505550001")
        control.inbound({"phone_number_id": business.phone_number_id, "from": PERSON})
        with Graph(control.url, business) as graph:
            wamid = wamid_of(graph.send(biz_opaque_callback_data="kept"))
    with simulator.running(folder, port=port) as control, Graph(control.url, business) as graph:
        [row] = control.ledger()
        assert (row["wamid"], row["opaque"], row["destiny"]) == (wamid, "kept", "read")
        assert control.callbacks()["pending"] == 4
        assert graph.send(to="+16505550001").status_code == 500
        second = wamid_of(graph.send())
        assert second != wamid
        assert control.ledger()[-1]["destiny"] == "read"
        control.set_knobs(callbacks={"paused": False})
        server.wait(lambda: len(server.items("statuses")) >= 6)
        assert {s["id"] for s in server.items("statuses")} == {wamid, second}
