"""The first owner."""

from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import delete
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from app.api import loopback
from app.core import db, walls
from app.models.login_tries import LoginTries
from app.models.users import User
from tests.api import live_server

OWNER: dict[str, Any] = {
    "workspace_name": "Panadería Sol",
    "email": "ana@example.com",
    "password": "seven brown loaves at dawn",
    "name": "Ana",
    "timezone": "America/Mexico_City",
    "country": "MX",
}


def test_makes_the_first_owner_and_logs_them_in(local: TestClient) -> None:
    assert local.get("/api/v1/setup").json() == {"needed": True}
    made = local.post("/api/v1/setup", json=OWNER)
    assert made.status_code == 201, made.text
    body = made.json()
    assert body["user"]["email"] == "ana@example.com"
    assert body["user"]["role"] == "owner"
    assert body["workspace"]["timezone"] == "America/Mexico_City"
    assert (body["token_type"], body["expires_in"]) == ("bearer", 600)
    assert local.get("/api/v1/setup").json() == {"needed": False}
    local.headers["Authorization"] = f"Bearer {body['access_token']}"
    assert local.get("/api/v1/workspace").json()["id"] == body["workspace"]["id"]
    assert local.post("/api/v1/auth/refresh").status_code == 200


def test_happens_once(local: TestClient) -> None:
    assert local.post("/api/v1/setup", json=OWNER).status_code == 201
    again = local.post("/api/v1/setup", json=OWNER | {"email": "eva@example.com"})
    assert (again.status_code, again.json()["code"]) == (409, "already_set_up")


def test_from_elsewhere_takes_the_token(anonymous: TestClient, session: Session) -> None:
    session.execute(delete(User))
    session.commit()
    refused = anonymous.post("/api/v1/setup", json=OWNER)
    assert (refused.status_code, refused.json()["code"]) == (403, "setup_token")
    wrong = anonymous.post("/api/v1/setup", json=OWNER | {"setup_token": "guess"})
    assert wrong.status_code == 403
    right = anonymous.post("/api/v1/setup", json=OWNER | {"setup_token": loopback.setup_token()})
    assert right.status_code == 201, right.text


def test_a_page_whose_domain_points_here_is_not_local(local: TestClient) -> None:
    answer = local.post("/api/v1/setup", json=OWNER, headers={"Host": "evil.example:8000"})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("password", "short", "too_short"),
        ("password", "Password1234", "password_common"),
        ("email", "not an address", "invalid_email"),
        ("timezone", "Mars/Olympus", "unknown_timezone"),
        ("workspace_name", "", "too_short"),
        ("colour", "red", "unknown_field"),
    ],
)
def test_says_what_is_wrong(local: TestClient, field: str, value: str, code: str) -> None:
    answer = local.post("/api/v1/setup", json=OWNER | {field: value})
    assert answer.status_code == 422, answer.text
    assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [(field, code)]
    assert local.get("/api/v1/setup").json() == {"needed": True}


def test_takes_addresses_of_a_companys_own_network(local: TestClient) -> None:
    answer = local.post("/api/v1/setup", json=OWNER | {"email": "Ana@mail.local"})
    assert answer.json()["user"]["email"] == "Ana@mail.local"


THROUGH_A_PROXY = [
    # A proxy on this machine, trusted by default: the caller is who it says.
    {"X-Forwarded-For": "203.0.113.9"},
    # Behind FORWARDED_ALLOW_IPS=* anybody can claim to be here.
    {"X-Forwarded-For": "127.0.0.1"},
    {"X-Forwarded-For": "127.0.0.1, 203.0.113.9"},
    {"X-Forwarded-Host": "localhost"},
    {"X-Real-IP": "203.0.113.9"},
    {"Forwarded": "for=203.0.113.9"},
    {"Via": "1.1 proxy"},
]


@pytest.mark.parametrize("trusted", ["127.0.0.1", "*"])
def test_through_a_proxy_on_this_machine_takes_the_token(
    stack: Path, monkeypatch: pytest.MonkeyPatch, trusted: str
) -> None:
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", trusted)
    with live_server.serve() as url:
        for header in THROUGH_A_PROXY:
            refused = requests.post(f"{url}/api/v1/setup", json=OWNER, headers=header, timeout=10)
            assert (refused.status_code, refused.json()["code"]) == (403, "setup_token"), header
            assert requests.get(f"{url}/metrics", headers=header, timeout=10).status_code == 404
            with db.transaction(walls.AUTH) as session:
                session.execute(delete(LoginTries))
        assert requests.get(f"{url}/metrics", timeout=10).status_code == 200
