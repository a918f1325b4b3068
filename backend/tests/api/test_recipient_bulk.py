"""Many recipients in one call."""

from typing import Any

from sqlalchemy import event, func, select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from app.core import db
from app.models.recipients import ConsentEvent, GroupMember, Recipient

URL = "/api/v1/recipients/bulk"
ANA, BEN, EVA = "+34612345678", "+34612345679", "+34612345680"


def bulk(client: TestClient, *items: Any, **options: Any) -> dict[str, Any]:
    answer = client.post(URL, json={"items": items, **options})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def counts(answer: dict[str, Any]) -> tuple[int, int, int]:
    return answer["created"], answer["updated"], answer["skipped"]


def by_phone(client: TestClient, phone: str) -> dict[str, Any]:
    found = client.get("/api/v1/recipients", params={"phone": phone}).json()["items"]
    assert len(found) == 1
    item: dict[str, Any] = found[0]
    return item


def test_keeps_the_good_and_names_the_bad(owner: TestClient) -> None:
    answer = bulk(
        owner,
        {"phone": ANA, "name": "Ana"},
        {"phone": "nonsense"},
        {"phone": BEN, "nmae": "x"},
        {"name": "nobody"},
        "no object",
        {"phone": EVA, "name": "a\x00b"},
        {"phone": EVA, "group_ids": ["01890000-0000-7000-8000-000000000000"]},
        {"phone": BEN},
    )
    assert counts(answer) == (2, 0, 0)
    assert [(e["index"], e["field"], e["code"]) for e in answer["errors"]] == [
        (1, "phone", "invalid_phone"),
        (2, "nmae", "unknown_field"),
        (3, "phone", "required"),
        (4, "body", "model_type"),
        (5, "name", "nul_character"),
        (6, "group_ids.0", "unknown_reference"),
    ]
    assert all(error["message"] for error in answer["errors"])


def test_says_what_is_wrong_with_the_call_itself(owner: TestClient) -> None:
    for body, field in (
        ({}, "items"),
        ({"items": [{}] * 10_001}, "items"),
        ({"items": [], "on_conflict": "merge"}, "on_conflict"),
        ({"items": [], "group": 1}, "group"),
        (
            {"items": [], "group_ids": ["01890000-0000-7000-8000-000000000000"]},
            "group_ids.0",
        ),
    ):
        answer = owner.post(URL, json=body)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == field


def test_treats_known_people_as_asked(owner: TestClient) -> None:
    bulk(owner, {"phone": ANA, "name": "Ana", "attributes": {"a": 1}, "external_id": "1"})
    again = {"phone": ANA, "name": "Other", "attributes": {"b": 2}}
    assert counts(bulk(owner, again)) == (0, 0, 1)
    refused = bulk(owner, again, {"phone": BEN}, on_conflict="error")
    assert counts(refused) == (1, 0, 0)
    assert [(e["index"], e["field"], e["code"]) for e in refused["errors"]] == [
        (0, "phone", "duplicate")
    ]
    assert by_phone(owner, ANA)["name"] == "Ana"
    assert counts(bulk(owner, again, on_conflict="update")) == (0, 1, 0)
    after = by_phone(owner, ANA)
    assert (after["name"], after["attributes"]) == ("Other", {"a": 1, "b": 2})
    assert (after["external_id"], after["version"]) == ("1", 2)


def test_finds_people_by_their_own_id_and_changes_the_number(owner: TestClient) -> None:
    bulk(owner, {"phone": ANA, "external_id": "1"}, {"phone": BEN, "external_id": "2"})
    moved = bulk(owner, {"phone": EVA, "external_id": "1"}, on_conflict="update")
    assert counts(moved) == (0, 1, 0)
    assert by_phone(owner, EVA)["external_id"] == "1"
    torn = bulk(owner, {"phone": BEN, "external_id": "1"}, on_conflict="update")
    assert counts(torn) == (0, 0, 0)
    assert torn["errors"][0]["code"] == "duplicate"


def test_judges_duplicates_in_the_body_one_after_the_other(owner: TestClient) -> None:
    twice = [{"phone": ANA, "name": "A"}, {"phone": "612345678", "country": "ES", "name": "B"}]
    assert counts(bulk(owner, *twice)) == (1, 0, 1)
    assert by_phone(owner, ANA)["name"] == "A"
    more = [{"phone": BEN, "name": "A", "language": "es"}, {"phone": BEN, "name": "B"}]
    assert counts(bulk(owner, *more, on_conflict="update")) == (1, 1, 0)
    assert (by_phone(owner, BEN)["name"], by_phone(owner, BEN)["language"]) == ("B", "es")
    last = bulk(owner, {"phone": EVA}, {"phone": EVA}, on_conflict="error")
    assert counts(last) == (1, 0, 0)
    assert last["errors"][0]["index"] == 1


def test_never_turns_an_opt_out_into_an_opt_in(owner: TestClient, session: Session) -> None:
    out = {"consent": {"marketing": "opted_out", "source": "call"}}
    yes = {"consent": {"marketing": "opted_in", "source": "form", "evidence": "scan 1"}}
    bulk(owner, {"phone": ANA, **out}, {"phone": BEN})
    answer = bulk(
        owner,
        {"phone": BEN, **yes},
        {"phone": ANA, **yes},
        {"phone": EVA, **out},
        {"phone": EVA, **yes},
        on_conflict="update",
    )
    assert counts(answer) == (1, 3, 0)
    assert answer["warnings"] == [
        {"index": 1, "code": "opt_out_kept"},
        {"index": 3, "code": "opt_out_kept"},
    ]
    assert by_phone(owner, ANA)["consent"]["marketing"] == "opted_out"
    assert by_phone(owner, EVA)["consent"]["marketing"] == "opted_out"
    assert by_phone(owner, BEN)["consent"]["source"] == "form"
    values = session.scalars(select(ConsentEvent.value)).all()
    assert sorted(values) == ["opted_in", "opted_out", "opted_out"]


def test_everybody_named_joins_the_groups(owner: TestClient, session: Session) -> None:
    ids = [
        owner.post("/api/v1/groups", json={"name": name}).json()["id"] for name in ("All", "One")
    ]
    bulk(owner, {"phone": ANA})
    bulk(owner, {"phone": ANA}, {"phone": BEN, "group_ids": [ids[1]]}, group_ids=[ids[0]])
    assert owner.get(f"/api/v1/groups/{ids[0]}").json()["size"] == 2
    assert sorted(by_phone(owner, BEN)["group_ids"]) == sorted(ids)
    assert session.scalar(select(func.count()).select_from(GroupMember)) == 3


def test_ten_thousand_take_few_statements(owner: TestClient, session: Session) -> None:
    items = [
        {
            "phone": f"+52155{10_000_000 + n}",
            "name": f"Person {n}",
            "attributes": {"city": "Lima"},
            "consent": {"marketing": "opted_in", "source": "fair"},
        }
        for n in range(10_000)
    ]
    statements: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    event.listen(db.engine(), "before_cursor_execute", note)
    try:
        assert counts(bulk(owner, *items, on_conflict="update")) == (10_000, 0, 0)
        assert counts(bulk(owner, *items, on_conflict="update")) == (0, 10_000, 0)
    finally:
        event.remove(db.engine(), "before_cursor_execute", note)
    assert session.scalar(select(func.count()).select_from(Recipient)) == 10_000
    assert len(statements) < 60
