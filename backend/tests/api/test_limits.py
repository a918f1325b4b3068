"""The limits the contract names: the longest is taken, one more is refused by name."""

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.api.right_bodies import requests_of

LONGEST = {
    ("/senders", "name"): 200,
    ("/senders", "access_token"): 1000,
    ("/messages", "title"): 200,
    ("/messages", "content"): 4096,
    ("/recipients", "name"): 200,
    ("/recipients", "external_id"): 200,
    ("/recipients", "consent.source"): 200,
    ("/recipients", "consent.evidence"): 1024,
    ("/recipients", "attributes.city"): 1024,
    ("/groups", "name"): 200,
    ("/groups", "description"): 1024,
    ("/schedules", "name"): 200,
    ("/schedules", "reference"): 200,
    ("/api-keys", "name"): 200,
    ("/messages/send", "reference"): 200,
}
OUT_OF_RANGE: dict[tuple[str, str], tuple[Any, ...]] = {
    ("/senders", "throughput_mps"): (0, 1001, 80.5, "80"),
    ("/schedules", "max_rate_mps"): (0, 1001, 1.5),
    ("/schedules", "expires_after_s"): (0, 2_592_001, 1e99),
    ("/schedules", "metadata"): ({"a": "x" * 2048}, [], "text"),
    ("/schedules", "audience.group_ids"): (["nothing"], "text", [None]),
    ("/schedules", "timing.timezone"): ("Mars/Olympus", "", 7),
    ("/schedules", "timing.at"): ("tomorrow", "2027-13-01T09:00", "2027-01-05", 7),
    ("/recipients", "phone"): ("12", "hello", "", 7),
    ("/recipients", "country"): ("XX", "USA", ""),
    ("/recipients", "timezone"): ("UTC+2", "PST8PDT9"),
    ("/recipients", "attributes"): ({str(n): n for n in range(101)}, {"a": {"b": 1}}, {"": 1}),
    ("/api-keys", "scopes"): (["everything"], [], "admin"),
    ("/api-keys", "expires_at"): ("2020-01-01T00:00:00Z", "soon"),
    ("/messages", "category"): ("spam", None),
    ("/messages", "kind"): ("fax",),
    ("/messages/send", "expires_after_s"): (0, -1),
    ("/messages/send", "metadata"): ({"a": "x" * 2048},),
    ("/messages/send", "to"): ("1" * 201, "hello", 7),
    ("/messages/send", "sender_id"): ("nothing", 7),
    ("/senders", "phone_number_id"): ("", "12a", "1" * 300, 7),
    ("/senders", "waba_id"): ("", "12a", "1" * 300, 7),
    ("/senders", "app_secret"): ("x" * 1001, 7),
    ("/recipients", "language"): ("x" * 36, 7),
    ("/groups", "kind"): ("tree", None),
    ("/schedules", "message_id"): ("nothing", 7),
    ("/schedules", "sender_id"): ("nothing", 7),
}


def right(ids: dict[str, Any], path: str, field: str) -> dict[str, Any]:
    """A right body for the path that has the field."""
    bodies = [body for method, p, body in requests_of(ids) if (method, p) == ("POST", path)]
    first = field.split(".")[0]
    return json.loads(json.dumps(next(body for body in bodies if first in body)))  # type: ignore[no-any-return]


def with_field(body: dict[str, Any], field: str, value: Any) -> dict[str, Any]:
    spot, (*way, last) = body, field.split(".")
    for name in way:
        spot = spot[name]
    spot[last] = value
    return body


@pytest.mark.parametrize(("place", "longest"), LONGEST.items(), ids=lambda v: str(v))
def test_takes_the_longest_and_refuses_one_more(
    owner: TestClient, world: dict[str, Any], place: tuple[str, str], longest: int
) -> None:
    path, field = place
    body = right(world, path, field)
    more = owner.post(f"/api/v1{path}", json=with_field(body, field, "x" * (longest + 1)))
    assert more.status_code == 422, more.text
    assert more.json()["errors"][0]["field"].startswith(field)
    taken = owner.post(f"/api/v1{path}", json=with_field(body, field, "x" * longest))
    assert taken.status_code in (201, 202), taken.text


@pytest.mark.parametrize(("place", "values"), OUT_OF_RANGE.items(), ids=lambda v: str(v)[:60])
def test_names_the_field_that_is_out_of_range(
    owner: TestClient, world: dict[str, Any], place: tuple[str, str], values: tuple[Any, ...]
) -> None:
    path, field = place
    for value in values:
        body = with_field(right(world, path, field), field, value)
        answer = owner.post(f"/api/v1{path}", json=body)
        assert answer.status_code == 422, (value, answer.text)
        assert answer.json()["errors"][0]["field"].startswith(field), (value, answer.text)
