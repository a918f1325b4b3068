"""Every query parameter, path id and header, given what it should never get: never a 5xx."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from app.core.ids import new_id
from tests.support import effort

pytestmark = [
    pytest.mark.fuzz,
    pytest.mark.timeout(0),
    pytest.mark.usefixtures("unlimited"),
]
TEXTS = (
    "",
    " ",
    "%00",
    "%ff%fe",
    "%ed%a0%80",
    "null",
    "-1",
    "0",
    "201",
    "1e9",
    "9" * 30,
    "true",
    "%5B%5D",
    "..%2F..%2Fetc%2Fpasswd",
    quote("'; DROP TABLE recipients; --"),
    quote("{{7*7}}"),
    quote("\u202e\U0001f600"),
    "x" * 5000,
    "2026-02-30",
    "9999-12-31T23:59:59.999999Z",
    "0001-01-01T00:00:00%2B14:00",
    "00000000-0000-0000-0000-000000000000",
    "external%3A",
    "external%3A" + "x" * 300,
    "eyJhIjoxfQ",
)
HEADERS = ("Authorization", "Idempotency-Key", "If-Match", "X-Request-Id", "Last-Event-ID")
HEADER_VALUES = (
    b"",
    b" ",
    b"\xff\xfe",
    b"Bearer",
    b"Bearer \xc3\xa9",
    b'"' + b"9" * 100 + b'"',
    b'W/"1", "2"',
    b"x" * 6000,
    b"a\tb",
)
STREAM = "/api/v1/events"


def operations(client: TestClient, method: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Path and parameters of each operation of the method but the endless one."""
    paths: dict[str, Any] = client.get("/api/v1/openapi.json").json()["paths"]
    for path, methods in paths.items():
        if method in methods and path != STREAM:
            yield path, methods[method].get("parameters", [])


def test_no_query_breaks_an_endpoint(owner: TestClient) -> None:
    broken = []
    for path, parameters in operations(owner, "get"):
        whole = filled(path, str(new_id()))
        names = [p["name"] for p in parameters if p["in"] == "query"]
        for turn, name in enumerate([*names, "no_such_filter"]):
            for text in effort.share_of(TEXTS, turn, one_in=5):
                answer = owner.get(f"{whole}?{name}={text}")
                if answer.status_code >= 500 or answer.status_code == 400:
                    broken.append(f"{whole}?{name}={text[:80]}: {answer.status_code}")
    assert not broken, "\n".join(broken)


def test_no_path_breaks_an_endpoint(owner: TestClient) -> None:
    broken = []
    for method in ("get", "post", "patch", "delete"):
        for turn, (path, _) in enumerate(operations(owner, method)):
            if "{" not in path:
                continue
            for text in filter(str.strip, effort.share_of(TEXTS, turn, one_in=4)):
                answer = owner.request(method, filled(path, text))
                if not 400 <= answer.status_code < 500:
                    broken.append(f"{method} {path} {text[:80]}: {answer.status_code}")
    assert not broken, "\n".join(broken)


def test_no_header_breaks_an_endpoint(owner: TestClient) -> None:
    broken = []
    for name in HEADERS:
        for value in HEADER_VALUES:
            for method, path in (("PATCH", "/workspace"), ("POST", "/groups"), ("GET", "/groups")):
                body = {"json": {"name": "G"}} if method != "GET" else {}
                answer = owner.request(
                    method,
                    f"/api/v1{path}",
                    headers={name.encode(): value},
                    **body,  # type: ignore[arg-type]
                )
                if answer.status_code >= 500:
                    broken.append(f"{method} {path} {name}: {value[:40]!r} {answer.status_code}")
    assert not broken, "\n".join(broken)


def filled(path: str, text: str) -> str:
    """The path with each parameter replaced by the text."""
    parts = (text if part.startswith("{") else part for part in path.split("/"))
    return "/".join(parts)
