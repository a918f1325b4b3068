"""Bodies compared whole with what Meta's reference shows."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.integrations.whatsapp import payloads, templates

LISTED = {
    item["name"]: templates.parse(item)
    for item in json.loads((Path(__file__).parent / "fixtures/templates.json").read_text())
}
HEAD = {"messaging_product": "whatsapp", "recipient_type": "individual"}


def test_text() -> None:
    body = payloads.message(
        payloads.text("Hola, Ñandú ☕", preview_url=True),
        phone="+16505551234",
        opaque="v1.a.b.c.d",
        reply_to="wamid.HBgL",
    )
    assert body == {
        **HEAD,
        "to": "+16505551234",
        "type": "text",
        "text": {"body": "Hola, Ñandú ☕", "preview_url": True},
        "context": {"message_id": "wamid.HBgL"},
        "biz_opaque_callback_data": "v1.a.b.c.d",
    }


def test_business_scoped_id_goes_to_recipient() -> None:
    body = payloads.message(payloads.text("x"), user_id="US.13491208655302741918")
    assert body["recipient"] == "US.13491208655302741918"
    assert "to" not in body


def test_a_known_phone_wins_so_that_callbacks_keep_it() -> None:
    body = payloads.message(payloads.text("x"), phone="+16505551234", user_id="US.134")
    assert body["to"] == "+16505551234"
    assert "recipient" not in body


@pytest.mark.parametrize(
    "phone",
    ["16505551234", "+1 650 555", "US.134", "+0123456789", "+12", "+1650555123\n", "+١٢٣٤٥٦٧٨"],
)
def test_phones_that_would_reach_somebody_else_or_nobody(phone: str) -> None:
    with pytest.raises(payloads.PayloadError, match=r"^to: "):
        payloads.message(payloads.text("x"), phone=phone)


@pytest.mark.parametrize("user_id", [None, "", "134", "us.134", "+16505551234", "US.", "US.1-2"])
def test_no_address(user_id: str | None) -> None:
    with pytest.raises(payloads.PayloadError, match=r"^recipient: "):
        payloads.message(payloads.text("x"), user_id=user_id)


def test_parent_business_scoped_id() -> None:
    assert payloads.message(payloads.text("x"), user_id="US.ENT.118")["recipient"] == "US.ENT.118"


@pytest.mark.parametrize("body", ["", " \n", "x" * 4097])
def test_text_limits(body: str) -> None:
    with pytest.raises(payloads.PayloadError):
        payloads.text(body)


def test_opaque_data_has_512_characters_at_most() -> None:
    payloads.message(payloads.text("x" * 4096), phone="+16505551234", opaque="o" * 512)
    with pytest.raises(payloads.PayloadError):
        payloads.message(payloads.text("x"), phone="+16505551234", opaque="o" * 513)


@pytest.mark.parametrize(
    ("arguments", "content"),
    [
        (
            {"kind": "image", "media_id": "1037", "caption": "Look"},
            {"id": "1037", "caption": "Look"},
        ),
        (
            {"kind": "document", "link": "https://example.com/a.pdf", "filename": "a.pdf"},
            {"link": "https://example.com/a.pdf", "filename": "a.pdf"},
        ),
        ({"kind": "audio", "media_id": "1"}, {"id": "1"}),
    ],
)
def test_media(arguments: dict[str, Any], content: dict[str, Any]) -> None:
    kind = arguments["kind"]
    assert payloads.media(**arguments) == {"type": kind, kind: content}


@pytest.mark.parametrize(
    "arguments",
    [
        {"kind": "image"},
        {"kind": "image", "media_id": "1", "link": "https://example.com"},
        {"kind": "audio", "media_id": "1", "caption": "x"},
        {"kind": "sticker", "media_id": "1", "caption": "x"},
        {"kind": "image", "media_id": "1", "filename": "x"},
        {"kind": "image", "media_id": "1", "caption": "x" * 1025},
    ],
)
def test_media_refused(arguments: dict[str, Any]) -> None:
    with pytest.raises(payloads.PayloadError):
        payloads.media(**arguments)


def test_interactive_is_passed_on() -> None:
    content = {
        "type": "button",
        "body": {"text": "Come?"},
        "action": {"buttons": [{"type": "reply", "reply": {"id": "y", "title": "Yes"}}]},
    }
    assert payloads.interactive(content) == {"type": "interactive", "interactive": content}
    with pytest.raises(payloads.PayloadError):
        payloads.interactive({"type": "button"})


def test_named_template() -> None:
    values = {
        "header": {"name": "Ana"},
        "body": {"order": "A-1", "city": "Lima", "name": "Ana"},
        "buttons": {"0": {"payload": "STOP"}, "1": {"1": "A-1"}},
    }

    def named(name: str, text: str) -> dict[str, str]:
        return {"type": "text", "parameter_name": name, "text": text}

    assert payloads.template(LISTED["order_update"], values) == {
        "type": "template",
        "template": {
            "name": "order_update",
            "language": {"code": "en_US"},
            "components": [
                {"type": "header", "parameters": [named("name", "Ana")]},
                {
                    "type": "body",
                    "parameters": [
                        named("order", "A-1"),
                        named("city", "Lima"),
                        named("name", "Ana"),
                    ],
                },
                {
                    "type": "button",
                    "sub_type": "quick_reply",
                    "index": "0",
                    "parameters": [{"type": "payload", "payload": "STOP"}],
                },
                {
                    "type": "button",
                    "sub_type": "url",
                    "index": "1",
                    "parameters": [{"type": "text", "text": "A-1"}],
                },
            ],
        },
    }


def test_positional_template_with_image_and_coupon() -> None:
    values = {
        "header": {"link": "https://example.com/a.png"},
        "body": {"10": "viernes", "1": "Ana", "2": "20 %"},
        "buttons": {"0": {"coupon_code": "SAVE20"}},
    }
    assert payloads.template(LISTED["spring_sale"], values)["template"]["components"] == [
        {
            "type": "header",
            "parameters": [{"type": "image", "image": {"link": "https://example.com/a.png"}}],
        },
        {
            "type": "body",
            "parameters": [{"type": "text", "text": text} for text in ("Ana", "20 %", "viernes")],
        },
        {
            "type": "button",
            "sub_type": "copy_code",
            "index": "0",
            "parameters": [{"type": "coupon_code", "coupon_code": "SAVE20"}],
        },
    ]


def test_one_time_code_is_given_once_and_sent_twice() -> None:
    code = [{"type": "text", "text": "123456"}]
    components = payloads.template(LISTED["login_code"], {"body": {"1": "123456"}})["template"]
    assert components["components"] == [
        {"type": "body", "parameters": code},
        {"type": "button", "sub_type": "url", "index": "0", "parameters": code},
    ]


def test_location_header() -> None:
    header = {"latitude": "19.43", "longitude": "-99.13", "name": "Zócalo"}
    sent = payloads.template(LISTED["find_us"], {"header": header})["template"]["components"]
    assert sent == [{"type": "header", "parameters": [{"type": "location", "location": header}]}]


def test_nothing_variable_means_no_components() -> None:
    sent = payloads.template(LISTED["hello_world"], {})
    assert sent["template"] == {"name": "hello_world", "language": {"code": "en_US"}}


def test_a_quick_reply_needs_no_payload() -> None:
    values = {
        "header": {"name": "Ana"},
        "body": {"order": "A-1", "city": "Lima", "name": "Ana"},
        "buttons": {"1": {"1": "A-1"}},
    }
    sent = payloads.template(LISTED["order_update"], values)["template"]["components"]
    assert [part.get("sub_type") for part in sent] == [None, None, "url"]


@pytest.mark.parametrize(
    ("name", "values", "field"),
    [
        ("order_update", {}, "template.header.name"),
        ("order_update", {"header": {"name": "A"}, "body": {"order": ""}}, "template.body.order"),
        ("spring_sale", {"header": {}}, "template.header.media"),
        ("find_us", {"header": {"latitude": "1"}}, "template.header.location"),
        ("cards", {}, "template"),
    ],
)
def test_a_slot_without_value_is_named(name: str, values: dict[str, Any], field: str) -> None:
    with pytest.raises(payloads.PayloadError) as caught:
        payloads.template(LISTED[name], values)
    assert caught.value.field == field
