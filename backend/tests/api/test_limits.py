"""The limits the contract names: the longest is taken, one more is refused by name."""

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.api.body_fields import Field
from tests.api.right_bodies import requests_of, template

pytestmark = pytest.mark.usefixtures("unlimited")
LONGEST = {
    ("POST /senders", "name"): 200,
    ("POST /senders", "access_token"): 1000,
    ("POST /messages", "title"): 200,
    ("POST /messages", "content"): 4096,
    ("POST /recipients", "name"): 200,
    ("POST /recipients", "external_id"): 200,
    ("POST /recipients", "consent.source"): 200,
    ("POST /recipients", "consent.evidence"): 1024,
    ("POST /recipients", "attributes.city"): 1024,
    ("POST /groups", "name"): 200,
    ("POST /groups", "description"): 1024,
    ("POST /schedules", "name"): 200,
    ("POST /schedules", "reference"): 200,
    ("POST /api-keys", "name"): 200,
    ("POST /messages/send", "reference"): 200,
}
OUT_OF_RANGE: dict[tuple[str, str], tuple[Any, ...]] = {
    ("POST /senders", "throughput_mps"): (0, 1001, 80.5, "80"),
    ("POST /schedules", "max_rate_mps"): (0, 1001, 1.5),
    ("POST /schedules", "expires_after_s"): (0, 2_592_001, 1e99),
    ("POST /schedules", "metadata"): ({"a": "x" * 2048}, [], "text"),
    ("POST /schedules", "audience.group_ids"): (["nothing"], "text", [None]),
    ("POST /schedules", "audience.exclude_group_ids"): (["nothing"], "text", [None]),
    ("POST /schedules", "audience.recipient_ids"): (["nothing"], ["external:"], "text", [None]),
    ("POST /schedules", "timing.timezone"): ("Mars/Olympus", "", 7),
    ("POST /schedules", "timing.at"): ("tomorrow", "2027-13-01T09:00", "2027-01-05", 7),
    ("POST /recipients", "phone"): ("12", "hello", "", 7),
    ("POST /recipients", "country"): ("XX", "USA", ""),
    ("POST /recipients", "timezone"): ("UTC+2", "PST8PDT9"),
    ("POST /recipients", "attributes"): ({str(n): n for n in range(101)}, {"a": {"b": 1}}, {"": 1}),
    ("POST /api-keys", "scopes"): (["everything"], [], "admin"),
    ("POST /api-keys", "expires_at"): ("2020-01-01T00:00:00Z", "soon"),
    ("POST /messages", "category"): ("spam", None),
    ("POST /messages", "kind"): ("fax",),
    ("POST /messages/send", "expires_after_s"): (0, -1),
    ("POST /messages/send", "metadata"): ({"a": "x" * 2048},),
    ("POST /messages/send", "to"): ("1" * 201, "hello", 7),
    ("POST /messages/send", "sender_id"): ("nothing", 7),
    ("POST /senders", "phone_number_id"): ("", "12a", "1" * 300, 7),
    ("POST /senders", "waba_id"): ("", "12a", "1" * 300, 7),
    ("POST /senders", "app_secret"): ("x" * 1001, 7),
    ("POST /recipients", "language"): ("x" * 36, 7),
    ("POST /groups", "kind"): ("tree", None),
    ("POST /schedules", "message_id"): ("nothing", 7),
    ("POST /schedules", "sender_id"): ("nothing", 7),
    ("PATCH /recipients/{}", "phone"): ("12", "hello", "", 7),
    ("PATCH /recipients/{}", "country"): ("XX", "USA", ""),
    ("PATCH /recipients/{}", "timezone"): ("UTC+2", "Mars/Olympus"),
    ("PATCH /recipients/{}", "attributes"): ({str(n): n for n in range(101)}, {"a": {"b": 1}}),
    ("PATCH /senders/{}", "access_token"): ("", "x" * 1001),
    ("PATCH /senders/{}", "app_secret"): ("x" * 1001,),
    ("PATCH /messages/{}", "content"): ("", "{{ name | shout }}", "{% if %}"),
    ("POST /messages", "content"): ("", "{{ name | shout }}", "{% if %}"),
    ("PATCH /workspace", "timezone"): ("Mars/Olympus", "", "UTC+2"),
    ("PATCH /workspace", "country"): ("XX", "us", "USA"),
    ("PATCH /workspace", "locale"): ("english", "EN", "es_MX"),
    ("PATCH /workspace", "stop_words"): ({"english": ["a"]}, {"en": [""]}, {"en": "a"}),
    ("PATCH /workspace", "retention_days.deliveries"): (7, 3651, 8.5, "8 days"),
    ("POST /setup", "email"): ("ana", "ana@", "@example.com", "a b@example.com", ""),
    ("POST /setup", "password"): ("elevenchars", "x" * 257),
    ("POST /setup", "timezone"): ("Mars/Olympus", ""),
    ("POST /setup", "country"): ("XX", "mx"),
    ("POST /setup", "locale"): ("spanish", "ES"),
    ("POST /invitations", "email"): ("luz", "luz@", ""),
    ("POST /invitations", "role"): ("king", "", None),
    ("PATCH /members/{}", "role"): ("king", "", None),
    ("POST /auth/password", "new_password"): ("elevenchars", "x" * 257),
    ("POST /auth/switch", "workspace_id"): ("nothing", None),
    ("POST /deliveries/resolve", "action"): ("send", None),
    ("POST /deliveries/resolve", "filter.status"): (["sent"], "failed"),
    ("POST /deliveries/resolve", "filter.to"): ("soon", "2027-02-30T00:00:00Z"),
    ("POST /groups", "name"): ("", " "),
    ("POST /templates/sync", "sender_id"): ("nothing",),
}
# Fields whose schema says nothing of their size, and which rows above try them.
_AUDIENCE = ("group_ids", "recipient_ids", "exclude_group_ids")
ROWS = {
    "access_token": "/senders",
    "app_secret": "/senders",
    **{f"audience.{name}": "/schedules" for name in _AUDIENCE},
}


def has_row(field: Field) -> bool:
    """Whether a row tries what its schema doesn't say."""
    for name, path in ROWS.items():
        if field.name == name and field.path.startswith(path):
            return any(row[0].endswith(path) and row[1] == name for row in OUT_OF_RANGE | LONGEST)
    return False


def right(ids: dict[str, Any], operation: str, field: str) -> tuple[str, dict[str, Any]]:
    """The path, with ids, and a right body that has the field."""
    first = field.split(".")[0]
    return next(
        (path, json.loads(json.dumps(body)))
        for method, path, body in requests_of(ids)
        if f"{method} {template(path)}" == operation and first in body
    )


def with_field(body: dict[str, Any], field: str, value: Any) -> dict[str, Any]:
    spot, (*way, last) = body, field.split(".")
    for name in way:
        spot = spot.setdefault(name, {})
    spot[last] = value
    return body


@pytest.mark.parametrize(("place", "longest"), LONGEST.items(), ids=lambda v: str(v))
def test_takes_the_longest_and_refuses_one_more(
    owner: TestClient, world: dict[str, Any], place: tuple[str, str], longest: int
) -> None:
    operation, field = place
    path, body = right(world, operation, field)
    more = owner.post(f"/api/v1{path}", json=with_field(body, field, "x" * (longest + 1)))
    assert more.status_code == 422, more.text
    assert more.json()["errors"][0]["field"].startswith(field)
    taken = owner.post(f"/api/v1{path}", json=with_field(body, field, "x" * longest))
    assert taken.status_code in (201, 202), taken.text


@pytest.mark.parametrize(("place", "values"), OUT_OF_RANGE.items(), ids=lambda v: str(v)[:60])
def test_names_the_field_that_is_out_of_range(
    owner: TestClient, world: dict[str, Any], place: tuple[str, str], values: tuple[Any, ...]
) -> None:
    operation, field = place
    for value in values:
        path, body = right(world, operation, field)
        method = operation.partition(" ")[0]
        answer = owner.request(method, f"/api/v1{path}", json=with_field(body, field, value))
        assert answer.status_code == 422, (value, answer.text)
        assert answer.json()["errors"][0]["field"].startswith(field), (value, answer.text)
