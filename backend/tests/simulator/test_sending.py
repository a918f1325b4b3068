"""POST /messages: what is accepted, what is refused, and what the ledger says of it."""

import time

import pytest

from devstack.simulator_control import SimulatorControl
from tests.simulator.graph import PERSON, Graph, code_of, wamid_of


def test_accepts_a_text_and_answers_as_meta_does(graph: Graph) -> None:
    response = graph.send(biz_opaque_callback_data="opaque-1")
    body = response.json()
    assert response.status_code == 200
    assert body["messaging_product"] == "whatsapp"
    assert body["contacts"] == [{"input": PERSON, "wa_id": "16505551234"}]
    assert body["messages"][0]["id"].startswith("wamid.")
    assert "message_status" not in body["messages"][0]
    assert response.headers["facebook-api-version"] == "v26.0"
    assert "call_count" in response.headers["X-App-Usage"]


def test_ledger_keeps_every_request_refused_ones_too(
    graph: Graph, control: SimulatorControl
) -> None:
    before = time.time()
    wamid = wamid_of(graph.send(biz_opaque_callback_data="opaque-1"))
    graph.send(to="not a phone")
    graph.call("POST", f"{graph.business.phone_number_id}/messages", data=b"{")
    first, second, third = control.ledger()
    assert (first["seq"], first["wamid"], first["opaque"]) == (1, wamid, "opaque-1")
    assert (first["outcome"], first["http_status"], first["to"]) == ("accepted", 200, PERSON)
    assert before <= first["received_at"] <= time.time()
    assert first["connection_id"] == second["connection_id"] > 0
    assert (second["outcome"], second["error_code"]) == ("refused", 131009)
    assert (third["outcome"], third["error_code"], third["http_status"]) == ("refused", 100, 400)
    summary = control.summary()
    assert (summary["requests"], summary["accepted"]) == (3, 1)


def test_bodies_are_recorded_when_asked_for(graph: Graph, control: SimulatorControl) -> None:
    control.set_knobs(record_bodies=True)
    graph.send(text={"body": "kept"})
    assert control.ledger()[0]["body"]["text"] == {"body": "kept"}


_BUTTONS = [{"type": "reply", "reply": {"id": str(n), "title": f"No {n}"}} for n in range(4)]


def _interactive(buttons: int) -> dict[str, object]:
    action = {"buttons": _BUTTONS[:buttons]}
    return {"type": "button", "body": {"text": "Choose"}, "action": action}


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("image", {"link": "https://example.com/a.png", "caption": "A"}),
        ("document", {"link": "https://example.com/a.pdf", "filename": "a.pdf"}),
        ("location", {"latitude": 1.5, "longitude": "2"}),
        ("contacts", [{"name": {"formatted_name": "Ana", "first_name": "Ana"}}]),
        ("reaction", {"message_id": "wamid.x", "emoji": ""}),
        ("interactive", _interactive(3)),
    ],
)
def test_accepts_each_type(graph: Graph, kind: str, content: object) -> None:
    wamid_of(graph.send(type=kind, text=None, **{kind: content}))


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"messaging_product": "sms"}, 100),
        ({"recipient_type": "crowd"}, 100),
        ({"type": "telegram"}, 131051),
        ({"to": None}, 131008),
        ({"to": "+1"}, 131009),
        ({"to": "+15555550123"}, 131021),
        ({"text": {"body": ""}}, 131008),
        ({"text": {"body": "x" * 4097}}, 100),
        ({"biz_opaque_callback_data": "x" * 513}, 100),
        ({"type": "audio", "audio": {"link": "https://e.co/a.mp3", "caption": "no"}}, 100),
        ({"type": "image", "image": {}}, 131008),
        ({"type": "interactive", "interactive": _interactive(4)}, 131009),
        ({"type": "interactive", "interactive": {"type": "button"}}, 131008),
        ({"type": ["text"]}, 131051),
        ({"type": "template", "template": {"name": "x"}}, 131008),
    ],
)
def test_refuses_what_meta_refuses(graph: Graph, fields: dict[str, object], code: int) -> None:
    response = graph.send(**fields)
    assert response.status_code >= 400
    assert code_of(response) == code
    assert response.json()["error"]["fbtrace_id"]


def test_whatsapp_ids_of_brazil_and_mexico_differ_from_the_phone(graph: Graph) -> None:
    brazil = graph.send(to="+55 (31) 98765-4321").json()["contacts"][0]
    mexico = graph.send(to="+525512345678").json()["contacts"][0]
    assert brazil == {"input": "+55 (31) 98765-4321", "wa_id": "553187654321"}
    assert mexico["wa_id"] == "5215512345678"


def test_without_plus_the_business_country_code_is_prepended(graph: Graph) -> None:
    assert graph.send(to="4915112345678").json()["contacts"][0]["wa_id"] == "14915112345678"


def test_business_scoped_ids(graph: Graph, control: SimulatorControl) -> None:
    scoped = "US.13491208655302741918"
    answer = graph.send(to=None, recipient=scoped).json()["contacts"][0]
    assert answer == {"input": scoped, "user_id": scoped}
    wamid_of(graph.send(to=scoped))
    assert control.ledger()[1]["destiny"] == "silent"


def test_read_receipt_is_noted_not_sent(graph: Graph, control: SimulatorControl) -> None:
    path = f"{graph.business.phone_number_id}/messages"
    body = {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.x"}
    assert graph.call("POST", path, json=body).json() == {"success": True}
    assert control.ledger()[0]["outcome"] == "noted"


def test_tokens_are_checked(graph: Graph, control: SimulatorControl) -> None:
    business = graph.business
    control.change_token(business.access_token, permissions=["whatsapp_business_management"])
    assert code_of(graph.send()) == 200
    control.change_token(business.access_token, expired=True)
    expired = graph.send()
    assert (expired.status_code, code_of(expired)) == (401, 190)
    assert expired.json()["error"]["error_subcode"] == 463
    graph.session.headers["Authorization"] = "Bearer unknown"
    assert code_of(graph.send()) == 190
    del graph.session.headers["Authorization"]
    assert code_of(graph.send()) == 104


def test_another_accounts_number_is_not_visible(graph: Graph, control: SimulatorControl) -> None:
    other = control.business()
    response = graph.call("POST", f"{other.phone_number_id}/messages", json={})
    assert (code_of(response), response.json()["error"]["error_subcode"]) == (100, 33)


def test_a_number_that_is_not_connected_refuses(graph: Graph, control: SimulatorControl) -> None:
    control.change_number(graph.business.phone_number_id, status="DISCONNECTED")
    assert code_of(graph.send()) == 133010
