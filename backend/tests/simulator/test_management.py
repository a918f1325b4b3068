"""The Graph calls that manage numbers, accounts, templates and media."""

from typing import Any

from devstack.simulator_control import SimulatorControl
from tests.simulator.graph import Graph, code_of, texts, wamid_of
from tests.support.receiver import Receiver

Json = dict[str, Any]


def _names(body: Json) -> list[str]:
    return [template["name"] for template in body["data"]]


def _create(graph: Graph, **fields: object) -> Json:
    body = {
        "name": "fresh", "language": "en_US", "category": "UTILITY",
        "components": [{"type": "BODY", "text": "Hi {{1}}"}], **fields,
    }  # fmt: skip
    answer: Json = graph.call(
        "POST", f"{graph.business.waba_id}/message_templates", json=body
    ).json()
    return answer


def test_number_and_account_answer_the_fields_asked_for(graph: Graph) -> None:
    fields = "display_phone_number,quality_rating,webhook_configuration,health_status{entities}"
    number = graph.call("GET", graph.business.phone_number_id, params={"fields": fields}).json()
    assert number["id"] == graph.business.phone_number_id
    assert number["display_phone_number"] == graph.business.display_phone_number
    assert number["webhook_configuration"]["application"].endswith("/callback")
    assert number["health_status"]["can_send_message"] == "AVAILABLE"
    waba = graph.call("GET", graph.business.waba_id).json()
    assert set(waba) == {"id", "name", "timezone_id", "currency"}
    numbers = graph.call("GET", f"{graph.business.waba_id}/phone_numbers").json()
    assert [n["id"] for n in numbers["data"]] == [graph.business.phone_number_id]


def test_unknown_ids_are_code_100_subcode_33(graph: Graph) -> None:
    for path in ("42", "42/phone_numbers", "42/message_templates", "42/messages"):
        method = "POST" if path.endswith("messages") else "GET"
        error = graph.call(method, path, json={}).json()["error"]
        assert (error["code"], error["error_subcode"]) == (100, 33)


def test_templates_page_by_cursor_until_next_is_absent(
    graph: Graph, control: SimulatorControl
) -> None:
    body = [{"type": "BODY", "text": "Hi"}]
    control.add_templates(
        graph.business.waba_id, *({"name": f"t{n}", "components": body} for n in range(5))
    )
    url = f"{graph.base}/{graph.business.waba_id}/message_templates?limit=2&fields=name"
    seen: list[str] = []
    while url:
        page = graph.session.get(url, timeout=5).json()
        seen += _names(page)
        url = page["paging"].get("next")
    assert seen == [f"t{n}" for n in range(5)]
    filtered = graph.call(
        "GET", f"{graph.business.waba_id}/message_templates", params={"name": "t3"}
    )
    assert _names(filtered.json()) == ["t3"]


def test_a_template_is_reviewed_sent_edited_and_deleted(
    graph: Graph, control: SimulatorControl, server: Receiver
) -> None:
    made = _create(graph)
    assert made["status"] == "PENDING"
    server.wait(lambda: bool(server.bodies))
    assert server.changes()[0]["value"]["event"] == "APPROVED"
    wamid_of(graph.send_template("fresh", texts("Ana")))
    assert _create(graph)["error"]["error_subcode"] == 2388024
    control.set_knobs(template_review_s=None)
    components = [{"type": "BODY", "text": "Bye"}]
    edited = graph.call("POST", made["id"], json={"components": components})
    assert edited.json() == {"success": True}
    assert graph.call("GET", made["id"]).json()["status"] == "PENDING"
    assert code_of(graph.send_template("fresh", texts("Ana"))) == 132001
    path = f"{graph.business.waba_id}/message_templates"
    assert graph.call("DELETE", path, params={"name": "fresh"}).json() == {"success": True}
    assert graph.call("GET", path).json() == {"data": []}


def test_bad_templates_are_refused_with_a_user_message(graph: Graph) -> None:
    assert _create(graph, name="Not Allowed")["error"]["error_user_msg"]
    assert _create(graph, components=[])["error"]["code"] == 100


def test_unpause(graph: Graph, control: SimulatorControl) -> None:
    template = {"name": "t", "status": "PAUSED", "components": [{"type": "BODY", "text": "Hi"}]}
    [made] = control.add_templates(graph.business.waba_id, template)
    assert graph.call("POST", f"{made['id']}/unpause").json() == {"success": True}
    wamid_of(graph.send_template("t"))
    assert graph.call("POST", f"{made['id']}/unpause").json()["success"] is False


def test_only_subscribed_apps_hear_and_overrides_must_shake_hands(
    graph: Graph, control: SimulatorControl, server: Receiver
) -> None:
    path = f"{graph.business.waba_id}/subscribed_apps"
    assert graph.call("DELETE", path).json() == {"success": True}
    wamid_of(graph.send())
    assert control.callbacks()["queued"] == 0
    override = {"override_callback_uri": server.url + "2", "verify_token": "wrong"}
    assert code_of(graph.call("POST", path, json=override)) == 2200
    override["verify_token"] = server.verify_token
    assert graph.call("POST", path, json=override).json() == {"success": True}
    [subscription] = graph.call("GET", path).json()["data"]
    assert subscription["whatsapp_business_api_data"]["id"] == graph.business.app_id
    assert subscription["override_callback_uri"] == server.url + "2"
    wamid_of(graph.send())
    server.wait(lambda: bool(server.bodies))


def test_a_number_may_have_its_own_address_and_be_registered(
    graph: Graph, server: Receiver
) -> None:
    number = graph.business.phone_number_id
    address = {"override_callback_uri": server.url, "verify_token": server.verify_token}
    change = {"webhook_configuration": address}
    assert graph.call("POST", number, json=change).json() == {"success": True}
    assert graph.call("POST", f"{number}/deregister").json() == {"success": True}
    assert code_of(graph.send()) == 133010
    assert code_of(graph.call("POST", f"{number}/register", json={"pin": "12"})) == 100
    pin = {"messaging_product": "whatsapp", "pin": "123456"}
    assert graph.call("POST", f"{number}/register", json=pin).json() == {"success": True}
    wamid_of(graph.send())


def test_media_lives_thirty_days(graph: Graph, control: SimulatorControl) -> None:
    path = f"{graph.business.phone_number_id}/media"
    fields = {"messaging_product": "whatsapp", "type": "image/png"}
    upload = graph.call("POST", path, data=fields, files={"file": ("a.png", b"png", "image/png")})
    media_id = upload.json()["id"]
    node = graph.call("GET", media_id).json()
    assert (node["mime_type"], node["file_size"]) == ("image/png", "3")
    assert graph.session.get(node["url"], timeout=5).content == b"png"
    control.set_knobs(enforce_window=False)
    image = {"type": "image", "text": None, "image": {"id": media_id}}
    wamid_of(graph.send(**image))
    control.advance_clock(30 * 86_400 + 1)
    wamid_of(graph.send(**image))
    assert [row["destiny_code"] for row in control.ledger()] == [None, 131053]
    assert graph.call("DELETE", media_id).json() == {"success": True}
    bad = {"file": ("a.exe", b"MZ", "application/x-msdownload")}
    assert code_of(graph.call("POST", path, data={**fields, "type": ""}, files=bad)) == 100
