"""Members and their roles."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from app.core import tokens
from tests.factories import workspaces

MEMBERS = "/api/v1/members"


@pytest.fixture
def here(owner: TestClient) -> UUID:
    """The id of the owner's workspace."""
    return UUID(owner.get("/api/v1/workspace").json()["id"])


def _as(client: TestClient, token: str) -> str:
    """Go on as the bearer of a token; returns their id."""
    client.headers["Authorization"] = f"Bearer {token}"
    return str(tokens.read_access(token).user_id)


def _join(session: Session, workspace_id: UUID, role: str) -> tuple[UUID, str]:
    """A new member: id and access token."""
    token = workspaces.member_token(session, workspace_id, role=role)
    return tokens.read_access(token).user_id, token


def test_members_are_listed(owner: TestClient, session: Session, here: UUID) -> None:
    _join(session, here, "viewer")
    page = owner.get(f"{MEMBERS}?include_total=true&limit=1").json()
    assert page["total"] == 2
    assert (page["items"][0]["role"], page["items"][0]["version"]) == ("viewer", 1)
    rest = owner.get(f"{MEMBERS}?limit=1&cursor={page['next_cursor']}").json()
    assert (rest["items"][0]["role"], rest["next_cursor"]) == ("owner", None)


def test_a_new_role_counts_from_the_next_request_on(
    owner: TestClient, session: Session, here: UUID
) -> None:
    id_, token = _join(session, here, "viewer")
    changed = owner.patch(f"{MEMBERS}/{id_}", json={"role": "editor"})
    assert (changed.status_code, changed.json()["role"]) == (200, "editor")
    assert changed.headers["ETag"] == '"2"'
    _as(owner, token)
    assert owner.post("/api/v1/groups", json={"name": "G"}).status_code == 201


def test_a_stale_version_is_refused(owner: TestClient, session: Session, here: UUID) -> None:
    id_, _ = _join(session, here, "viewer")
    path, stale = f"{MEMBERS}/{id_}", {"If-Match": '"1"'}
    assert owner.patch(path, json={"role": "editor"}, headers=stale).status_code == 200
    assert owner.patch(path, json={"role": "viewer"}, headers=stale).status_code == 412


def test_who_is_removed_is_out_at_once(owner: TestClient, session: Session, here: UUID) -> None:
    id_, token = _join(session, here, "editor")
    assert owner.delete(f"{MEMBERS}/{id_}").status_code == 204
    assert owner.delete(f"{MEMBERS}/{id_}").status_code == 404
    _as(owner, token)
    assert owner.get("/api/v1/auth/me").status_code == 401


def test_who_comes_back_logs_in_anew(owner: TestClient, session: Session, here: UUID) -> None:
    id_, token = _join(session, here, "editor")
    owner.delete(f"{MEMBERS}/{id_}")
    workspaces.membership(session, here, id_, role="editor")
    _as(owner, token)
    assert owner.get("/api/v1/auth/me").status_code == 401


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_the_last_owner_stays(owner: TestClient, session: Session, here: UUID, method: str) -> None:
    me = owner.get("/api/v1/auth/me").json()["user"]["id"]
    _join(session, here, "admin")
    body = {"role": "admin"} if method == "PATCH" else None
    refused = owner.request(method, f"{MEMBERS}/{me}", json=body)
    assert (refused.status_code, refused.json()["code"]) == (409, "last_owner")
    assert owner.patch(f"{MEMBERS}/{me}", json={"role": "owner"}).status_code == 200
    other, _ = _join(session, here, "owner")
    assert owner.request(method, f"{MEMBERS}/{me}", json=body).status_code in (200, 204)
    assert owner.get(MEMBERS).status_code == (200 if method == "PATCH" else 401)
    assert other


def test_admins_manage_all_but_owners(owner: TestClient, session: Session, here: UUID) -> None:
    boss = owner.get("/api/v1/auth/me").json()["user"]["id"]
    viewer, _ = _join(session, here, "viewer")
    _as(owner, _join(session, here, "admin")[1])
    assert owner.patch(f"{MEMBERS}/{viewer}", json={"role": "admin"}).status_code == 200
    refused = [
        owner.patch(f"{MEMBERS}/{viewer}", json={"role": "owner"}),
        owner.patch(f"{MEMBERS}/{boss}", json={"role": "viewer"}),
        owner.delete(f"{MEMBERS}/{boss}"),
    ]
    assert [(a.status_code, a.json()["code"]) for a in refused] == [(403, "owner_needed")] * 3
    assert owner.delete(f"{MEMBERS}/{viewer}").status_code == 204


@pytest.mark.parametrize("role", ["editor", "approver", "viewer"])
def test_others_manage_nobody(owner: TestClient, session: Session, here: UUID, role: str) -> None:
    viewer, _ = _join(session, here, "viewer")
    _as(owner, _join(session, here, role)[1])
    answers = [
        owner.get(MEMBERS),
        owner.patch(f"{MEMBERS}/{viewer}", json={"role": "editor"}),
        owner.delete(f"{MEMBERS}/{viewer}"),
    ]
    assert [a.json()["code"] for a in answers] == ["missing_scope"] * 3


def test_keys_see_members_and_change_none(owner: TestClient, session: Session, here: UUID) -> None:
    viewer, _ = _join(session, here, "viewer")
    made = owner.post("/api/v1/api-keys", json={"name": "K", "scopes": ["admin"]}).json()
    owner.headers["Authorization"] = f"Bearer {made['key']}"
    assert owner.get(MEMBERS).status_code == 200
    for answer in (
        owner.patch(f"{MEMBERS}/{viewer}", json={"role": "editor"}),
        owner.delete(f"{MEMBERS}/{viewer}"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "person_needed")


def test_another_workspaces_people_are_not_there(owner: TestClient, session: Session) -> None:
    stranger, _ = _join(session, workspaces.workspace(session).id, "viewer")
    for id_ in (stranger, uuid4()):
        assert owner.patch(f"{MEMBERS}/{id_}", json={"role": "admin"}).status_code == 404
        assert owner.delete(f"{MEMBERS}/{id_}").status_code == 404


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({}, "role", "required"),
        ({"role": "boss"}, "role", "unknown_value"),
        ({"role": "viewer", "name": "X"}, "name", "read_only"),
    ],
)
def test_says_what_is_wrong(
    owner: TestClient, session: Session, here: UUID, body: dict[str, str], field: str, code: str
) -> None:
    viewer, _ = _join(session, here, "viewer")
    answer = owner.patch(f"{MEMBERS}/{viewer}", json=body)
    assert answer.status_code == 422
    assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [(field, code)]
