"""How requests that nobody can serve are refused."""

import pytest
from starlette.testclient import TestClient


def test_a_body_that_is_no_text_is_named(owner: TestClient) -> None:
    headers = {"Content-Type": "application/json"}
    answer = owner.post("/api/v1/api-keys", content=b"\xff\xfe\x00", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_body")


def test_other_methods_are_refused_with_those_there_are(owner: TestClient) -> None:
    cases = [
        ("GET", "/auth/login", "POST"),
        ("PUT", "/workspace", "GET, PATCH"),
        ("DELETE", "/invitations/accept", "POST"),
        ("GET", "/auth/password", "POST"),
    ]
    for method, path, allowed in cases:
        answer = owner.request(method, f"/api/v1{path}")
        assert (answer.status_code, answer.headers["Allow"]) == (405, allowed), path
        assert answer.json()["code"] == "method_not_allowed"


def test_unknown_paths_of_programs_never_answer_with_the_dashboard(owner: TestClient) -> None:
    for path in ("/api/v1/nothing", "/webhook/other", "/health/other", "/docs/other"):
        answer = owner.get(path)
        assert answer.status_code == 404, path
        assert answer.headers["content-type"] == "application/problem+json"


def test_a_key_counts_for_posts_only(owner: TestClient) -> None:
    headers = {"Idempotency-Key": "once"}
    made = owner.post("/api/v1/api-keys", json={"name": "K", "scopes": ["admin"]}, headers=headers)
    assert made.status_code == 201
    for name in ("A", "B"):
        answer = owner.patch("/api/v1/workspace", json={"name": name}, headers=headers)
        assert (answer.status_code, answer.json()["name"]) == (200, name)


KEYS = "/api/v1/api-keys"
JSON = b'{"name": "K", "scopes": ["admin"]}'


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain", None])
def test_a_body_of_another_kind_is_told_which_kind_to_send(
    owner: TestClient, kind: str | None
) -> None:
    headers = {"Content-Type": kind} if kind else {}
    answer = owner.post(KEYS, content=JSON, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")
    assert "Content-Type: application/json" in answer.json()["detail"]
    assert kind is None or f"not {kind}" in answer.json()["detail"]


def test_an_upload_is_told_the_same(owner: TestClient) -> None:
    answer = owner.post("/api/v1/recipients/imports", json={"file": "name,phone"})
    assert answer.status_code == 415
    assert "Content-Type: multipart/form-data" in answer.json()["detail"]


def test_the_kind_is_no_reason_where_it_fits_or_nothing_was_sent(
    owner: TestClient, anonymous: TestClient
) -> None:
    json_of_a_kind = {"Content-Type": "application/vnd.api+json; charset=utf-8"}
    assert owner.post(KEYS, content=JSON, headers=json_of_a_kind).status_code == 201
    assert owner.post(KEYS, content=b"{}", headers=json_of_a_kind).status_code == 422
    assert owner.post(KEYS).status_code == 422
    anonymous.headers.pop("Authorization")
    assert anonymous.post(KEYS, content=JSON).status_code == 401


def test_a_field_within_a_field_is_named_whole(owner: TestClient) -> None:
    timing = {"kind": "once", "at": "2026-12-01T09:00", "start": "2026-12-01T09:00"}
    answer = owner.post("/api/v1/schedules", json={"timing": timing}).json()
    codes = {error["field"]: error["code"] for error in answer["errors"]}
    assert codes["timing.start"] == "not_supported_yet"
    assert codes["message_id"] == "required"
