import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.integrations.whatsapp import template_content, templates

LISTED: dict[str, dict[str, Any]] = {
    item["name"]: item
    for item in json.loads((Path(__file__).parent / "fixtures/templates.json").read_text())
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["type", "text", "format", "buttons", "components", "url", "x"]), inner
        )
    ),
    max_leaves=30,
)


def parsed(name: str) -> templates.Template:
    return templates.parse(LISTED[name])


@pytest.mark.parametrize(
    ("name", "named", "paths"),
    [
        (
            "order_update",
            True,
            [
                "header.name",
                "body.order",
                "body.city",
                "body.name",
                "buttons.0.payload",
                "buttons.1.1",
            ],
        ),
        (
            "spring_sale",
            False,
            ["header.media", "body.1", "body.2", "body.10", "buttons.0.coupon_code"],
        ),
        ("login_code", False, ["body.1", "buttons.0.1"]),
        ("hello_world", False, []),
        ("find_us", False, ["header.location"]),
    ],
)
def test_slots(name: str, named: bool, paths: list[str]) -> None:
    template = parsed(name)
    assert template.named is named
    assert [slot.path for slot in template.slots] == paths
    assert template.unsupported == ()


def test_only_payloads_and_codes_given_in_the_body_may_be_left_out() -> None:
    optional = {(t, s.path) for t in LISTED for s in parsed(t).slots if not s.required}
    assert optional == {("order_update", "buttons.0.payload"), ("login_code", "buttons.0.1")}


def test_named_is_seen_in_the_text_when_meta_does_not_say() -> None:
    listed = {k: v for k, v in LISTED["order_update"].items() if k != "parameter_format"}
    assert templates.parse(listed).named


def test_parts_we_cannot_send_are_named() -> None:
    assert parsed("cards").unsupported == ("carousel", "button_flow")


def test_language_as_webhooks_spell_it() -> None:
    assert templates.parse({**LISTED["hello_world"], "language": "en-US"}).language == "en_US"


@given(JSON)
def test_odd_shapes_never_raise(components: object) -> None:
    listed = {"name": "x", "language": None, "components": components}
    template = templates.parse(listed)
    template_content.preview(template, {})
    template_content.fingerprint(listed)


def test_preview_fills_what_is_given_and_keeps_the_rest() -> None:
    values = {
        "header": {"name": "Ana"},
        "body": {"order": "A-1", "name": "{{city}}", "city": ""},
        "buttons": {"1": {"1": "A-1"}},
    }
    shown = template_content.preview(parsed("order_update"), values)
    assert shown.header == "Hi Ana"
    assert shown.body == "Order A-1 reaches {{city}} today, {{city}}."
    assert shown.footer == "Lucky Shrub"
    assert [b.label for b in shown.buttons] == ["Stop", "Track", "Call"]
    assert shown.buttons[1].url == "https://example.com/t/A-1"


def test_fingerprint_ignores_examples_and_status() -> None:
    listed = deepcopy(LISTED["spring_sale"])
    before = template_content.fingerprint(listed)
    listed["components"][0]["example"]["header_handle"] = ["https://scontent.example/other"]
    listed["status"] = "PAUSED"
    assert template_content.fingerprint(listed) == before


def test_fingerprint_sees_every_word() -> None:
    listed = deepcopy(LISTED["spring_sale"])
    before = template_content.fingerprint(listed)
    listed["components"][2]["buttons"][1]["url"] = "https://example.com/otra"
    assert template_content.fingerprint(listed) != before
