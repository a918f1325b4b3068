"""How requests that nobody can serve are refused."""

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
