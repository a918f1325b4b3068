"""Our half of the Cloud API against the imitation of Meta's half, over real sockets."""

import asyncio
import json
from collections.abc import Iterator, Sequence
from time import monotonic
from typing import Any

import pytest

from app.integrations.whatsapp import callbacks, graph, payloads, signatures, templates
from app.integrations.whatsapp.answers import Accepted, Ambiguous, Answer, NotSent, Refused
from app.integrations.whatsapp.callback_events import InboundEvent, StatusEvent, TemplateEvent
from app.integrations.whatsapp.client import Client
from app.integrations.whatsapp.transport import AiohttpTransport, SendRequest, Timeouts
from devstack.simulator_control import SimulatorControl
from devstack.simulator_types import Business
from tests.support import receiver, simulator
from tests.support.receiver import Receiver

PHONE = "+16505551234"


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatorControl]:
    with simulator.running(tmp_path_factory.mktemp("simulator") / "data") as control:
        yield control


@pytest.fixture
def server() -> Iterator[Receiver]:
    with receiver.listening() as listening:
        yield listening


@pytest.fixture
def control(process: SimulatorControl) -> SimulatorControl:
    process.reset()
    return process


@pytest.fixture
def business(control: SimulatorControl, server: Receiver) -> Business:
    return control.demo(webhook_url=server.url, app_secret="secret", verify_token="handshake-token")


@pytest.fixture
def client(control: SimulatorControl, business: Business) -> Client:
    return Client(f"{control.url}/v26.0", business.access_token)


def send(
    control: SimulatorControl,
    business: Business,
    contents: Sequence[payloads.Json],
    read: float = 10,
) -> list[Answer]:
    async def all_of_them() -> list[Answer]:
        limits = Timeouts(connect=10, read=read)
        async with AiohttpTransport(f"{control.url}/v26.0", timeouts=limits) as transport:
            return [await transport.send(request(content)) for content in contents]

    def request(content: payloads.Json) -> SendRequest:
        body = payloads.message(content, opaque="v1.o.d.a.m", phone=PHONE)
        raw = json.dumps(body).encode()
        return SendRequest(business.phone_number_id, business.access_token, raw, monotonic() + 10)

    return asyncio.run(all_of_them())


def filling(shape: templates.Template) -> dict[str, dict[str, Any]]:
    """A value for every slot."""
    values: dict[str, dict[str, Any]] = {"header": {}, "body": {}, "buttons": {}}
    for slot in shape.slots:
        if slot.button is None:
            values[slot.section][slot.key] = "Ana"
        else:
            values["buttons"].setdefault(str(slot.button), {})[slot.key] = "A1"
    return values


def open_window(control: SimulatorControl, business: Business) -> None:
    control.inbound({"phone_number_id": business.phone_number_id, "from": PHONE, "text": "hola"})


def test_the_client_reads_the_account(client: Client, business: Business) -> None:
    number = client.phone_number(business.phone_number_id)
    assert (number.id, number.status) == (business.phone_number_id, "CONNECTED")
    assert number.throughput_mps is not None
    assert [n.id for n in client.phone_numbers(business.waba_id)] == [number.id]
    assert client.business_account(business.waba_id).id == business.waba_id
    client.subscribe_app(business.waba_id)


def test_a_wrong_token_is_refused_and_not_repeated(control: SimulatorControl) -> None:
    business = control.demo()
    with pytest.raises(graph.GraphRefusedError) as caught:
        Client(f"{control.url}/v26.0", "EAAwrongwrong").phone_number(business.phone_number_id)
    assert caught.value.error.code == 190
    assert "wrongwrong" not in str(caught.value)


def test_every_template_is_listed_over_several_pages(
    control: SimulatorControl, business: Business, client: Client
) -> None:
    body = [{"type": "BODY", "text": "Hello"}]
    many = [{"name": f"many_{n}", "components": body, "status": "APPROVED"} for n in range(250)]
    control.add_templates(business.waba_id, *many)
    listed = list(client.templates(business.waba_id))
    assert len({item["id"] for item in listed}) == len(listed)
    assert {item["name"] for item in many} <= {item["name"] for item in listed}


def test_every_approved_template_can_be_sent(
    control: SimulatorControl, business: Business, client: Client
) -> None:
    shapes = [
        templates.parse(item)
        for item in client.templates(business.waba_id)
        if item["status"] == "APPROVED"
    ]
    assert any(shape.named for shape in shapes)
    filled = [payloads.template(shape, filling(shape)) for shape in shapes]
    answers = send(control, business, filled)
    assert [type(answer) for answer in answers] == [Accepted] * len(shapes), answers
    assert all(isinstance(a, Accepted) and a.message_status for a in answers)


def test_free_messages_are_taken(control: SimulatorControl, business: Business) -> None:
    open_window(control, business)
    buttons = [{"type": "reply", "reply": {"id": "y", "title": "Yes"}}]
    answers = send(
        control,
        business,
        [
            payloads.text("Hola, Ñandú ☕ https://example.com", preview_url=True),
            payloads.media("image", link="https://example.com/a.png", caption="Look"),
            payloads.media("document", link="https://example.com/a.pdf", filename="a.pdf"),
            payloads.interactive(
                {"type": "button", "body": {"text": "?"}, "action": {"buttons": buttons}}
            ),
        ],
    )
    assert [type(answer) for answer in answers] == [Accepted] * 4, answers
    assert {a.wa_id for a in answers if isinstance(a, Accepted)} == {PHONE[1:]}


def test_what_was_sent_comes_back_in_signed_callbacks(
    control: SimulatorControl, business: Business, server: Receiver
) -> None:
    open_window(control, business)
    (answer,) = send(control, business, [payloads.text("¿Qué tal? ☕")])
    control.flush_callbacks()
    server.wait(lambda: any(s["status"] == "delivered" for s in server.items("statuses")))
    events = [event for body in list(server.bodies) for event in callbacks.parse(body)]
    for body, signature in zip(list(server.bodies), list(server.signatures), strict=True):
        assert signatures.is_signed(body, signature, ["other", business.app_secret])
        assert not signatures.is_signed(body, signature, ["other"])
    statuses = [event for event in events if isinstance(event, StatusEvent)]
    assert isinstance(answer, Accepted)
    assert {event.wamid for event in statuses} == {answer.wamid}
    assert {event.opaque for event in statuses} == {"v1.o.d.a.m"}
    assert {event.recipient_id for event in statuses} == {PHONE[1:]}
    assert all(event.at for event in statuses)
    (inbound,) = [event for event in events if isinstance(event, InboundEvent)]
    assert (inbound.wa_id, inbound.text, inbound.opens_window) == (PHONE[1:], "hola", True)


def test_a_paused_template_is_told(
    control: SimulatorControl, business: Business, client: Client, server: Receiver
) -> None:
    template = next(client.templates(business.waba_id))
    control.change_template(template["id"], status="PAUSED")
    server.wait(lambda: bool(server.changes()))
    events = [event for body in list(server.bodies) for event in callbacks.parse(body)]
    told = [event for event in events if isinstance(event, TemplateEvent)]
    assert [(e.name, e.language, e.value) for e in told] == [
        (template["name"], template["language"], "PAUSED")
    ]


@pytest.mark.parametrize(
    ("fault", "outcome", "ledger"),
    [
        ({"kind": "error", "code": 131056}, Refused, "refused"),
        ({"kind": "error", "code": 131000}, Refused, "refused"),
        ({"kind": "error", "code": 3}, Refused, "refused"),
        ({"kind": "error", "code": 190}, Refused, "refused"),
        ({"kind": "html_502"}, Ambiguous, "dropped"),
        ({"kind": "reset_before_acceptance"}, Ambiguous, "dropped"),
        ({"kind": "timeout_before_acceptance"}, Ambiguous, "dropped"),
        ({"kind": "html_502_after_acceptance"}, Ambiguous, "accepted"),
        ({"kind": "reset_after_acceptance"}, Ambiguous, "accepted"),
        ({"kind": "close_after_acceptance"}, Ambiguous, "accepted"),
        ({"kind": "timeout_after_acceptance"}, Ambiguous, "accepted"),
        ({"kind": "half_answer"}, Ambiguous, "accepted"),
        ({"kind": "answer_without_id"}, Ambiguous, "accepted"),
    ],
)
def test_each_fault_is_told_apart_and_sent_once(
    control: SimulatorControl,
    business: Business,
    fault: dict[str, Any],
    outcome: type[Answer],
    ledger: str,
) -> None:
    open_window(control, business)
    control.add_fault(next_n=1, **fault)
    patience = 0.3 if fault["kind"].startswith("timeout") else 10
    answers = send(control, business, [payloads.text("one")], read=patience)
    answers += send(control, business, [payloads.text("two")])
    assert [type(answer) for answer in answers] == [outcome, Accepted], answers
    assert [row["outcome"] for row in control.ledger()] == [ledger, "accepted"]


def test_nothing_is_sent_to_a_simulator_that_is_gone(business: Business) -> None:
    gone = SimulatorControl(f"http://127.0.0.1:{simulator.free_port()}")
    assert send(gone, business, [payloads.text("x")]) == [NotSent("refused")]
