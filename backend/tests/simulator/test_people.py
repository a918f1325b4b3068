"""Inbound: texts, taps, stop, preferences, hidden phones, a changed number."""

from devstack.simulator_control import SimulatorControl
from tests.simulator.graph import PERSON, Graph, code_of, wamid_of
from tests.support.receiver import Receiver


def _inbound(graph: Graph, **fields: object) -> dict[str, object]:
    return {"phone_number_id": graph.business.phone_number_id, "from": PERSON, **fields}


def test_text_button_and_reply(graph: Graph, control: SimulatorControl, server: Receiver) -> None:
    wamids = control.inbound(
        _inbound(graph, text="STOP", profile_name="Ana"),
        _inbound(graph, type="button", text="Stop promotions", context_id="wamid.ours"),
        _inbound(graph, type="interactive", text="Yes", payload="yes-1"),
    )
    server.wait(lambda: len(server.items("messages")) == 3)
    text, button, reply = server.items("messages")
    assert [m["id"] for m in (text, button, reply)] == wamids
    assert (text["from"], text["type"], text["text"]) == ("16505551234", "text", {"body": "STOP"})
    assert button["button"] == {"payload": "Stop promotions", "text": "Stop promotions"}
    assert button["context"]["id"] == "wamid.ours"
    assert reply["interactive"]["button_reply"] == {"id": "yes-1", "title": "Yes"}
    contact = server.changes()[0]["value"]["contacts"][0]
    assert contact["profile"] == {"name": "Ana"}
    assert contact["wa_id"] == "16505551234"


def test_any_type_passes_with_its_own_content(
    graph: Graph, control: SimulatorControl, server: Receiver
) -> None:
    place = {"latitude": 37.4, "longitude": -122.1}
    control.inbound(_inbound(graph, type="location", content=place))
    server.wait(lambda: bool(server.items("messages")))
    assert server.items("messages")[0]["location"] == place


def test_received_image_can_be_fetched_for_seven_days(
    graph: Graph, control: SimulatorControl, server: Receiver
) -> None:
    control.inbound(_inbound(graph, type="image"))
    server.wait(lambda: bool(server.items("messages")))
    image = server.items("messages")[0]["image"]
    node = graph.call("GET", image["id"]).json()
    content = graph.session.get(node["url"], timeout=5).content
    assert content.startswith(b"\x89PNG")
    assert int(node["file_size"]) == len(content)
    control.advance_clock(7 * 86_400 + 1)
    assert code_of(graph.call("GET", image["id"])) == 100


def test_reactions_open_no_window(graph: Graph, control: SimulatorControl) -> None:
    reaction = {"message_id": "wamid.x", "emoji": "👍"}
    control.inbound(_inbound(graph, type="reaction", content=reaction))
    wamid_of(graph.send())
    assert control.ledger()[0]["destiny_code"] == 131047


def test_stop_in_whatsapp_ends_marketing_only(
    graph: Graph, control: SimulatorControl, server: Receiver
) -> None:
    body = [{"type": "BODY", "text": "Hello"}]
    offer = {"name": "offer", "category": "MARKETING", "components": body}
    notice = {"name": "notice", "category": "UTILITY", "components": body}
    control.add_templates(graph.business.waba_id, offer, notice)
    control.set_preference(graph.business.phone_number_id, PERSON, "stop")
    server.wait(lambda: bool(server.bodies))
    change = server.changes()[0]
    assert change["field"] == "user_preferences"
    preference = change["value"]["user_preferences"][0]
    assert (preference["wa_id"], preference["value"]) == ("16505551234", "stop")
    assert isinstance(preference["timestamp"], int)
    graph.send_template("offer")
    graph.send_template("notice")
    control.set_preference(graph.business.phone_number_id, PERSON, "resume")
    graph.send_template("offer")
    assert [row["destiny_code"] for row in control.ledger()] == [131050, None, None]


def test_a_changed_number(graph: Graph, control: SimulatorControl, server: Receiver) -> None:
    control.change_phone(graph.business.phone_number_id, PERSON, "+16505559999")
    server.wait(lambda: bool(server.bodies))
    value = server.changes()[0]["value"]
    assert "contacts" not in value
    message = value["messages"][0]
    assert (message["from"], message["type"]) == ("16505551234", "system")
    assert message["system"]["wa_id"] == "16505559999"
    assert message["system"]["type"] == "user_changed_number"


def test_a_hidden_phone_leaves_only_the_scoped_id(
    graph: Graph, control: SimulatorControl, server: Receiver
) -> None:
    scoped = "US.13491208655302741918"
    person = {"phone": PERSON, "user_id": scoped, "hide_phone": True, "username": "ana.m"}
    control.set_recipients(person)
    control.inbound(_inbound(graph, text="hi"))
    wamid_of(graph.send())
    wamid_of(graph.send(to=None, recipient=scoped))
    control.callbacks(wait_s=10)
    message = server.items("messages")[0]
    assert "from" not in message
    assert message["from_user_id"] == scoped
    statuses = server.items("statuses")
    assert {s["recipient_user_id"] for s in statuses} == {scoped}
    assert all("recipient_id" not in s for s in statuses)


def test_us_marketing_is_refused_when_asked_for(graph: Graph, control: SimulatorControl) -> None:
    control.set_knobs(us_marketing_refused=True)
    offer = {"name": "offer", "category": "MARKETING",
             "components": [{"type": "BODY", "text": "Hi"}]}  # fmt: skip
    control.add_templates(graph.business.waba_id, offer)
    graph.send_template("offer")
    graph.send_template("offer", to="+447700900123")
    assert [row["destiny_code"] for row in control.ledger()] == [131049, None]
