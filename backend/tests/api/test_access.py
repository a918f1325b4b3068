"""Who gets in where: every operation of the OpenAPI document with every kind of credential."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, update
from sqlalchemy.orm import Session

from app.api import rate_limit
from app.core import api_keys as key_format
from app.core import clock, keys, tokens
from app.core.tokens import AccessClaims
from app.domain.permissions import OF_PEOPLE, ROLES_OF, SCOPES, Role
from app.models.api_keys import ApiKey
from app.models.users import UserSession
from devstack import openapi
from tests.factories import api_keys, workspaces
from tests.support import application, effort, hostile_tokens
from tests.support.asgi import Answer, Client, bearer

HOSTILE = effort.times(2_000, 10_000)
# The same in every process: parallel workers must collect the same tests.
NOBODYS_ID = "01a20d6e-0000-7000-8000-000000000000"


@dataclass(frozen=True, slots=True)
class Operation:
    """One line of the matrix; ``needs`` are permissions, None when it is open to all."""

    method: str
    path: str
    needs: frozenset[str] | None

    def expected(self, holder: frozenset[str], *, is_key: bool) -> str:
        """The code that refuses who has these permissions; empty when they are let in."""
        missing = (self.needs or frozenset()) - holder
        if is_key and missing & OF_PEOPLE:
            return "person_needed"
        return "missing_scope" if missing else ""


def _operations() -> list[Operation]:
    found = []
    for path, methods in json.loads(openapi.TARGET.read_text())["paths"].items():
        for method, operation in methods.items():
            security = operation["security"]
            needs = frozenset(security[0]["HTTPBearer"]) if security else None
            filled = path
            while "{" in filled:
                before, _, rest = filled.partition("{")
                filled = before + NOBODYS_ID + rest.partition("}")[2]
            found.append(Operation(method.upper(), filled, needs))
    return found


OPERATIONS = _operations()
GUARDED = [one for one in OPERATIONS if one.needs is not None]
OPEN = [one for one in OPERATIONS if one.needs is None]


@pytest.fixture
def client(session: Session, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A caller whom no limit of requests stops."""
    monkeypatch.setattr(rate_limit, "take", lambda _credential: {})
    return Client(application.application())


@pytest.fixture
def good(session: Session) -> str:
    """An owner's access token."""
    return workspaces.owner_token(session)


def _each(client: Client, operations: list[Operation], *tokens_: str) -> Iterator[tuple[Any, ...]]:
    """Each operation with each token: ``(operation, token, answer)``."""

    async def run() -> list[tuple[Any, ...]]:
        return [
            (one, token, await client.call(one.method, one.path, bearer(token), body=b"{}"))
            for token in tokens_
            for one in operations
        ]

    yield from asyncio.run(run())


def _verdict(answer: Answer) -> str:
    """How a caller was refused at the door; empty when the endpoint itself answered."""
    return answer.code if answer.status in (401, 403) else ""


def test_the_matrix_is_whole() -> None:
    assert len(GUARDED) > 90
    assert {permission for one in GUARDED for permission in one.needs or ()} <= ROLES_OF.keys()


# Which permissions the contract's words give to an area of the API.
AREAS = {
    "media": "messages",
    "events": "schedules",
    "calendar": "schedules",
    "occurrences": "schedules",
    "webhook-endpoints": "webhooks",
}
OF_ADMINS = {"workspace", "price-list", "audit-log", "members", "invitations", "api-keys"}


@pytest.mark.parametrize("one", GUARDED, ids=lambda one: f"{one.method} {one.path[8:40]}")
def test_what_an_operation_asks_for_fits_what_it_does(one: Operation) -> None:
    area, needs = one.path.split("/")[3], one.needs or frozenset()
    looks = one.method == "GET" or one.path.endswith(("/preview", "/forecast"))
    if area == "auth":
        assert needs == {"account"} or one.path.endswith("/me")
    elif area in OF_ADMINS:
        assert needs == {"admin"} or (not looks and needs <= {"api-keys:write", "members:write"})
    elif one.path.endswith(("/approve", "/reject")):
        assert needs == {"schedules:approve"}
    else:
        assert f"{AREAS.get(area, area)}:{'read' if looks else 'write'}" in needs


def test_without_a_credential_nothing_but_the_open_doors(client: Client) -> None:
    async def run() -> list[Answer]:
        return [await client.call(one.method, one.path, body=b"{}") for one in OPERATIONS]

    answers = asyncio.run(run())
    for one, answer in zip(OPERATIONS, answers, strict=True):
        refused = answer.status == 401 and answer.code == "not_authenticated"
        assert refused is (one.needs is not None), (one, answer)
        assert answer.status < 500
        assert ("www-authenticate" in answer.headers) is (answer.status == 401)


def _forged(good: str, session: Session) -> dict[str, str]:
    claims, key = tokens.read_access(good), keys.key_for("access-token")
    body = hostile_tokens.segment
    raw = good.split(".")
    payload = json.loads(hostile_tokens.decoded(raw[1]))
    signed = hostile_tokens.signed
    old = tokens.issue_access(
        claims.user_id,
        claims.session_id,
        claims.workspace_id,
        now=clock.now() - timedelta(minutes=11),
    )
    return {
        "malformed": "not a token",
        "empty claims": signed({}, key),
        "expired": old,
        "alg none": f"{body({'alg': 'none', 'typ': 'at+jwt'})}.{raw[1]}.",
        "other key": signed(payload, b"k" * 32),
        "crit": signed(payload, key, {"typ": "at+jwt", "crit": ["x"], "x": 1}),
        "kid": signed(payload, key, {"typ": "at+jwt", "kid": "../../dev/null"}),
        "revoked session": _revoked(session),
        "unknown session": tokens.issue_access(claims.user_id, uuid4(), claims.workspace_id),
        "another's session": tokens.issue_access(uuid4(), claims.session_id, claims.workspace_id),
        "another workspace": tokens.issue_access(claims.user_id, claims.session_id, uuid4()),
        "revoked key": _key_that_was(session, claims, revoked_at=func.clock_timestamp()),
        "expired key": _key_that_was(session, claims, expires_at=func.clock_timestamp()),
        "unknown key": key_format.generate()[0],
        "mistyped key": key_format.generate()[0][:-1] + "!",
    }


def _revoked(session: Session) -> str:
    token = workspaces.owner_token(session)
    session_id = tokens.read_access(token).session_id
    session.execute(
        update(UserSession)
        .where(UserSession.id == session_id)
        .values(revoked_at=func.clock_timestamp())
    )
    session.commit()
    return token


def _key_that_was(session: Session, claims: AccessClaims, **values: Any) -> str:
    key = api_keys.key(session, claims.workspace_id, SCOPES)
    parsed = key_format.parse(key)
    assert parsed is not None
    session.execute(update(ApiKey).where(ApiKey.prefix == parsed.prefix).values(**values))
    session.commit()
    return key


def test_no_forged_or_ended_credential_opens_anything(
    client: Client, session: Session, good: str
) -> None:
    forged = _forged(good, session)
    names = {token: name for name, token in forged.items()}
    for one, token, answer in _each(client, GUARDED, *forged.values()):
        assert (answer.status, answer.code) == (401, "token_invalid"), (one, names[token])


def test_open_doors_take_no_notice_of_a_bad_credential(
    client: Client, session: Session, good: str
) -> None:
    for one, _, answer in _each(client, OPEN, *_forged(good, session).values()):
        assert answer.status < 500, one
        assert _verdict(answer) not in ("not_authenticated", "token_invalid"), one


@pytest.mark.parametrize("role", Role)
def test_each_role_gets_where_the_table_says(client: Client, session: Session, role: Role) -> None:
    workspace = workspaces.workspace(session)
    token = workspaces.member_token(session, workspace.id, role=role)
    holder = frozenset(name for name, roles in ROLES_OF.items() if role in roles)
    for one, _, answer in _each(client, GUARDED, token):
        assert _verdict(answer) == one.expected(holder, is_key=False), (one, answer)
        assert answer.status < 500, (one, answer)


@pytest.mark.parametrize("scope", sorted(SCOPES))
def test_each_scope_opens_its_operations_and_no_other(
    client: Client, session: Session, scope: str
) -> None:
    key = api_keys.key(session, workspaces.workspace(session).id, {scope})
    for one, _, answer in _each(client, GUARDED, key):
        assert _verdict(answer) == one.expected(frozenset({scope}), is_key=True), (one, answer)


def test_all_scopes_together_are_still_no_person(client: Client, session: Session) -> None:
    key = api_keys.key(session, workspaces.workspace(session).id, SCOPES)
    shut = {one for one, _, answer in _each(client, GUARDED, key) if _verdict(answer)}
    assert shut == {one for one in GUARDED if (one.needs or frozenset()) & OF_PEOPLE}
    assert {("POST", "/api/v1/api-keys"), ("POST", "/api/v1/invitations")} <= {
        (one.method, one.path) for one in shut
    }


@pytest.mark.fuzz
@pytest.mark.timeout(0)
def test_hostile_tokens_are_not_authenticated(client: Client, session: Session) -> None:
    key = keys.key_for("access-token")

    async def call(token: str) -> Answer:
        return await client.call("GET", "/api/v1/auth/me", bearer(token))

    async def run(hostile: Iterator[str]) -> set[tuple[int, bool]]:
        answers = [await call(token) for token in hostile]
        return {(answer.status, "set-cookie" in answer.headers) for answer in answers}

    # In parts, each spoiling a fresh token: one of long ago is refused for its age alone.
    for part in range(effort.FACTOR):
        good = workspaces.owner_token(session)
        hostile = hostile_tokens.stream(20261124 + part, good, key, HOSTILE)
        assert asyncio.run(run(hostile)) == {(401, False)}
        assert asyncio.run(call(good)).status == 200
