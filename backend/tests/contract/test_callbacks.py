import json
from datetime import UTC, datetime
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.integrations.whatsapp import callbacks
from app.integrations.whatsapp.callback_events import (
    AccountEvent,
    CallbackError,
    Event,
    InboundEvent,
    Media,
    NumberChange,
    Origin,
    PhoneEvent,
    PreferenceEvent,
    Pricing,
    Restriction,
    StatusEvent,
    TemplateEvent,
    UnknownEvent,
)

CHANGES: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parent / "fixtures/callbacks.json").read_text()
)


def envelope(*changes: object, **entry: object) -> bytes:
    body = {"id": "102290129340398", "changes": list(changes)} | entry
    return json.dumps({"object": "whatsapp_business_account", "entry": [body]}).encode()


def one(name: str) -> Event:
    (event,) = callbacks.parse(envelope(CHANGES[name], time=1750030073))
    return event


def inbound(name: str) -> InboundEvent:
    event = one(name)
    assert isinstance(event, InboundEvent)
    return event


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


ORIGIN = Origin("102290129340398", "106540352242922", "15550783881", at(1750030073))


def test_delivered() -> None:
    assert one("delivered") == StatusEvent(
        origin=ORIGIN,
        wamid="wamid.HBgLMTY1",
        status="delivered",
        at=at(1750030073),
        recipient_id="16505551234",
        user_id="US.13491208655302741918",
        opaque="v1.a.b.c.d",
        errors=(),
        pricing=Pricing("regular", "authentication_international", "PMP", True),
        raw=CHANGES["delivered"]["value"]["statuses"][0],
    )


def test_failed_without_contacts_and_opaque_data() -> None:
    event = one("failed")
    assert isinstance(event, StatusEvent)
    assert (event.status, event.opaque, event.user_id) == ("failed", None, None)
    assert [error.code for error in event.errors] == [131049]
    assert event.errors[0].details is not None
    assert event.errors[0].details.startswith("In order to maintain")


def test_status_of_somebody_whose_phone_is_hidden() -> None:
    event = one("hidden_phone")
    assert isinstance(event, StatusEvent)
    assert (event.recipient_id, event.user_id) == (None, "US.13491208655302741918")


def test_text_and_the_right_contact_of_several() -> None:
    event = inbound("text")
    assert (event.text, event.profile_name, event.wa_id) == ("BAJA", "Ana", "16505551234")
    assert (event.user_id, event.at, event.origin) == ("US.134", at(1750030080), ORIGIN)
    assert event.opens_window


def test_template_button_of_somebody_without_phone() -> None:
    event = inbound("template_button")
    assert (event.text, event.payload) == ("Stop promotions", "STOP")
    assert event.answers_wamid == "wamid.HBgLMTY1"
    assert (event.wa_id, event.user_id, event.username) == (None, "US.134", "ana.m")
    assert event.opens_window


def test_list_reply() -> None:
    event = inbound("list_reply")
    assert (event.kind, event.text, event.payload) == ("interactive", "Tomorrow", "row-1")


def test_image() -> None:
    event = inbound("image")
    assert event.media == Media("1003383421387256", "image/jpeg", "Zm9v", None)
    assert event.text == "My order"


def test_reaction_names_the_message_and_opens_no_window() -> None:
    event = inbound("reaction")
    assert (event.text, event.answers_wamid, event.opens_window) == ("👍", "wamid.HBgLMTY1", False)


def test_number_change() -> None:
    event = inbound("number_change")
    assert event.change == NumberChange("16505559876", "US.999")
    assert not event.opens_window


def test_unsupported() -> None:
    event = inbound("unsupported")
    details = "Message type is currently not supported."
    assert event.errors == (CallbackError(131051, "Message type unknown", details),)
    assert not event.opens_window


def test_errors_of_no_message() -> None:
    event = one("number_error")
    assert isinstance(event, AccountEvent)
    assert (event.field, event.event) == ("messages", "ERROR")
    assert [error.code for error in event.errors] == [130429]


def test_stop_button_of_whatsapp() -> None:
    event = one("stop")
    assert isinstance(event, PreferenceEvent)
    assert (event.wa_id, event.category, event.value) == (
        "16505551234",
        "marketing_messages",
        "stop",
    )
    assert event.at == at(1731705721)


@pytest.mark.parametrize(
    ("name", "kind", "value", "previous", "upcoming", "reason"),
    [
        ("template_paused", "status", "PAUSED", None, None, "FIRST_PAUSE"),
        ("template_rejected", "status", "REJECTED", None, None, "INVALID_FORMAT"),
        ("template_quality", "quality", "YELLOW", "GREEN", None, None),
        ("template_category", "category", "UTILITY", None, "MARKETING", None),
    ],
)
def test_templates(
    name: str, kind: str, value: str, previous: str | None, upcoming: str | None, reason: str | None
) -> None:
    event = one(name)
    assert isinstance(event, TemplateEvent)
    assert (event.kind, event.value, event.previous) == (kind, value, previous)
    assert (event.upcoming, event.reason) == (upcoming, reason)
    assert event.template_id is not None
    assert event.template_id.startswith("16895569081298")
    assert event.language in {"es_MX", "en_US"}


def test_a_category_change_says_when() -> None:
    event = one("template_category")
    assert isinstance(event, TemplateEvent)
    assert event.effective_at == at(1750116400)


def test_phone() -> None:
    event = one("throughput_upgrade")
    assert isinstance(event, PhoneEvent)
    assert (event.event, event.people_per_day) == ("THROUGHPUT_UPGRADE", 2_000)
    assert event.origin.display_phone_number == "15550783881"


@pytest.mark.parametrize(
    ("name", "event_name", "details"),
    [
        ("restriction", "ACCOUNT_RESTRICTION", None),
        ("violation", "ACCOUNT_VIOLATION", "ALCOHOL"),
        ("ban", "DISABLED_UPDATE", "SCHEDULE_FOR_DISABLE"),
        ("alert", "OBA_APPROVED", "Your number is official."),
        ("capability", None, None),
    ],
)
def test_accounts(name: str, event_name: str | None, details: str | None) -> None:
    event = one(name)
    assert isinstance(event, AccountEvent)
    assert (event.event, event.details) == (event_name, details)
    assert event.people_per_day == (2_000 if name == "capability" else None)


def test_restrictions_say_until_when() -> None:
    event = one("restriction")
    assert isinstance(event, AccountEvent)
    kind = "RESTRICTED_BIZ_INITIATED_MESSAGING"
    assert event.restrictions == (Restriction(kind, at(1791072000)),)


def test_new_fields_are_kept() -> None:
    event = one("new_field")
    assert isinstance(event, UnknownEvent)
    assert (event.field, event.raw) == ("user_id_update", {"anything": ["goes"]})


def test_all_events_of_a_batch_come_in_order() -> None:
    events = callbacks.parse(envelope(*CHANGES.values()))
    assert [type(e) for e in events] == [type(one(name)) for name in CHANGES]


def test_one_odd_status_spoils_no_other() -> None:
    good = CHANGES["delivered"]["value"]["statuses"][0]
    value = CHANGES["delivered"]["value"] | {
        "statuses": [{"id": 1}, good, None, {"status": "sent"}]
    }
    events = callbacks.parse(envelope({"field": "messages", "value": value}))
    assert [type(e) for e in events] == [UnknownEvent, StatusEvent, UnknownEvent]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"\xff\xfe\x00",
        b"{" * 100_000,
        b"[" * 900 + b"]" * 900,
        b'{"object":"page","entry":[]}',
        b'{"object":"whatsapp_business_account"}',
        b'{"object":"whatsapp_business_account","entry":{}}',
        b'{"object":"whatsapp_business_account","entry":[{"changes":[]}]}',
        b'{"object":"whatsapp_business_account","entry":[{"changes":[{"field":"messages"}]}]}',
        b'{"object":"whatsapp_business_account","entry":[{"changes":[{"field":["a"],"value":1}]}]}',
        b'{"object":' + b"9" * 5000 + b"}",
    ],
)
def test_whatever_it_is_it_is_kept_as_unknown(body: bytes) -> None:
    assert [type(event) for event in callbacks.parse(body)] == [UnknownEvent]


def storable(value: Any) -> bool:
    """Whether PostgreSQL takes it as jsonb: neither NUL, surrogates nor infinities."""
    written = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return "\\u0000" not in written and bool(written.encode())


@pytest.mark.parametrize(
    "words", ['"a\\u0000b"', '"\\ud800"', '"x \\udfff"', "1e999", "NaN", "-Infinity"]
)
def test_what_cannot_be_stored_is_replaced(words: str) -> None:
    body = envelope(CHANGES["text"]).replace(b'"BAJA"', words.encode())
    (event,) = callbacks.parse(body)
    assert isinstance(event, InboundEvent)
    assert storable(event.raw)
    assert event.text is None or storable(event.text)


@pytest.mark.parametrize("raw", [b"\xed\xa0\x80", b"\xff", b"\xc3"])
def test_bytes_that_are_no_utf8_are_replaced(raw: bytes) -> None:
    (event,) = callbacks.parse(envelope(CHANGES["text"]).replace(b"BAJA", raw))
    assert isinstance(event, InboundEvent)
    assert event.text is not None
    assert storable(event.text)


def test_other_encodings_do_not_slip_through() -> None:
    body = envelope(CHANGES["text"]).decode().encode("utf-16")
    assert [type(event) for event in callbacks.parse(body)] == [UnknownEvent]


def test_emoji_survive() -> None:
    body = envelope(CHANGES["text"]).replace(b"BAJA", rb"caf\u00e9 \ud83d\ude00 \/")
    (event,) = callbacks.parse(body)
    assert isinstance(event, InboundEvent)
    assert event.text == "café 😀 /"


@pytest.mark.parametrize(
    "seconds", ["", "x", "1750030073000", -1, 0, 1e9, None, True, [], "9" * 40]
)
def test_times_that_are_none(seconds: object) -> None:
    status = CHANGES["delivered"]["value"]["statuses"][0] | {"timestamp": seconds}
    value = {"statuses": [status]}
    (event,) = callbacks.parse(envelope({"field": "messages", "value": value}))
    assert isinstance(event, StatusEvent)
    assert event.at is None


def test_a_full_batch_is_read_in_time() -> None:
    statuses = CHANGES["delivered"]["value"]["statuses"] * 1000
    body = envelope({"field": "messages", "value": {"statuses": statuses}})
    start = process_time()
    assert len(callbacks.parse(body)) == 1000
    assert process_time() - start < 0.5


LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["text", "system", "interactive", "button", "image", "sent", "1750030073"])
)
JSON = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=8,
)


@st.composite
def spoilt(draw: st.DrawFn) -> bytes:
    """A real change in which any part was replaced by any JSON."""

    def spoil(value: Any) -> Any:
        if draw(st.integers(0, 9)) == 0:
            return draw(JSON)
        if isinstance(value, dict):
            return {key: spoil(item) for key, item in value.items()}
        return [spoil(item) for item in value] if isinstance(value, list) else value

    changes = draw(st.lists(st.sampled_from(sorted(CHANGES)), min_size=1, max_size=2))
    document = json.loads(envelope(*(CHANGES[name] for name in changes), time=1750030073))
    return json.dumps(document | {"entry": spoil(document["entry"])}).encode()


@pytest.mark.fuzz
@pytest.mark.timeout(0)
@given(spoilt())
def test_spoilt_callbacks_never_raise_and_stay_storable(body: bytes) -> None:
    events = callbacks.parse(body)
    assert events
    for event in events:
        assert storable(event.raw)


@pytest.mark.fuzz
@pytest.mark.timeout(0)
@given(st.binary(max_size=200))
def test_noise_never_raises(body: bytes) -> None:
    assert len(callbacks.parse(body)) == 1
