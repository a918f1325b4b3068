"""One person, two workspaces: choose one at log-in, go to the other, never be in both."""

from uuid import UUID

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from app.services import accounts
from app.services.accounts import NewOwner
from tests.factories import workspaces

EMAIL, PASSWORD = "ana@example.com", "seven brown loaves"
LOG_IN = {"email": EMAIL, "password": PASSWORD}


@pytest.fixture
def two(session: Session) -> tuple[str, str]:
    """A bakery and a mill of the same owner."""
    made = [
        accounts.create(session, NewOwner(name, EMAIL, PASSWORD))[1].id
        for name in ("Bakery", "Mill")
    ]
    session.commit()
    return str(made[0]), str(made[1])


def _log_in(client: TestClient, **more: str) -> str:
    answer = client.post("/api/v1/auth/login", json=LOG_IN | more)
    assert answer.status_code == 200, answer.text
    token: str = answer.json()["access_token"]
    client.headers["Authorization"] = f"Bearer {token}"
    return token


def _workspace(client: TestClient) -> str:
    name: str = client.get("/api/v1/workspace").json()["name"]
    return name


def _switch(client: TestClient, workspace_id: str) -> str:
    answer = client.post("/api/v1/auth/switch", json={"workspace_id": workspace_id})
    assert answer.status_code == 200, answer.text
    token: str = answer.json()["access_token"]
    return token


def test_says_which_workspaces_there_are(anonymous: TestClient, two: tuple[str, str]) -> None:
    _log_in(anonymous)
    me = anonymous.get("/api/v1/auth/me").json()
    assert me["workspace"]["id"] == two[0]
    assert me["workspaces"] == [
        {"id": two[0], "name": "Bakery", "role": "owner"},
        {"id": two[1], "name": "Mill", "role": "owner"},
    ]


def test_goes_to_the_other_and_leaves_the_first(
    anonymous: TestClient, two: tuple[str, str]
) -> None:
    before = _log_in(anonymous)
    anonymous.headers["Authorization"] = f"Bearer {_switch(anonymous, two[1])}"
    assert _workspace(anonymous) == "Mill"
    # The cookie came along.
    token = anonymous.post("/api/v1/auth/refresh").json()["access_token"]
    anonymous.headers["Authorization"] = f"Bearer {token}"
    assert _workspace(anonymous) == "Mill"
    anonymous.headers["Authorization"] = f"Bearer {before}"
    assert anonymous.get("/api/v1/workspace").status_code == 401


def test_chooses_at_log_in_else_where_you_were_last(
    anonymous: TestClient, two: tuple[str, str]
) -> None:
    _log_in(anonymous, workspace_id=two[1])
    assert _workspace(anonymous) == "Mill"
    _log_in(anonymous)
    assert _workspace(anonymous) == "Mill"


def test_somebody_elses_workspace_is_unknown(
    anonymous: TestClient, session: Session, two: tuple[str, str]
) -> None:
    stranger = str(workspaces.workspace(session).id)
    session.commit()
    right = anonymous.post("/api/v1/auth/login", json=LOG_IN | {"workspace_id": stranger})
    assert (right.status_code, right.json()["code"]) == (422, "unknown_reference")
    wrong = anonymous.post(
        "/api/v1/auth/login", json=LOG_IN | {"workspace_id": two[0], "password": "x"}
    )
    assert wrong.status_code == 401
    _log_in(anonymous)
    answer = anonymous.post("/api/v1/auth/switch", json={"workspace_id": stranger})
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_reference")
    assert _workspace(anonymous) == "Bakery"


def test_who_has_left_cant_go_back(
    anonymous: TestClient, session: Session, two: tuple[str, str]
) -> None:
    _log_in(anonymous)
    user_id = anonymous.get("/api/v1/auth/me").json()["user"]["id"]
    workspaces.leave(session, UUID(two[1]), UUID(user_id))
    answer = anonymous.post("/api/v1/auth/switch", json={"workspace_id": two[1]})
    assert answer.json()["code"] == "unknown_reference"
    assert len(anonymous.get("/api/v1/auth/me").json()["workspaces"]) == 1


def test_a_key_stays_where_it_was_made(anonymous: TestClient, two: tuple[str, str]) -> None:
    _log_in(anonymous)
    made = anonymous.post("/api/v1/api-keys", json={"name": "x", "scopes": ["admin"]}).json()
    anonymous.headers["Authorization"] = f"Bearer {made['key']}"
    answer = anonymous.post("/api/v1/auth/switch", json={"workspace_id": two[1]})
    assert answer.status_code == 403
    assert anonymous.get("/api/v1/auth/me").json()["workspaces"] == []
