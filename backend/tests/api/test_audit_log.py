"""The audit log: whatever is done is there, with who, when, from where; and it stays."""

import ast
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from app.core import db, walls
from app.core.walls import Wall
from app.domain import audit
from app.domain.audit import Action
from tests.api import right_bodies, test_recipient_imports
from tests.api.test_setup import OWNER
from tests.factories import workspaces

API = "/api/v1"
LOG = f"{API}/audit-log"
CANARY = "EAAB-canary-7f3a"
APP = Path(__file__).resolve().parents[2] / "app"


def _log(client: TestClient, **filters: str) -> list[dict[str, Any]]:
    answer = client.get(LOG, params={"limit": "200", "sort": "created_at", **filters})
    assert answer.status_code == 200, answer.text
    assert CANARY not in answer.text
    return list(answer.json()["items"])


def _actions(client: TestClient, **filters: str) -> list[str]:
    return [entry["action"] for entry in _log(client, **filters)]


def _ok(answer: Any) -> Any:
    assert answer.status_code in {200, 201, 204}, answer.text
    return answer.json() if answer.content else None


def test_log_ins_and_refused_ones_are_told(local: TestClient) -> None:
    made = _ok(local.post(f"{API}/setup", json=OWNER))
    log_in = {"email": OWNER["email"].upper(), "password": OWNER["password"]}
    assert local.post(f"{API}/auth/login", json=log_in | {"password": CANARY}).status_code == 401
    stranger = log_in | {"email": "nobody@example.com"}
    assert local.post(f"{API}/auth/login", json=stranger).status_code == 401
    token = _ok(local.post(f"{API}/auth/login", json=log_in))["access_token"]
    local.headers["Authorization"] = f"Bearer {token}"
    _ok(local.delete(f"{API}/auth/sessions"))
    new = {"current_password": OWNER["password"], "new_password": "eight white rolls at noon"}
    _ok(local.post(f"{API}/auth/password", json=new))
    entries = _log(local)
    assert [entry["action"] for entry in entries] == [
        "workspace.created",
        "session.started",
        "session.refused",
        "session.started",
        "session.ended",
        "user.password_changed",
    ]
    refused, started = entries[2:4]
    assert refused["actor"] == {"kind": "anonymous", "id": None, "name": None}
    assert refused["object"] == {"type": "user", "id": made["user"]["id"]}
    assert started["actor"] == {
        "kind": "person",
        "id": made["user"]["id"],
        "name": "ana@example.com",
    }
    assert {entry["address"] for entry in entries} == {"127.0.0.1"}


def test_log_outs_are_told_by_whom(local: TestClient) -> None:
    made = _ok(local.post(f"{API}/setup", json=OWNER))
    log_in = {"email": OWNER["email"], "password": OWNER["password"]}
    token = _ok(local.post(f"{API}/auth/login", json=log_in))["access_token"]
    _ok(local.post(f"{API}/auth/logout"))
    local.headers["Authorization"] = f"Bearer {token}"
    # That session has ended: nothing more is told.
    _ok(local.post(f"{API}/auth/logout"))
    stolen = _ok_cookie(local, log_in)
    for _ in range(2):
        _ok(local.post(f"{API}/auth/refresh"))
    local.cookies.clear()
    local.cookies.set(*stolen)
    assert local.post(f"{API}/auth/refresh").status_code == 401
    local.headers["Authorization"] = (
        "Bearer " + _ok(local.post(f"{API}/auth/login", json=log_in))["access_token"]
    )
    by_person, by_thief = _log(local, action="session.ended")
    assert by_person["actor"]["id"] == made["user"]["id"]
    assert by_thief["actor"] == {"kind": "anonymous", "id": None, "name": None}
    started = {entry["object"]["id"] for entry in _log(local, action="session.started")}
    assert {by_person["object"]["id"], by_thief["object"]["id"]} <= started


def _ok_cookie(client: TestClient, log_in: dict[str, Any]) -> tuple[str, str]:
    """Log in; the refresh cookie's name and value."""
    _ok(client.post(f"{API}/auth/login", json=log_in))
    [cookie] = [one for one in client.cookies.jar if one.value]
    return cookie.name, str(cookie.value)


def test_the_workspaces_settings_are_told(owner: TestClient) -> None:
    change = {"name": "Renamed", "service_window": "ignore", "stop_words": {"es": ["basta"]}}
    was = _ok(owner.get(f"{API}/workspace"))
    _ok(owner.patch(f"{API}/workspace", json=change | {"timezone": was["timezone"]}))
    stale = owner.patch(f"{API}/workspace", json=change, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    [entry] = _log(owner, object_type="workspace")
    assert (entry["action"], entry["object"]["id"]) == ("workspace.changed", was["id"])
    assert entry["before"] == {name: was[name] for name in change}
    assert entry["after"] == change


def test_imports_are_told_with_what_became_of_them(owner: TestClient) -> None:
    job = test_recipient_imports.accepted(owner, "name,phone\nAna,+34612345678\nEva,12\n")
    test_recipient_imports.finished(owner, job)
    started, ended = _log(owner, object_id=job["id"])
    assert (started["action"], started["actor"]["kind"]) == ("import.started", "person")
    assert started["after"] == {"filename": "people.csv", "total": 2}
    assert (ended["action"], ended["actor"]["kind"]) == ("import.ended", "system")
    counts = {"created": 1, "updated": 0, "skipped": 0, "failed": 1}
    assert ended["after"] == {"status": "completed", **counts}
    assert "+34612345678" not in owner.get(LOG).text


def test_keys_senders_and_people_are_told_without_a_secret(
    owner: TestClient, session: Session
) -> None:
    sender = _ok(owner.post(f"{API}/senders", json=right_bodies.SENDER | {"access_token": CANARY}))
    url = f"{API}/senders/{sender['id']}"
    _ok(owner.patch(url, json={"name": "Renamed", "access_token": f"{CANARY}-2"}))
    _ok(owner.post(f"{url}/pause"))
    _ok(owner.post(f"{url}/resume"))
    _ok(owner.delete(url))
    created, changed, *_ = entries = _log(owner, object_id=sender["id"])
    assert [entry["action"].partition(".")[2] for entry in entries] == [
        *("created", "changed", "paused", "resumed", "deleted")
    ]
    assert created["after"]["access_token_changed"] is True
    assert changed["before"] == {"name": right_bodies.SENDER["name"]}
    assert changed["after"] == {"name": "Renamed", "access_token_changed": True}
    key = _ok(owner.post(f"{API}/api-keys", json={"name": "till", "scopes": ["messages:read"]}))
    _ok(owner.delete(f"{API}/api-keys/{key['id']}"))
    [made, _] = _log(owner, object_id=key["id"])
    assert made["after"] == {"name": "till", "scopes": ["messages:read"], "expires_at": None}
    here = UUID(_ok(owner.get(f"{API}/workspace"))["id"])
    workspaces.member_token(session, here, role="viewer", name="Eve")
    [eve] = [one for one in _ok(owner.get(f"{API}/members"))["items"] if one["role"] == "viewer"]
    _ok(owner.patch(f"{API}/members/{eve['id']}", json={"role": "editor"}))
    _ok(owner.delete(f"{API}/members/{eve['id']}"))
    role, gone = _log(owner, object_type="member")
    assert (role["before"], role["after"]) == ({"role": "viewer"}, {"role": "editor"})
    assert (gone["before"], gone["after"]) == ({"role": "editor"}, {"role": None})
    invited = _ok(
        owner.post(f"{API}/invitations", json={"email": "b@example.com", "role": "viewer"})
    )
    _ok(owner.delete(f"{API}/invitations/{invited['id']}"))
    assert _actions(owner, object_id=invited["id"]) == [
        *("invitation.created", "invitation.withdrawn")
    ]
    assert invited["token"] not in owner.get(LOG).text


def test_schedules_are_told_with_what_changed(owner: TestClient, world: dict[str, Any]) -> None:
    bodies = {path: body for _, path, body in right_bodies.requests_of(world)}
    made = _ok(owner.post(f"{API}/schedules", json=bodies["/schedules"]))
    url = f"{API}/schedules/{made['id']}"
    _ok(owner.post(f"{url}/submit"))
    headers = {"X-Request-Id": "from-the-till"}
    _ok(owner.patch(url, json={"name": "Newer", "reference": "r"}, headers=headers))
    [occurrence] = _ok(owner.get(f"{url}/occurrences"))["items"]
    for word in ("pause", "resume", "send-now"):
        _ok(owner.post(f"{url}/{word}"))
    _ok(owner.post(f"{API}/occurrences/{occurrence['id']}/skip"))
    _ok(owner.post(f"{url}/archive"))
    # What is refused leaves no trace but the refusal.
    assert owner.post(f"{url}/pause").status_code == 409
    assert _actions(owner, object_id=made["id"]) == [
        f"schedule.{word}"
        for word in (
            *("created", "submitted", "changed", "paused", "resumed", "sent_now", "archived"),
        )
    ]
    [changed] = _log(owner, action="schedule.changed")
    assert (changed["before"], changed["after"]) == ({"name": "Offer"}, {"name": "Newer"})
    assert changed["request_id"] == "from-the-till"
    assert _actions(owner, object_id=occurrence["id"]) == ["occurrence.skipped"]


def test_taking_and_erasing_peoples_data_is_told(owner: TestClient, world: dict[str, Any]) -> None:
    assert owner.get(f"{API}/recipients/export.csv").status_code == 200
    _ok(owner.delete(f"{API}/recipients/{world['recipients']}"))
    exported, erased = _log(owner, object_type="recipient")
    assert (exported["action"], exported["object"]["id"]) == ("recipient.exported", None)
    assert erased["object"]["id"] == world["recipients"]
    assert str(right_bodies.RECIPIENT["phone"]) not in owner.get(LOG).text


def test_the_list_is_narrowed_and_paged(owner: TestClient) -> None:
    for name in ("a", "b", "c"):
        _ok(owner.post(f"{API}/api-keys", json={"name": name, "scopes": ["messages:read"]}))
    page = _ok(owner.get(LOG, params={"limit": 2, "include_total": True}))
    assert (page["total"], [one["after"]["name"] for one in page["items"]]) == (3, ["c", "b"])
    rest = _ok(owner.get(LOG, params={"cursor": page["next_cursor"]}))
    assert [one["after"]["name"] for one in rest["items"]] == ["a"]
    at = rest["items"][0]["at"]
    assert len(_log(owner, **{"from": at})) == 3
    assert _log(owner, to=at) == []
    assert _log(owner, action="sender.deleted") == []
    assert owner.get(LOG, params={"action": "made.up"}).status_code == 422


@pytest.mark.parametrize("role", ["editor", "approver", "viewer"])
def test_only_owners_and_admins_read_it(owner: TestClient, session: Session, role: str) -> None:
    here = UUID(_ok(owner.get(f"{API}/workspace"))["id"])
    token = workspaces.member_token(session, here, role=role)
    answer = owner.get(LOG, headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["code"]) == (403, "missing_scope")


@pytest.mark.parametrize("kind", ["api", "worker", "auth"])
@pytest.mark.parametrize("act", ["UPDATE audit_log SET action = ''", "DELETE FROM audit_log"])
def test_nobody_changes_what_is_written(session: Session, kind: str, act: str) -> None:
    workspace = workspaces.workspace(session)
    session.commit()
    with (
        db.reading(Wall(kind, workspace.id)) as as_role,
        pytest.raises(ProgrammingError, match="permission denied"),
    ):
        as_role.execute(text(act))


@pytest.mark.parametrize("wall", [walls.WORKER, walls.AUTH])
def test_only_the_api_reads_it(session: Session, wall: Wall) -> None:
    with (
        db.reading(wall) as as_role,
        pytest.raises(ProgrammingError, match="permission denied"),
    ):
        as_role.execute(text("SELECT 1 FROM audit_log"))


def test_long_values_are_told_by_their_digest() -> None:
    before, after = audit.changed({"a": 1, "b": "x" * 3000, "c": 1}, {"a": 1, "b": "y", "c": 2})
    assert (before["c"], after) == (1, {"b": "y", "c": 2})
    assert before["b"]["characters"] == 3002
    assert len(before["b"]["sha256"]) == 64


def test_every_act_is_written_somewhere() -> None:
    named = {
        node.attr
        for path in (APP / "services").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute)
    }
    assert {action.name for action in Action} <= named
