"""The OpenAPI document: what is committed is what is answered."""

from pathlib import Path
from typing import Any

import pytest

from app.domain import permissions
from devstack import openapi
from tests.support import application

OPEN = {
    "/setup",
    "/auth/login",
    "/auth/refresh",
    "/auth/logout",
    "/auth/oidc/login",
    "/auth/oidc/callback",
    "/auth/password/forgot",
    "/auth/password/reset",
    "/invitations/accept",
}
PREFIX = "/api/v1"


@pytest.fixture
def document(stack: Path) -> dict[str, Any]:
    return application.application().openapi()


def _operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path.removeprefix(PREFIX), method, operation)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    ]


def test_the_committed_file_is_up_to_date(stack: Path) -> None:
    assert openapi.TARGET.read_text() == openapi.render(), "run: python -m devstack.openapi"


def test_exactly_the_open_operations_take_no_credential(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    open_paths = {path for path, _, operation in _operations(document) if not operation["security"]}
    assert open_paths == OPEN
    assert all(path.startswith(PREFIX) for path in document["paths"])


def test_every_operation_that_takes_a_credential_says_what_for(document: dict[str, Any]) -> None:
    for path, method, operation in _operations(document):
        for needed in operation["security"]:
            names = needed["HTTPBearer"]
            # Whose credential it is may be asked with any.
            assert names or operation["operationId"] == "get_me", (path, method)
            assert set(names) <= permissions.ROLES_OF.keys()


def test_every_operation_is_named_tagged_and_says_how_it_refuses(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, _, operation in _operations(document)]
    assert len(names) == len(set(names))
    problem = {"$ref": "#/components/schemas/Problem"}
    for path, method, operation in _operations(document):
        assert operation["tags"], path
        assert operation.get("summary"), path
        for status, answer in operation["responses"].items():
            if status >= "400":
                assert answer["content"]["application/problem+json"]["schema"] == problem
                assert list(answer["content"]) == ["application/problem+json"], (path, method)
    assert "HTTPValidationError" not in document["components"]["schemas"]
