"""Log-in, sessions, passwords."""

from datetime import timedelta

import pytest
from sqlalchemy import func, update
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from app.api import browser
from app.core.config import Settings
from app.models.users import UserSession
from tests.api.test_setup import OWNER
from tests.factories import workspaces

LOG_IN = {"email": OWNER["email"], "password": OWNER["password"]}


@pytest.fixture
def person(local: TestClient) -> TestClient:
    """A browser with the refresh cookie and the access token of an owner."""
    token = local.post("/api/v1/setup", json=OWNER).json()["access_token"]
    local.headers["Authorization"] = f"Bearer {token}"
    return local


def _cookie(client: TestClient) -> str:
    return client.cookies["refresh"]


def _use(client: TestClient, cookie: str) -> None:
    client.cookies.clear()
    client.cookies.set("refresh", cookie, domain="127.0.0.1", path="/api/v1/auth")


def test_logs_in_whatever_the_case_of_the_address(person: TestClient) -> None:
    answer = person.post("/api/v1/auth/login", json=LOG_IN | {"email": "ANA@Example.com"})
    assert answer.status_code == 200
    assert answer.json()["expires_in"] == 600
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("refresh=")
    for attribute in ("HttpOnly", "SameSite=strict", "Path=/api/v1/auth", "Max-Age=2592000"):
        assert attribute in cookie


def test_unknown_people_and_wrong_passwords_get_the_same_answer(person: TestClient) -> None:
    answers = [
        person.post("/api/v1/auth/login", json=LOG_IN | change)
        for change in ({"password": "wrong"}, {"email": "nobody@example.com"})
    ]
    bodies = [a.json() | {"request_id": None} for a in answers]
    assert [a.status_code for a in answers] == [401, 401]
    assert bodies[0] == bodies[1]
    assert bodies[0]["code"] == "invalid_credentials"


def test_over_https_the_cookie_belongs_to_this_host_alone(
    person: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUBLIC_URL", "https://wa.example.com")
    secure = Settings()
    monkeypatch.setattr(browser, "settings", lambda: secure)
    cookie = person.post("/api/v1/auth/login", json=LOG_IN).headers["set-cookie"]
    assert cookie.startswith("__Host-refresh=")
    assert "Secure" in cookie
    assert "Path=/;" in cookie
    assert "Domain" not in cookie


def test_refresh_rotates_and_gives_the_same_successor_within_grace(person: TestClient) -> None:
    first = _cookie(person)
    assert person.post("/api/v1/auth/refresh").status_code == 200
    second = _cookie(person)
    _use(person, first)
    again = person.post("/api/v1/auth/refresh")
    assert again.status_code == 200
    assert _cookie(person) == second != first
    person.headers["Authorization"] = f"Bearer {again.json()['access_token']}"
    assert person.get("/api/v1/auth/me").status_code == 200


def test_reuse_after_the_grace_ends_the_family(person: TestClient, session: Session) -> None:
    first = _cookie(person)
    person.post("/api/v1/auth/refresh")
    second = _cookie(person)
    session.execute(update(UserSession).values(rotated_at=func.now() - timedelta(seconds=31)))
    session.commit()
    _use(person, first)
    refused = person.post("/api/v1/auth/refresh")
    assert (refused.status_code, refused.json()["code"]) == (401, "session_ended")
    _use(person, second)
    assert person.post("/api/v1/auth/refresh").status_code == 401
    assert person.get("/api/v1/auth/me").status_code == 401


def test_a_token_rotated_out_long_ago_ends_the_family_too(person: TestClient) -> None:
    first = _cookie(person)
    for _ in range(2):
        person.post("/api/v1/auth/refresh")
    third = _cookie(person)
    _use(person, first)
    assert person.post("/api/v1/auth/refresh").status_code == 401
    _use(person, third)
    assert person.post("/api/v1/auth/refresh").status_code == 401


def test_a_made_up_token_ends_nothing(person: TestClient) -> None:
    good = _cookie(person)
    _use(person, good[:-4] + "AAAA")
    assert person.post("/api/v1/auth/refresh").status_code == 401
    _use(person, good)
    assert person.post("/api/v1/auth/refresh").status_code == 200


def test_logging_out_stops_access_tokens_at_once(person: TestClient) -> None:
    assert person.post("/api/v1/auth/logout").status_code == 204
    assert "refresh" not in person.cookies
    assert person.get("/api/v1/auth/me").status_code == 401
    assert person.post("/api/v1/auth/logout").status_code == 204


def test_a_program_logs_out_by_its_access_token(person: TestClient) -> None:
    person.cookies.clear()
    person.post("/api/v1/auth/logout")
    assert person.get("/api/v1/auth/me").status_code == 401


def test_me_is_a_person_or_a_key(person: TestClient) -> None:
    me = person.get("/api/v1/auth/me").json()
    assert me["user"]["email"] == OWNER["email"]
    assert me["workspace"]["name"] == OWNER["workspace_name"]
    assert me["api_key"] is None
    assert "admin" in me["scopes"]
    key = person.post("/api/v1/api-keys", json={"name": "K", "scopes": ["groups:read"]}).json()
    person.headers["Authorization"] = f"Bearer {key['key']}"
    me = person.get("/api/v1/auth/me").json()
    assert (me["user"], me["api_key"]["id"], me["scopes"]) == (None, key["id"], ["groups:read"])
    assert person.get("/api/v1/auth/sessions").json()["code"] == "person_needed"


def test_changing_the_password_ends_the_other_sessions(person: TestClient) -> None:
    other = person.post("/api/v1/auth/login", json=LOG_IN).json()["access_token"]
    new = {"current_password": OWNER["password"], "new_password": "nine white rolls at noon"}
    wrong = person.post("/api/v1/auth/password", json=new | {"current_password": "no"})
    assert wrong.json()["errors"][0]["field"] == "current_password"
    weak = person.post("/api/v1/auth/password", json=new | {"new_password": "Password1234"})
    assert weak.json()["errors"][0]["code"] == "password_common"
    assert person.post("/api/v1/auth/password", json=new).status_code == 204
    assert person.get("/api/v1/auth/me").status_code == 200
    person.headers["Authorization"] = f"Bearer {other}"
    assert person.get("/api/v1/auth/me").status_code == 401
    assert person.post("/api/v1/auth/login", json=LOG_IN).status_code == 401


def test_sessions_are_listed_and_ended(person: TestClient) -> None:
    other = person.post("/api/v1/auth/login", json=LOG_IN, headers={"User-Agent": "Phone"}).json()[
        "access_token"
    ]
    items = person.get("/api/v1/auth/sessions").json()["items"]
    assert [(s["user_agent"], s["current"]) for s in items] == [
        ("Phone", False),
        ("testclient", True),
    ]
    one = f"/api/v1/auth/sessions/{items[0]['id']}"
    assert person.get(one).json() == items[0]
    assert person.delete(one).status_code == 204
    assert person.delete(one).status_code == 404
    assert person.get("/api/v1/auth/sessions/nonsense").status_code == 404
    person.post("/api/v1/auth/login", json=LOG_IN)
    assert person.delete("/api/v1/auth/sessions").status_code == 204
    assert len(person.get("/api/v1/auth/sessions").json()["items"]) == 1
    person.headers["Authorization"] = f"Bearer {other}"
    assert person.get("/api/v1/auth/me").status_code == 401


def test_nobody_sees_or_ends_another_persons_session(person: TestClient, session: Session) -> None:
    mine = person.get("/api/v1/auth/sessions").json()["items"][0]["id"]
    person.headers["Authorization"] = f"Bearer {workspaces.owner_token(session)}"
    assert person.get(f"/api/v1/auth/sessions/{mine}").status_code == 404
    assert person.delete(f"/api/v1/auth/sessions/{mine}").status_code == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/auth/password/forgot"),
        ("POST", "/auth/password/reset"),
        ("GET", "/auth/oidc/login"),
        ("POST", "/auth/totp/enroll"),
    ],
)
def test_what_is_not_built_says_so(owner: TestClient, method: str, path: str) -> None:
    answer = owner.request(method, f"/api/v1{path}")
    assert (answer.status_code, answer.json()["code"]) == (422, "not_supported_yet")


def test_a_second_factor_is_not_built(person: TestClient) -> None:
    answer = person.post("/api/v1/auth/login", json=LOG_IN | {"totp_code": "123456"})
    assert (answer.status_code, answer.json()["code"]) == (422, "not_supported_yet")
