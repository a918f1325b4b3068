"""Pages of other sites: what they make a browser send is refused at every door without a token."""

import asyncio
import json

import pytest
from sqlalchemy.orm import Session

from tests.api.test_access import GUARDED, OPEN, Operation
from tests.factories import workspaces
from tests.support import application
from tests.support.asgi import Answer, Client

UNSAFE = [one for one in OPEN if one.method != "GET"]
OURS = "http://127.0.0.1:8000"
REFUSED: list[dict[str, str]] = [
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "none"},
    {"sec-fetch-site": ""},
    # A sibling host shares the site, and not the origin.
    {"sec-fetch-site": "same-site", "origin": OURS},
    {"sec-fetch-site": "cross-site", "origin": OURS},
    {"origin": "https://evil.example"},
    {"origin": "http://127.0.0.1:8001"},
    {"origin": "http://127.0.0.1"},
    {"origin": "http://127.0.0.1:8000.evil.example"},
    {"origin": "null"},
    {"origin": ""},
]
LET_IN: list[dict[str, str]] = [
    {"sec-fetch-site": "same-origin"},
    {"sec-fetch-site": "same-origin", "origin": OURS},
    {"origin": OURS},
    # A program: it holds no cookie that it didn't earn.
    {},
]


@pytest.fixture
def client(session: Session) -> Client:
    """A browser that was logged in, so to speak."""
    return Client(application.application(), headers=[(b"cookie", b"refresh=of-somebody")])


def _call(client: Client, one: Operation, headers: dict[str, str]) -> Answer:
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    return asyncio.run(client.call(one.method, one.path, *raw, body=b"{}"))


def test_the_doors_are_known() -> None:
    assert {one.path.removeprefix("/api/v1") for one in UNSAFE} == {
        "/setup",
        "/auth/login",
        "/auth/refresh",
        "/auth/logout",
        "/auth/password/forgot",
        "/auth/password/reset",
        "/invitations/accept",
    }


@pytest.mark.parametrize("headers", REFUSED, ids=json.dumps)
def test_another_site_gets_nothing(client: Client, headers: dict[str, str]) -> None:
    for one in UNSAFE:
        answer = _call(client, one, headers)
        assert (answer.status, answer.code) == (403, "cross_site_request"), one
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("headers", LET_IN, ids=json.dumps)
def test_our_own_pages_and_programs_are_heard(client: Client, headers: dict[str, str]) -> None:
    for one in UNSAFE:
        answer = _call(client, one, headers)
        assert answer.status < 300 or answer.code != "cross_site_request", one


def test_a_cookie_alone_opens_no_other_door(client: Client) -> None:
    for one in GUARDED:
        assert _call(client, one, LET_IN[0]).code == "not_authenticated", one


def test_a_token_is_enough_whoever_the_page_belongs_to(client: Client, session: Session) -> None:
    # CORS_ORIGINS lets programs in other sites' pages call with a token that they were given.
    token = workspaces.owner_token(session)
    client.headers = [(b"authorization", f"Bearer {token}".encode())]
    made = asyncio.run(
        client.call(
            "POST", "/api/v1/groups", (b"sec-fetch-site", b"cross-site"), body=b'{"name": "G"}'
        )
    )
    assert made.status == 201
