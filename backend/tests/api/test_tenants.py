"""Two tenants, every operation: what is the other's isn't there, whatever it is asked by.

The operations come from the document: one that this module can't ask is a failure.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from limits import RateLimitItemPerSecond
from sqlalchemy import text
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from app.api import rate_limit
from app.models import tables
from tests.api import tenant_requests
from tests.api.tenant_requests import Operation
from tests.factories import tenants
from tests.factories.tenants import Tenant

# Never ends; test_events shows that it tells of its own workspace only.
ENDLESS = {"follow_events"}
NOT_SUPPORTED = "not_supported_yet"


@pytest.fixture
def both(session: Session, monkeypatch: pytest.MonkeyPatch) -> tuple[Tenant, Tenant]:
    """Mine and theirs; one name is no part of the other."""
    monkeypatch.setattr(rate_limit, "_LIMIT", RateLimitItemPerSecond(10_000))
    mine = tenants.tenant(session, "brioche", "+14155550101")
    return mine, tenants.tenant(session, "quenelle", "+14155550102")


@pytest.fixture
def operations(anonymous: TestClient) -> list[Operation]:
    """All that take a credential, of the API as it is."""
    document = anonymous.get("/api/v1/openapi.json").json()
    found = tenant_requests.operations(document)
    assert len(found) > 90
    return found


@pytest.fixture
def untouched(session: Session, both: tuple[Tenant, Tenant]) -> Iterator[None]:
    """Not a byte of theirs was changed in the test."""
    before = _fingerprint(session, both[1])
    yield
    assert _fingerprint(session, both[1]) == before


def _fingerprint(session: Session, tenant: Tenant) -> dict[str, str]:
    found = {}
    for name, table in tables.metadata.tables.items():
        if "workspace_id" in table.columns:
            rows = text(
                f"SELECT coalesce(string_agg(CAST(r AS text), '' ORDER BY CAST(r AS text)), '') "
                f"FROM {name} r WHERE workspace_id = :id"
            )
            found[name] = str(session.scalar(rows, {"id": tenant.workspace_id}))
    return found


def _failures(checks: Iterator[str | None]) -> list[str]:
    return [failure for failure in checks if failure]


def _refused(answer: Any, status: int, code: str | None = None) -> bool:
    problem = answer.json() if answer.content else {}
    if problem.get("code") == NOT_SUPPORTED:
        return True
    codes = {problem.get("code"), *(error["code"] for error in problem.get("errors", []))}
    return answer.status_code == status and (code is None or code in codes)


def _said(asked: object, answer: Any) -> str:
    return f"{asked} answers {answer.status_code} {answer.text}"


def test_a_path_with_their_id_is_not_found(
    anonymous: TestClient,
    both: tuple[Tenant, Tenant],
    operations: list[Operation],
    untouched: None,
) -> None:
    mine, theirs = both

    def check(one: Operation) -> str | None:
        request = tenant_requests.body(one, mine) | {"headers": mine.headers}
        answer = anonymous.request(one.method, theirs.own(one.path), **request)
        return None if _refused(answer, 404) else _said(one, answer)

    named = [one for one in operations if "{" in one.path]
    assert _failures(map(check, named)) == []


def test_they_themselves_find_it(
    anonymous: TestClient, both: tuple[Tenant, Tenant], operations: list[Operation]
) -> None:
    theirs = both[1]

    def check(one: Operation) -> str | None:
        answer = anonymous.get(theirs.own(one.path), headers=theirs.headers)
        found = answer.status_code == 200 or _refused(answer, 200)
        return None if found else _said(one, answer)

    named = [one for one in operations if one.method == "GET" and "{" in one.path]
    assert _failures(map(check, named)) == []


def test_lists_and_filters_hold_nothing_of_theirs(
    anonymous: TestClient, both: tuple[Tenant, Tenant], operations: list[Operation]
) -> None:
    mine, theirs = both
    secrets = {theirs.mark, str(theirs.workspace_id), *theirs.ids.values()}

    def check(one: Operation) -> Iterator[str | None]:
        for query in [{}, *one.filters(theirs)]:
            answer = anonymous.get(one.path, params=query, headers=mine.headers)
            # A refusal may repeat what was asked by.
            said = answer.text if answer.status_code == 200 else ""
            leaked = [secret for secret in secrets - set(query.values()) if secret in said]
            if leaked or answer.status_code not in {200, 404, 422}:
                yield f"{one} {query} answers {answer.status_code} with {leaked}"
            if query and answer.status_code == 200 and answer.json()["items"]:
                yield f"{one} {query} finds something"

    lists = [
        one
        for one in operations
        if one.method == "GET" and "{" not in one.path and one.id not in ENDLESS
    ]
    assert _failures(failure for one in lists for failure in check(one)) == []


def test_a_body_with_their_id_is_refused(
    anonymous: TestClient,
    both: tuple[Tenant, Tenant],
    operations: list[Operation],
    untouched: None,
) -> None:
    mine, theirs = both
    by_id = {one.id: one for one in operations}

    def check(case: tenant_requests.Reference) -> str | None:
        one = by_id[case.operation]
        request = case.request(mine, theirs)
        answer = anonymous.request(one.method, mine.own(one.path), headers=mine.headers, **request)
        if case.finds_nothing and answer.status_code == 200:
            return None if case.finds_nothing(answer.json()) else _said(case, answer)
        return None if _refused(answer, 422, "unknown_reference") else _said(case, answer)

    assert _failures(map(check, tenant_requests.REFERENCES)) == []


def test_every_reference_in_a_body_is_tried(operations: list[Operation]) -> None:
    wanted = {(one.id, name) for one in operations for name in one.references}
    assert wanted == {(case.operation, case.name) for case in tenant_requests.REFERENCES}


def test_every_operation_is_known(operations: list[Operation]) -> None:
    referring = {case.operation for case in tenant_requests.REFERENCES}
    unknown = [
        one
        for one in operations
        if "{" not in one.path
        and one.method != "GET"
        and one.id not in referring | tenant_requests.NAME_NOTHING
        and not one.is_refused
    ]
    assert unknown == [], "say in tenant_requests what of another workspace these could name"


def test_ids_of_your_own_are_of_your_workspace_too(
    anonymous: TestClient, both: tuple[Tenant, Tenant]
) -> None:
    mine, theirs = both
    for mark, status in ((mine.mark, 200), (theirs.mark, 404)):
        url = f"/api/v1/recipients/external:{mark}"
        assert anonymous.get(url, headers=mine.headers).status_code == status
