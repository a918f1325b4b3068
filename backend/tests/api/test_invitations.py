"""Invitations: by an admin, accepted once, by a new person or one who has an account."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from app.core.crypto import sha256_hex
from app.models.invitations import Invitation
from tests.factories import workspaces

INVITATIONS = "/api/v1/invitations"
PASSWORD = "seven brown loaves at dawn"


def _invite(client: TestClient, email: str = "luz@example.com", role: str = "editor") -> Any:
    made = client.post(INVITATIONS, json={"email": email, "role": role})
    assert made.status_code == 201, made.text
    return made.json()


def _accept(client: TestClient, token: str, password: str = PASSWORD) -> Any:
    body = {"token": token, "name": "Luz", "password": password}
    return client.post(f"{INVITATIONS}/accept", json=body)


def _use(client: TestClient, token: str) -> None:
    client.headers["Authorization"] = f"Bearer {token}"


def test_a_new_person_comes_in(owner: TestClient) -> None:
    here = owner.get("/api/v1/workspace").json()["id"]
    made = _invite(owner)
    assert made["link"] == f"http://127.0.0.1:8000/invitation#token={made['token']}"
    answer = _accept(owner, made["token"])
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["user"]["email"], body["user"]["role"]) == ("luz@example.com", "editor")
    assert (body["workspace"]["id"], body["expires_in"]) == (here, 600)
    assert "httponly" in answer.headers["set-cookie"].lower()
    assert [m["role"] for m in owner.get("/api/v1/members").json()["items"]] == ["editor", "owner"]
    assert owner.get(INVITATIONS).json()["items"] == []
    _use(owner, body["access_token"])
    assert owner.get("/api/v1/auth/me").json()["user"]["name"] == "Luz"
    log_in = {"email": "LUZ@example.com", "password": PASSWORD}
    assert owner.post("/api/v1/auth/login", json=log_in).status_code == 200


def test_the_token_is_shown_once_and_not_stored(owner: TestClient, session: Session) -> None:
    body = {"email": "luz@example.com", "role": "viewer"}
    made = owner.post(INVITATIONS, json=body, headers={"Idempotency-Key": "i-1"}).json()
    again = owner.post(INVITATIONS, json=body, headers={"Idempotency-Key": "i-1"})
    assert again.headers["Idempotency-Replayed"] == "true"
    shown = [again.json(), owner.get(f"{INVITATIONS}/{made['id']}").json()]
    shown += owner.get(INVITATIONS).json()["items"]
    assert [("token" in one, "link" in one, one["id"]) for one in shown] == [
        (False, False, made["id"])
    ] * 3
    stored = session.scalar(select(Invitation.token_hash))
    assert stored == sha256_hex(made["token"])


def test_works_once(owner: TestClient) -> None:
    token = _invite(owner)["token"]
    assert _accept(owner, token).status_code == 200
    again = _accept(owner, token)
    assert (again.status_code, again.json()["code"]) == (422, "invitation_ended")
    assert again.json()["errors"][0]["field"] == "token"


def test_a_refusal_does_not_use_it_up(owner: TestClient) -> None:
    token = _invite(owner)["token"]
    assert _accept(owner, token, "short").json()["code"] == "too_short"
    assert _accept(owner, token, "luz@example.com").json()["code"] == "password_common"
    assert _accept(owner, token).status_code == 200


@pytest.mark.parametrize("hours", [72, 100])
def test_ends_after_three_days(owner: TestClient, session: Session, hours: int) -> None:
    made = _invite(owner)
    session.execute(
        update(Invitation).values(expires_at=Invitation.expires_at - timedelta(hours=hours))
    )
    session.commit()
    assert _accept(owner, made["token"]).json()["code"] == "invitation_ended"
    assert owner.get(INVITATIONS).json()["items"][0]["expired"] is True
    # An invitation that is too old stands in nobody's way.
    assert _accept(owner, _invite(owner)["token"]).status_code == 200


def test_lives_for_three_days(owner: TestClient, session: Session) -> None:
    _invite(owner)
    left = session.scalar(select(Invitation.expires_at - func.clock_timestamp()))
    assert left is not None
    assert timedelta(hours=71, minutes=59) < left <= timedelta(hours=72)


def test_withdrawn_it_is_worth_nothing(owner: TestClient) -> None:
    made = _invite(owner)
    path = f"{INVITATIONS}/{made['id']}"
    assert owner.delete(path).status_code == 204
    assert owner.delete(path).status_code == 404
    assert owner.get(path).status_code == 404
    assert _accept(owner, made["token"]).json()["code"] == "invitation_ended"


def test_who_has_an_account_gives_its_password(owner: TestClient, session: Session) -> None:
    assert _accept(owner, _invite(owner)["token"]).status_code == 200
    _use(owner, workspaces.owner_token(session))
    token = _invite(owner, "Luz@Example.com", "admin")["token"]
    wrong = _accept(owner, token, "not the one I have")
    assert (wrong.status_code, wrong.json()["code"]) == (401, "invalid_credentials")
    right = _accept(owner, token)
    assert right.status_code == 200
    assert right.json()["workspace"]["id"] == owner.get("/api/v1/workspace").json()["id"]


def test_members_and_the_invited_are_not_invited_again(owner: TestClient) -> None:
    body = {"email": "LUZ@example.com", "role": "viewer"}
    token = _invite(owner)["token"]
    for _ in ("invited", "member"):
        again = owner.post(INVITATIONS, json=body)
        assert (again.status_code, again.json()["code"]) == (409, "duplicate")
        _accept(owner, token)


def test_only_owners_invite_owners(owner: TestClient, session: Session) -> None:
    here = owner.get("/api/v1/workspace").json()["id"]
    _use(owner, workspaces.member_token(session, here, role="admin"))
    body = {"email": "luz@example.com", "role": "owner"}
    refused = owner.post(INVITATIONS, json=body)
    assert (refused.status_code, refused.json()["code"]) == (403, "owner_needed")
    assert _invite(owner, role="admin")["role"] == "admin"


@pytest.mark.parametrize("change", ["removed", "demoted"])
def test_what_somebody_sent_out_ends_with_their_role(
    owner: TestClient, session: Session, change: str
) -> None:
    here, boss = owner.get("/api/v1/workspace").json()["id"], owner.headers["Authorization"]
    _use(owner, workspaces.member_token(session, here, role="admin"))
    admin, token = owner.get("/api/v1/auth/me").json()["user"]["id"], _invite(owner)["token"]
    owner.headers["Authorization"] = boss
    path = f"/api/v1/members/{admin}"
    if change == "removed":
        owner.delete(path)
    else:
        owner.patch(path, json={"role": "viewer"})
    assert _accept(owner, token).json()["code"] == "invitation_ended"


def test_keys_invite_nobody(owner: TestClient) -> None:
    made = owner.post("/api/v1/api-keys", json={"name": "K", "scopes": ["admin"]}).json()
    _use(owner, made["key"])
    refused = owner.post(INVITATIONS, json={"email": "luz@example.com", "role": "viewer"})
    assert (refused.status_code, refused.json()["code"]) == (403, "person_needed")
    assert owner.get(INVITATIONS).status_code == 200


def test_other_workspaces_invitations_are_not_there(owner: TestClient, session: Session) -> None:
    made = _invite(owner)
    _use(owner, workspaces.owner_token(session))
    assert owner.get(INVITATIONS).json()["items"] == []
    assert owner.get(f"{INVITATIONS}/{made['id']}").status_code == 404
    assert owner.delete(f"{INVITATIONS}/{made['id']}").status_code == 404


def test_passwords_can_not_be_guessed_through_a_link(owner: TestClient, session: Session) -> None:
    _accept(owner, _invite(owner)["token"])
    _use(owner, workspaces.owner_token(session))
    token = _invite(owner)["token"]
    statuses = [_accept(owner, token, "guess").status_code for _ in range(6)]
    assert statuses == [401] * 5 + [429]


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"email": "nobody"}, "email", "invalid_email"),
        ({"role": "boss"}, "role", "unknown_value"),
        ({"token": "mine"}, "token", "read_only"),
    ],
)
def test_says_what_is_wrong(
    owner: TestClient, change: dict[str, str], field: str, code: str
) -> None:
    body = {"email": "luz@example.com", "role": "viewer"} | change
    answer = owner.post(INVITATIONS, json=body)
    assert answer.status_code == 422
    assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [(field, code)]
