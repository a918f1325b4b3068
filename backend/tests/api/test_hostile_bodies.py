"""Every field of every body, given what it should never get: a clear 4xx, never a 5xx.

What is taken (2xx) must be answered and read back as JSON, so nothing was stored that can't
be shown again.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.api.right_bodies import requests_of
from tests.support import effort

pytestmark = [
    pytest.mark.fuzz,
    pytest.mark.timeout(0),
    pytest.mark.usefixtures("unlimited"),
]
# JSON as it may come over the wire; not every text here can be made by a JSON library.
VALUES = (
    "null",
    "true",
    "0",
    "-1",
    "1e999",
    "NaN",
    "9" * 400,
    "1" + "0" * 5000,
    '""',
    '" "',
    '"\\u0000"',
    '"\\ud800"',
    '"\\udfff\\ud800"',
    '"\\u202e\\u0007\\u001b[31m"',
    '"' + "x" * 70_000 + '"',
    '"{{ a | b: c }}{% raw %}"',
    '"2026-02-30T25:61"',
    '"9999-12-31T23:59:59.999Z"',
    '"0001-01-01T00:00:00+14:00"',
    '"00000000-0000-0000-0000-000000000000"',
    '"\'; DROP TABLE recipients; --"',
    "[]",
    "[null]",
    '["\\ud800"]',
    "{}",
    '{"\\ud800": 1}',
    '{"": ""}',
    '{"a": 1e999}',
    '{"a": "\\ud800"}',
    "[" * 200 + "]" * 200,
    "[" * 5000 + "]" * 5000,
    '{"a":' * 5000 + "1" + "}" * 5000,
)
BODIES = (
    b"",
    b"{",
    b"\xef\xbb\xbf{}",
    b"\xff\xfe{\x00}\x00",
    b"\xc3\x28",
    b"null",
    b"[]",
    b'"text"',
    b"1e999",
    b'{"name": "a", "name": "b"}',
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b"9" * 100_000,
)


def spoiled(body: Any) -> Iterator[tuple[str, str]]:
    """The body as JSON with one place after the other taken by each of the values."""
    for turn, place in enumerate(places(body)):
        for value in effort.share_of(VALUES, turn, one_in=6):
            yield ".".join(map(str, place)), with_value(body, place, value)


def places(body: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner = body.items() if isinstance(body, dict) else enumerate(body)
    for key, value in inner:
        yield (*before, key)
        if isinstance(value, dict | list):
            yield from places(value, (*before, key))


def with_value(body: Any, place: tuple[Any, ...], value: str) -> str:
    """A JSON library can't write what we want to send: a mark is written, then replaced."""
    copy = json.loads(json.dumps(body))
    spot = copy
    for key in place[:-1]:
        spot = spot[key]
    spot[place[-1]] = "\ue000"
    return json.dumps(copy, ensure_ascii=False).replace('"\ue000"', value)


def test_no_field_breaks_an_endpoint(owner: TestClient, world: dict[str, Any]) -> None:
    broken: list[str] = []
    for method, path, body in requests_of(world):
        for place, text in spoiled(body):
            answer = ask(owner, method, path, text.encode())
            if problem := what_is_wrong(answer):
                broken.append(f"{method} {path} {place}: {problem} for {text[:300]}")
    assert not broken, "\n".join(broken)


def test_no_shape_of_a_body_breaks_an_endpoint(owner: TestClient, world: dict[str, Any]) -> None:
    broken: list[str] = []
    for method, path, _ in requests_of(world):
        for body in BODIES:
            answer = ask(owner, method, path, body)
            if problem := what_is_wrong(answer):
                broken.append(f"{method} {path}: {problem} for {body[:40]!r}")
    assert not broken, "\n".join(broken)


def ask(client: TestClient, method: str, path: str, body: bytes) -> Any:
    headers = {"Content-Type": "application/json"}
    # A failure is an answer here, as it is for a caller.
    client._transport.raise_server_exceptions = False  # type: ignore[attr-defined]
    return client.request(method, f"/api/v1{path}", content=body, headers=headers)


def what_is_wrong(answer: Any) -> str | None:
    if answer.status_code >= 500:
        # Somebody else's silence, said so: the sender was to be verified with WhatsApp.
        honest = answer.status_code == 502 and answer.json()["code"] == "upstream_unavailable"
        return None if honest else str(answer.status_code)
    if answer.status_code >= 400:
        problem = answer.json()
        named = problem["errors"] or answer.status_code != 422
        return None if named else f"422 names no field: {problem['detail']}"
    return None
