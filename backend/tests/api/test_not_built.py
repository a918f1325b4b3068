"""Every operation the contract names and this version doesn't build says so."""

from uuid import uuid4

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from app.api.routes import not_built
from tests.factories import workspaces

OPERATIONS = [
    (scope, method, path)
    for scope, operations in not_built.OF_SCOPES.items()
    for method, path, _ in operations
]


@pytest.mark.parametrize(("scope", "method", "path"), OPERATIONS)
def test_says_so_and_not_that_it_is_unknown(
    owner: TestClient, scope: str, method: str, path: str
) -> None:
    answer = owner.request(method, f"/api/v1{path.format(id=uuid4())}", json={})
    assert answer.status_code == 422, answer.text
    assert answer.json()["code"] == "not_supported_yet"


def test_asks_for_the_scope_first(anonymous: TestClient, session: Session) -> None:
    workspace = workspaces.workspace(session)
    token = workspaces.member_token(session, workspace.id, role="viewer")
    anonymous.headers["Authorization"] = f"Bearer {token}"
    answer = anonymous.post(f"/api/v1/schedules/{uuid4()}/approve")
    assert (answer.status_code, answer.json()["code"]) == (403, "missing_scope")
