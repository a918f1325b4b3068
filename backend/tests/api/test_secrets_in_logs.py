"""Canaries: secrets and numbers sent down every path, of which no log may have a word."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from app.core import config
from app.core import logging as log_setup
from app.services import groups
from tests.api.test_setup import OWNER
from tests.factories import callbacks

PASSWORD, WRONG = "canary brown loaves at dawn", "canary wrong password"
META_TOKEN, APP_SECRET = "EAAcanaryTokenOfTheSystemUser0123", "canaryappsecret0123456789abcdef"
SETUP_TOKEN = "canary-setup-token-guessed"
PHONE = "525550100199"
FIXED = (PASSWORD, WRONG, META_TOKEN, APP_SECRET, SETUP_TOKEN, PHONE)


@pytest.fixture
def log(local: TestClient, monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """All that is logged, down to the last detail."""
    monkeypatch.setenv("LOG_LEVEL", "DEBUG")
    config.settings.cache_clear()
    log_setup.configure()
    written = io.StringIO()
    [handler] = logging.getLogger().handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(written)
    yield written
    monkeypatch.undo()
    config.settings.cache_clear()
    log_setup.configure()


@pytest.fixture
def secrets(local: TestClient, log: io.StringIO) -> list[str]:
    """Everything secret, after an owner was made; ``local`` goes on as that owner."""
    local.post("/api/v1/setup", json=OWNER | {"password": PASSWORD, "setup_token": SETUP_TOKEN})
    body = {"email": OWNER["email"], "password": PASSWORD}
    access = local.post("/api/v1/auth/login", json=body).json()["access_token"]
    local.headers["Authorization"] = f"Bearer {access}"
    key = _post(local, "api-keys", name="K", scopes=["groups:read"])["key"]
    invited = _post(local, "invitations", email="luz@example.com", role="viewer")["token"]
    return [*FIXED, access, key, invited, local.cookies["refresh"]]


def _post(client: TestClient, path: str, **body: Any) -> Any:
    return client.post(f"/api/v1/{path}", json=body).json()


def _callback() -> bytes:
    message = {"from": PHONE, "id": "wamid.X", "type": "text", "text": {"body": PASSWORD}}
    return callbacks.body("1", messages=[message], contacts=[{"wa_id": PHONE}])


_SIGNED = {"X-Hub-Signature-256": callbacks.signature(_callback())}


def _found(log: io.StringIO, secrets: list[str]) -> list[str]:
    """The lines of the log in which a secret stands."""
    lines = log.getvalue().splitlines()
    assert lines, "nothing was logged: this proves nothing"
    return [line for line in lines if any(secret in line for secret in secrets)]


def test_no_request_leaves_a_secret(
    local: TestClient, log: io.StringIO, secrets: list[str]
) -> None:
    access, key, invited, _ = secrets[len(FIXED) :]
    _post(local, "auth/login", email=OWNER["email"], password=WRONG)
    local.post("/api/v1/auth/refresh")
    _post(local, "invitations/accept", token=invited, password=WRONG + "!", name="Luz")
    _post(local, "invitations/accept", token=invited, password=PASSWORD)
    _post(local, "auth/password", current_password=WRONG, new_password=PASSWORD)
    sender = {"name": "S", "phone_number_id": "1", "waba_id": "2", "access_token": META_TOKEN}
    _post(local, "senders", **sender, app_secret=APP_SECRET, verify=False)
    # Nobody is there: the failure of the call is told.
    _post(local, "senders", **sender | {"phone_number_id": "3"}, app_secret=APP_SECRET)
    _post(local, "recipients", phone=f"+{PHONE}", name="Luz")
    _post(local, "recipients", phone=f"+{PHONE}", name="Luz again")
    _post(local, "recipients", phone=f"{PHONE}0000000", name="Nobody")
    local.get("/api/v1/recipients", params={"phone": f"+{PHONE}", "q": PHONE})
    local.get(f"/api/v1/recipients/{PHONE}")
    _post(local, "recipients/bulk", items=[{"phone": f"+{PHONE}"}], on_conflict="error")
    for token in (key, key[:-1] + "x", access + "x", f"{access}.{access}"):
        local.get("/api/v1/groups", headers={"Authorization": f"Bearer {token}"})
    local.get("/api/v1/groups", headers={"X-Request-Id": PHONE, "Cookie": f"refresh={access}"})
    local.post("/api/v1/setup", content=json.dumps({"password": PASSWORD})[:-1])
    local.post("/webhook/whatsapp", content=_callback(), headers=_SIGNED)
    local.get("/webhook/whatsapp", params={"hub.verify_token": APP_SECRET, "hub.mode": "x"})
    assert _found(log, secrets) == []


FAILURES: dict[str, Callable[[list[str], Session], object]] = {
    "an exception with credentials": lambda secrets, _: _raise(
        f"no answer to {secrets[6]} with {secrets[7]}, {META_TOKEN} and Bearer {secrets[9]}"
    ),
    "an exception with named values": lambda secrets, _: _raise(
        f"got password={PASSWORD!r} app_secret: '{APP_SECRET}' token={secrets[8]}"
    ),
    "an exception with numbers": lambda *_: _raise(f"could not reach +{PHONE} ({PHONE})"),
    "a dictionary": lambda secrets, _: _raise(
        str({"access_token": META_TOKEN, "app_secret": APP_SECRET, "cookie": secrets[9]})
    ),
    "a value PostgreSQL can't read": lambda _, session: session.execute(
        text("SELECT CAST(:value AS integer)"), {"value": f"{PASSWORD} {APP_SECRET}"}
    ),
    "a row PostgreSQL refuses": lambda _, session: session.execute(
        text("INSERT INTO groups (id, name) VALUES (uuidv7(), :value)"), {"value": APP_SECRET}
    ),
}


def _raise(words: str) -> None:
    raise RuntimeError(words)


@pytest.mark.parametrize("failure", FAILURES)
def test_no_failure_leaves_a_secret(
    local: TestClient,
    log: io.StringIO,
    secrets: list[str],
    monkeypatch: pytest.MonkeyPatch,
    failure: str,
) -> None:
    def fail(session: Session, *_: Any, **__: Any) -> None:
        FAILURES[failure](secrets, session)

    monkeypatch.setattr(groups, "create", fail)
    client = TestClient(local.app, str(local.base_url), raise_server_exceptions=False)
    client.headers["Authorization"] = local.headers["Authorization"]
    answer = client.post("/api/v1/groups", json={"name": APP_SECRET})
    assert answer.status_code == 500
    assert "Traceback" in log.getvalue()
    assert _found(log, secrets) == []
