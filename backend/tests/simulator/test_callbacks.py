"""The status stream and its knobs, signatures, retries."""

import hashlib
import hmac
from collections import Counter
from functools import partial
from itertools import pairwise

import pytest

from devstack.simulator_control import SimulatorControl
from tests.simulator.graph import PERSON, Graph, wamid_of
from tests.support import waiting
from tests.support.receiver import Receiver

_RANK = {"sent": 1, "delivered": 2, "read": 3}


@pytest.fixture(autouse=True)
def _no_window(control: SimulatorControl) -> None:
    control.set_knobs(enforce_window=False)


def _refused(control: SimulatorControl, posts: int) -> bool:
    return control.callbacks()["refused_posts"] == posts


def _people(count: int) -> list[str]:
    return [f"+1650556{n:04}" for n in range(count)]


def test_stream_of_a_message(graph: Graph, server: Receiver) -> None:
    wamid = wamid_of(graph.send(biz_opaque_callback_data="opaque-1"))
    statuses = {s["status"]: s for s in server.wait_for_statuses(3)}
    assert set(statuses) == {"sent", "delivered", "read"}
    for status in statuses.values():
        assert (status["id"], status["recipient_id"]) == (wamid, "16505551234")
        assert status["biz_opaque_callback_data"] == "opaque-1"
        assert status["timestamp"].isdigit()
        assert status["recipient_user_id"].startswith("US.")
    assert "pricing" in statuses["sent"]
    assert ("pricing" in statuses["delivered"]) != ("pricing" in statuses["read"])
    change = server.changes()[0]
    assert change["field"] == "messages"
    assert change["value"]["metadata"]["phone_number_id"] == graph.business.phone_number_id
    assert change["value"]["contacts"][0]["wa_id"] == "16505551234"


def test_signature_is_over_escaped_bytes(
    graph: Graph, control: SimulatorControl, server: Receiver
) -> None:
    message = {"phone_number_id": graph.business.phone_number_id, "from": PERSON}
    control.inbound({**message, "text": "mañana 6/7", "profile_name": "Zoë"})
    server.wait(lambda: bool(server.bodies))
    body = server.bodies[0]
    assert rb"ma\u00f1ana 6\/7" in body
    assert body.isascii()
    digest = hmac.new(graph.business.app_secret.encode(), body, hashlib.sha256).hexdigest()
    assert server.signatures[0] == f"sha256={digest}"


@pytest.mark.parametrize("code", [131026, 131049, 131050, 130472, 131053])
def test_people_who_cant_be_reached_fail_by_callback(
    graph: Graph, control: SimulatorControl, server: Receiver, code: int
) -> None:
    control.set_recipients({"phone": PERSON, "reach": "failed", "code": code})
    wamid_of(graph.send())
    failed = server.wait_for_statuses(1)[0]
    assert (failed["status"], failed["errors"][0]["code"]) == ("failed", code)
    assert "recipient_user_id" not in failed
    assert "contacts" not in server.changes()[0]["value"]
    row = control.ledger()[0]
    assert (row["destiny"], row["destiny_code"]) == ("failed", code)


def test_free_form_outside_the_window_fails_by_callback(
    graph: Graph, control: SimulatorControl, server: Receiver
) -> None:
    control.set_knobs(enforce_window=True)
    wamid_of(graph.send())
    assert server.wait_for_statuses(1)[0]["errors"][0]["code"] == 131047
    control.inbound({"phone_number_id": graph.business.phone_number_id, "from": PERSON})
    wamid_of(graph.send())
    assert control.ledger()[1]["destiny"] == "read"
    control.advance_clock(24 * 3600 + 1)
    wamid_of(graph.send())
    assert control.ledger()[2]["destiny_code"] == 131047


def test_duplicates_and_disorder(graph: Graph, control: SimulatorControl, server: Receiver) -> None:
    control.set_knobs(
        callbacks={"duplicate_probability": 1, "duplicate_copies": 2, "reorder_probability": 0.5}
    )
    for person in _people(20):
        wamid_of(graph.send(to=person))
    statuses = server.wait_for_statuses(20 * 3 * 3)
    assert set(Counter((s["id"], s["status"]) for s in statuses).values()) == {3}
    first_seen = dict.fromkeys((s["id"], _RANK[s["status"]]) for s in statuses)
    orders = [[rank for wamid, rank in first_seen if wamid == s["id"]] for s in statuses]
    assert any(b < a for order in orders for a, b in pairwise(order))


def test_read_may_come_without_delivered(
    graph: Graph, control: SimulatorControl, server: Receiver
) -> None:
    control.set_knobs(callbacks={"read_without_delivered_probability": 1})
    wamid_of(graph.send())
    control.callbacks(wait_s=10)
    statuses = server.items("statuses")
    assert {s["status"] for s in statuses} == {"sent", "read"}
    assert all("pricing" in s for s in statuses)


def test_delivered_may_follow_failed(
    graph: Graph, control: SimulatorControl, server: Receiver
) -> None:
    control.set_knobs(callbacks={"delivered_after_failed_probability": 1})
    control.set_mix({"weight": 1, "reach": "failed", "code": 131026})
    wamid_of(graph.send())
    assert {s["status"] for s in server.wait_for_statuses(2)} == {"failed", "delivered"}
    assert control.ledger()[0]["destiny"] == "delivered"


def test_a_callback_may_beat_the_answer(
    graph: Graph, control: SimulatorControl, server: Receiver
) -> None:
    late = {"low": 60, "high": 60}
    control.set_knobs(
        callbacks={"before_answer_probability": 1, "sent_delay": late, "delivered_delay": late}
    )
    wamid = wamid_of(graph.send())
    assert [s["id"] for s in server.items("statuses")] == [wamid]
    assert control.callbacks()["pending"] == 2


def test_batches_hold_as_many_as_asked(
    graph: Graph, control: SimulatorControl, server: Receiver
) -> None:
    control.set_mix({"weight": 1, "reach": "sent"})
    control.set_knobs(callbacks={"batch_max": 50, "paused": True})
    for person in _people(60):
        wamid_of(graph.send(to=person))
    assert server.bodies == []
    control.set_knobs(callbacks={"paused": False, "concurrency": 1})
    server.wait_for_statuses(60)
    assert [len(c["value"]["statuses"]) for c in server.changes()] == [50, 10]
    assert len(server.changes()[0]["value"]["contacts"]) == 50


def test_only_a_200_ends_retries_and_back_off_can_be_hastened(
    graph: Graph, control: SimulatorControl, server: Receiver
) -> None:
    control.set_mix({"weight": 1, "reach": "sent"})
    control.set_knobs(callbacks={"retry_delays_s": [3600]})
    server.answers.extend([500, 204])
    wamid_of(graph.send())
    for refused in (1, 2):
        waiting.until(partial(_refused, control, refused))
        assert control.flush_callbacks() == 1
    counts = control.callbacks(wait_s=10)
    assert (counts["pending"], counts["sent"], counts["acked"]) == (0, 3, 1)
    assert len({s["id"] for s in server.items("statuses")}) == 1


def test_meta_gives_up_after_seven_days(
    graph: Graph, control: SimulatorControl, server: Receiver
) -> None:
    control.set_mix({"weight": 1, "reach": "sent"})
    server.answers.extend([500, 500])
    wamid_of(graph.send())
    waiting.until(partial(_refused, control, 1))
    control.advance_clock(8 * 86_400)
    counts = control.callbacks(wait_s=10)
    assert (counts["pending"], counts["lost"], counts["acked"]) == (0, 1, 0)


def test_late_and_lost_ones_come_later(
    graph: Graph, control: SimulatorControl, server: Receiver
) -> None:
    control.set_knobs(callbacks={"loss_probability": 1, "late_probability": 1, "late_s": 3600})
    wamid_of(graph.send())
    pending = control.callbacks()
    assert pending["pending"] == 3
    assert pending["next_due_in_s"] is not None
    assert pending["next_due_in_s"] > 3590
    control.flush_callbacks()
    assert len(server.wait_for_statuses(3)) == 3


@pytest.mark.parametrize("signature", ["right", "wrong", "none"])
def test_callbacks_by_hand(
    graph: Graph, control: SimulatorControl, server: Receiver, signature: str
) -> None:
    body: dict[str, object] = {"entry": []}
    app_id, size = graph.business.app_id, 3 * 1024 * 1024
    assert control.post_raw(app_id, body=body, signature=signature, pad_to_bytes=size) == 200
    digest = hmac.new(graph.business.app_secret.encode(), server.bodies[0], hashlib.sha256)
    assert len(server.bodies[0]) == size
    assert (server.signatures[0] == f"sha256={digest.hexdigest()}") == (signature == "right")
    assert (server.signatures[0] is None) == (signature == "none")


def test_same_seed_same_fates(graph: Graph, control: SimulatorControl) -> None:
    mix = [{"weight": 1, "reach": reach} for reach in ("silent", "sent", "delivered", "read")]
    runs = []
    for _ in range(2):
        control.reset(keep_world=True)
        control.set_mix(*mix)
        control.set_knobs(enforce_window=False, callbacks={"paused": True})
        for person in _people(40):
            wamid_of(graph.send(to=person))
        runs.append([row["destiny"] for row in control.ledger()])
    assert runs[0] == runs[1]
    assert set(runs[0]) == {"silent", "sent", "delivered", "read"}
