"""API keys."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import event, func, update
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from app.core import api_keys as key_format
from app.core import clock, db
from app.models.api_keys import ApiKey
from tests.factories import workspaces

BODY: dict[str, Any] = {"name": "Booking", "scopes": ["groups:read", "messages:write"]}


def test_a_key_is_shown_once_and_works(owner: TestClient) -> None:
    headers = {"Idempotency-Key": "make-1"}
    made = owner.post("/api/v1/api-keys", json=BODY, headers=headers)
    assert made.status_code == 201, made.text
    key = made.json()["key"]
    assert key.startswith(made.json()["prefix"])
    replay = owner.post("/api/v1/api-keys", json=BODY, headers=headers)
    assert replay.headers["Idempotency-Replayed"] == "true"
    assert "key" not in replay.json()
    assert replay.json()["id"] == made.json()["id"]
    listed = owner.get("/api/v1/api-keys").json()["items"]
    assert [k["id"] for k in listed] == [made.json()["id"]]
    assert "key" not in listed[0]
    owner.headers["Authorization"] = f"Bearer {key}"
    assert owner.get("/api/v1/workspace").json()["code"] == "missing_scope"


def test_a_revoked_key_stops_at_once(owner: TestClient) -> None:
    made = owner.post("/api/v1/api-keys", json={"name": "All", "scopes": ["admin"]}).json()
    path = f"/api/v1/api-keys/{made['id']}"
    assert owner.delete(path).status_code == 204
    assert owner.delete(path).status_code == 404
    assert owner.get("/api/v1/api-keys").json()["items"] == []
    owner.headers["Authorization"] = f"Bearer {made['key']}"
    assert owner.get("/api/v1/workspace").status_code == 401


def test_no_key_makes_keys(owner: TestClient) -> None:
    made = owner.post("/api/v1/api-keys", json={"name": "All", "scopes": ["admin"]}).json()
    owner.headers["Authorization"] = f"Bearer {made['key']}"
    refused = owner.post("/api/v1/api-keys", json=BODY)
    assert (refused.status_code, refused.json()["code"]) == (403, "person_needed")
    assert owner.get("/api/v1/api-keys").status_code == 200


def test_says_what_is_wrong(owner: TestClient) -> None:
    cases: list[tuple[dict[str, Any], str, str]] = [
        ({"scopes": ["groups:read", "groups:fly"]}, "scopes.1", "unknown_value"),
        ({"scopes": []}, "scopes", "too_few"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "expires_at", "in_past"),
        ({"expires_at": "2099-01-01T00:00:00"}, "expires_at", "invalid"),
        ({"name": " "}, "name", "too_short"),
        ({"key": "wsk_mine"}, "key", "read_only"),
    ]
    for change, field, code in cases:
        answer = owner.post("/api/v1/api-keys", json=BODY | change)
        assert answer.status_code == 422, answer.text
        assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [(field, code)]


def test_other_workspaces_keys_are_not_there(owner: TestClient, session: Session) -> None:
    made = owner.post("/api/v1/api-keys", json=BODY).json()
    owner.headers["Authorization"] = f"Bearer {workspaces.owner_token(session)}"
    assert owner.get("/api/v1/api-keys").json()["items"] == []
    assert owner.delete(f"/api/v1/api-keys/{made['id']}").status_code == 404


def test_only_admins_see_keys_and_members(owner: TestClient, session: Session) -> None:
    here = workspaces.workspace(session)
    token = workspaces.member_token(session, here.id, role="editor")
    owner.headers["Authorization"] = f"Bearer {token}"
    for path in ("api-keys", "members"):
        assert owner.get(f"/api/v1/{path}").json()["code"] == "missing_scope"


def test_an_answer_is_not_repeated_to_who_may_not_have_it(
    owner: TestClient, session: Session
) -> None:
    headers = {"Idempotency-Key": "make-1"}
    made = owner.post("/api/v1/api-keys", json=BODY, headers=headers).json()
    here = owner.get("/api/v1/workspace").json()["id"]
    viewer = workspaces.member_token(session, here, role="viewer")
    for token, code in ((viewer, "missing_scope"), (made["key"], "person_needed")):
        owner.headers["Authorization"] = f"Bearer {token}"
        refused = owner.post("/api/v1/api-keys", json=BODY, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (403, code)


def test_an_expired_key_stops(owner: TestClient, session: Session) -> None:
    later = (clock.now() + timedelta(hours=1)).isoformat()
    made = owner.post("/api/v1/api-keys", json=BODY | {"expires_at": later}).json()
    owner.headers["Authorization"] = f"Bearer {made['key']}"
    assert owner.get("/api/v1/groups").status_code == 200
    session.execute(update(ApiKey).values(expires_at=func.clock_timestamp()))
    session.commit()
    assert owner.get("/api/v1/groups").json()["code"] == "token_invalid"


def test_how_a_key_begins_is_not_enough(owner: TestClient) -> None:
    made, other = (owner.post("/api/v1/api-keys", json=BODY).json()["key"] for _ in range(2))
    body = made[: made.rindex("_")] + other[other.rindex("_") : -6]
    owner.headers["Authorization"] = f"Bearer {body}{key_format._checksum(body)}"
    assert owner.get("/api/v1/groups").json()["code"] == "token_invalid"


def test_use_is_noted_at_most_once_a_minute(owner: TestClient, session: Session) -> None:
    made = owner.post("/api/v1/api-keys", json=BODY).json()
    path, boss = "/api/v1/api-keys", owner.headers["Authorization"]
    owner.headers["Authorization"] = f"Bearer {made['key']}"
    updates: list[str] = []

    def note(_c: Any, _k: Any, statement: str, *_: Any) -> None:
        updates.extend([statement] if "SET last_used_at=clock" in statement else [])

    event.listen(db.engine(), "before_cursor_execute", note)
    try:
        for noted in (1, 1, 1, 2):
            assert owner.get("/api/v1/groups").status_code == 200
            assert len(updates) == noted
            _age(session, seconds=21)
    finally:
        event.remove(db.engine(), "before_cursor_execute", note)
    owner.headers["Authorization"] = boss
    used_at = owner.get(path).json()["items"][0]["last_used_at"]
    assert clock.now() - datetime.fromisoformat(used_at) < timedelta(seconds=50)


def _age(session: Session, *, seconds: int) -> None:
    session.execute(update(ApiKey).values(last_used_at=ApiKey.last_used_at - timedelta(0, seconds)))
    session.commit()
