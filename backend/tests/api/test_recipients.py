"""The recipients resource, one person at a time."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from app.models.recipients import ConsentEvent, Recipient
from tests.factories import recipients as people
from tests.factories import workspaces

URL = "/api/v1/recipients"
MADRID = "+34612345678"


def create(client: TestClient, **body: Any) -> dict[str, Any]:
    answer = client.post(URL, json={"phone": MADRID, **body})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def refusal(answer: Any, status: int = 422) -> tuple[str, str]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    error = answer.json()["errors"][0]
    return error["field"], error["code"]


def test_creates_a_person_with_what_the_number_tells(owner: TestClient) -> None:
    made = create(owner, phone="+34 612 34 56 78", name="Ana", attributes={"vip": True, "n": 3})
    assert made["phone"] == MADRID
    assert (made["country"], made["reachable"], made["version"]) == ("ES", True, 1)
    assert made["attributes"] == {"vip": True, "n": 3}
    assert made["consent"] == {
        "marketing": "unknown",
        "all": "allowed",
        "source": None,
        "at": None,
    }
    assert "warnings" not in made
    answer = owner.get(f"{URL}/{made['id']}")
    assert answer.json() == made
    assert answer.headers["ETag"] == '"1"'


@pytest.mark.parametrize(
    "body, zone, source",
    [
        ({"phone": "+919812345678"}, "Asia/Kolkata", "phone"),
        ({"phone": "+14155552671"}, "UTC", "workspace"),
        ({"phone": "+919812345678", "timezone": "Europe/Paris"}, "Europe/Paris", "explicit"),
        ({"phone": None, "whatsapp_user_id": "US.13491208655302741918"}, "UTC", "workspace"),
    ],
)
def test_finds_the_time_zone(owner: TestClient, body: Any, zone: str, source: str) -> None:
    made = create(owner, **body)
    assert (made["timezone"], made["timezone_source"]) == (zone, source)


def test_reads_local_numbers_by_the_country(owner: TestClient) -> None:
    assert create(owner, phone="612 34 56 78", country="ES")["phone"] == MADRID
    assert create(owner, phone="(415) 555-2671")["phone"] == "+14155552671"


@pytest.mark.parametrize(
    "body, expected",
    [
        ({"phone": "nonsense"}, ("phone", "invalid_phone")),
        ({"phone": "+1415555"}, ("phone", "invalid_phone")),
        ({"phone": "5.21E+12"}, ("phone", "invalid_phone")),
        ({}, ("phone", "required")),
        ({"phone": MADRID, "timezone": "Mars/Olympus"}, ("timezone", "unknown_timezone")),
        ({"phone": MADRID, "country": "Spain"}, ("country", "string_pattern_mismatch")),
        ({"phone": MADRID, "language": "Spanish!"}, ("language", "invalid")),
        ({"phone": MADRID, "name": "x" * 201}, ("name", "too_long")),
        ({"phone": MADRID, "name": "a\x00b"}, ("name", "nul_character")),
        ({"phone": MADRID, "surname": "x"}, ("surname", "unknown_field")),
        ({"phone": MADRID, "version": 2}, ("version", "read_only")),
        ({"phone": MADRID, "username": "ana"}, ("username", "not_supported_yet")),
        ({"phone": MADRID, "attributes": {"a b": 1}}, ("attributes.a b", "invalid_name")),
        ({"phone": MADRID, "attributes": {"a": "x" * 1025}}, ("attributes.a", "too_long")),
        ({"phone": MADRID, "attributes": {"a": 2**60}}, ("attributes.a", "out_of_range")),
        ({"whatsapp_user_id": "13491208"}, ("whatsapp_user_id", "invalid")),
        (
            {"phone": MADRID, "group_ids": ["01890000-0000-7000-8000-000000000000"]},
            ("group_ids.0", "unknown_reference"),
        ),
    ],
)
def test_names_what_is_wrong(owner: TestClient, body: Any, expected: tuple[str, str]) -> None:
    assert refusal(owner.post(URL, json=body)) == expected


@pytest.mark.parametrize(
    "raw",
    [
        b'{"phone": "+34612345678", "attributes": {"a": 1e999}}',
        b'{"phone": "+34612345678", "attributes": {"a": NaN}}',
        b'{"phone": "+34612345678", "attributes": {"a": "\\ud800"}}',
        b'{"phone": "+34612345678", "attributes": {"\\ud800": 1}}',
        b'{"phone": "+34612345678", "name": "\\ud800"}',
        b'{"phone": "+34612345678", "\\ud800": 1}',
    ],
)
def test_refuses_what_json_readers_disagree_on(owner: TestClient, raw: bytes) -> None:
    answer = owner.post(URL, content=raw, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422, answer.text


def test_keeps_an_invalid_number_only_when_asked(owner: TestClient) -> None:
    number = "+15555550123"
    assert refusal(owner.post(URL, json={"phone": number})) == ("phone", "invalid_phone")
    made = create(owner, phone=number, allow_invalid=True)
    assert (made["reachable"], made["unreachable_reason"]) == (False, "number_not_valid")


def test_refuses_a_duplicate_by_its_field(owner: TestClient) -> None:
    create(owner, external_id="crm-1")
    again = owner.post(URL, json={"phone": "0034 612345678", "country": "ES"})
    assert again.json()["code"] == "duplicate"
    assert refusal(again, 409) == ("phone", "duplicate")
    other = {"phone": "+34612345679", "external_id": "crm-1"}
    assert refusal(owner.post(URL, json=other), 409) == ("external_id", "duplicate")


def test_takes_the_callers_own_id_in_paths(owner: TestClient) -> None:
    made = create(owner, external_id="crm:7")
    assert owner.get(f"{URL}/external:crm:7").json()["id"] == made["id"]
    assert owner.get(f"{URL}/external:other").status_code == 404
    assert owner.get(f"{URL}/no-id").status_code == 404
    assert owner.get(f"{URL}/external:a%00b").status_code == 404


def test_changes_only_what_is_given(owner: TestClient) -> None:
    made = create(owner, name="Ana", language="es", attributes={"city": "Madrid", "old": 1})
    changed = owner.patch(
        f"{URL}/{made['id']}",
        json={"name": "Ana B", "language": None, "attributes": {"old": None, "new": "x"}},
        headers={"If-Match": '"1"'},
    )
    assert changed.status_code == 200, changed.text
    after = changed.json()
    assert (after["name"], after["language"], after["version"]) == ("Ana B", None, 2)
    assert after["attributes"] == {"city": "Madrid", "new": "x"}
    assert after["phone"] == MADRID
    stale = owner.patch(f"{URL}/{made['id']}", json={"name": "C"}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412


def test_a_new_number_brings_its_country_and_zone(owner: TestClient, session: Session) -> None:
    made = create(owner, phone="+919812345678")
    row = session.get_one(Recipient, made["id"])
    row.wa_id = "919812345678"
    session.commit()
    moved = owner.patch(f"{URL}/{made['id']}", json={"phone": MADRID}).json()
    assert (moved["country"], moved["timezone"], moved["wa_id"]) == ("ES", "UTC", None)
    chosen = owner.patch(f"{URL}/{made['id']}", json={"timezone": "Asia/Tokyo"}).json()
    assert chosen["timezone_source"] == "explicit"
    kept = owner.patch(f"{URL}/{made['id']}", json={"phone": "+919812345678"}).json()
    assert (kept["country"], kept["timezone"]) == ("IN", "Asia/Tokyo")
    guessed = owner.patch(f"{URL}/{made['id']}", json={"timezone": None}).json()
    assert (guessed["timezone"], guessed["timezone_source"]) == ("Asia/Kolkata", "phone")


def test_an_edit_cannot_take_somebody_elses_number(owner: TestClient) -> None:
    create(owner)
    other = create(owner, phone="+34612345679")
    answer = owner.patch(f"{URL}/{other['id']}", json={"phone": MADRID})
    assert refusal(answer, 409) == ("phone", "duplicate")
    answer = owner.patch(f"{URL}/{other['id']}", json={"phone": None})
    assert refusal(answer) == ("phone", "required")


def test_only_the_consent_call_undoes_an_opt_out(owner: TestClient, session: Session) -> None:
    made = create(owner, consent={"marketing": "opted_out", "source": "phone call"})
    url = f"{URL}/{made['id']}"
    wish = {"consent": {"marketing": "opted_in", "source": "form"}}
    kept = owner.patch(url, json=wish).json()
    assert kept["consent"]["marketing"] == "opted_out"
    assert kept["warnings"] == [{"index": 0, "code": "opt_out_kept"}]
    undone = owner.post(
        f"{url}/consent", json={"marketing": "opted_in", "source": "shop", "evidence": "form 7"}
    )
    assert undone.status_code == 200
    assert undone.json()["consent"]["marketing"] == "opted_in"
    stopped = owner.post(f"{url}/consent", json={"all": "opted_out", "source": "letter"}).json()
    assert (stopped["consent"]["marketing"], stopped["consent"]["all"]) == (
        "opted_in",
        "opted_out",
    )
    events = session.scalars(
        select(ConsentEvent)
        .where(ConsentEvent.recipient_id == made["id"])
        .order_by(ConsentEvent.id)
    ).all()
    assert [(e.about, e.value, e.source, e.evidence) for e in events] == [
        ("marketing", "opted_out", "phone call", None),
        ("marketing", "opted_in", "shop", "form 7"),
        ("all", "opted_out", "letter", None),
    ]
    assert refusal(owner.post(f"{url}/consent", json={"source": "x"})) == ("marketing", "required")
    assert refusal(owner.post(f"{url}/consent", json={"marketing": "opted_in"})) == (
        "source",
        "required",
    )


def test_narrows_the_list(owner: TestClient) -> None:
    ana = create(owner, name="Ana María 100%", external_id="crm-1")
    ben = create(
        owner,
        phone="+14155552671",
        name="Ben",
        consent={"marketing": "opted_in", "source": "form"},
    )
    cases = {
        "q=maría": [ana],
        "q=100%25": [ana],
        "q=%25": [ana],
        "q=crm-1": [ana],
        "q=415 555": [ben],
        "phone=%2B34612345678": [ana],
        "phone=+34612345678": [ana],
        "phone=4155552671": [ben],
        "external_id=crm-1": [ana],
        "consent=opted_in": [ben],
        "reachable=false": [],
        "q=nobody": [],
    }
    for query, expected in cases.items():
        answer = owner.get(f"{URL}?{query}")
        assert answer.status_code == 200, answer.text
        found = [item["id"] for item in answer.json()["items"]]
        assert found == [item["id"] for item in expected], query
    assert owner.get(f"{URL}?consent=maybe").status_code == 422
    assert owner.get(f"{URL}?group_id=x").status_code == 422
    assert owner.get(f"{URL}?q=a%00b").status_code == 422
    assert owner.get(f"{URL}?phone=abc").status_code == 422


def test_pages_stay_in_place_under_inserts(owner: TestClient) -> None:
    made = [create(owner, phone=f"+3461234567{n}")["id"] for n in range(5)]
    first = owner.get(f"{URL}?limit=2&include_total=true").json()
    assert first["total"] == 5
    create(owner, phone="+34612345679")
    second = owner.get(f"{URL}?limit=2&cursor={first['next_cursor']}").json()
    third = owner.get(f"{URL}?limit=2&cursor={second['next_cursor']}").json()
    seen = [item["id"] for page in (first, second, third) for item in page["items"]]
    assert seen == made[::-1]
    assert third["next_cursor"] is None


def test_erasing_leaves_a_tombstone(owner: TestClient, session: Session) -> None:
    made = create(
        owner,
        name="Ana",
        external_id="crm-1",
        attributes={"city": "Madrid"},
        consent={"marketing": "opted_in", "source": "form", "evidence": "scan"},
    )
    assert owner.delete(f"{URL}/{made['id']}").status_code == 204
    assert owner.get(f"{URL}/{made['id']}").status_code == 404
    assert owner.delete(f"{URL}/{made['id']}").status_code == 404
    assert owner.patch(f"{URL}/{made['id']}", json={"name": "x"}).status_code == 404
    session.expire_all()
    row = session.get_one(Recipient, made["id"])
    assert (row.name, row.phone, row.external_id, row.attributes) == ("", None, None, {})
    assert row.erased_at is not None
    assert not session.scalars(select(ConsentEvent)).all()
    assert create(owner)["id"] != made["id"]


def test_other_workspaces_see_nothing(owner: TestClient, session: Session) -> None:
    foreign = people.recipient(session, workspaces.workspace(session).id, "+34612345670")
    session.commit()
    url = f"{URL}/{foreign.id}"
    assert owner.get(url).status_code == 404
    assert owner.patch(url, json={"name": "x"}).status_code == 404
    assert owner.delete(url).status_code == 404
    consent = {"marketing": "opted_in", "source": "x"}
    assert owner.post(f"{url}/consent", json=consent).status_code == 404
    assert owner.get(URL).json()["items"] == []
    create(owner, phone="+34612345670")


def test_a_repeated_key_makes_one_person(owner: TestClient) -> None:
    key = {"Idempotency-Key": "k-1"}
    first = owner.post(URL, json={"phone": MADRID}, headers=key)
    again = owner.post(URL, json={"phone": MADRID}, headers=key)
    assert again.json() == first.json()
    assert again.headers["Idempotency-Replayed"] == "true"


def test_merging_is_not_built_yet(owner: TestClient) -> None:
    made = create(owner)
    answer = owner.post(f"{URL}/{made['id']}/merge", json={"into": made["id"]})
    assert refusal(answer) == ("into", "not_supported_yet")
