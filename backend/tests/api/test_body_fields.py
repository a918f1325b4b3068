"""Each field of each body, from the OpenAPI: a value it may not have is refused by its name.

A field whose schema says nothing of its limits needs a row of its own in ``test_limits``.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.core.ids import new_id
from tests.api import body_fields, right_bodies, test_limits
from tests.api.body_fields import Field
from tests.api.test_hostile_queries import filled

pytestmark = pytest.mark.usefixtures("unlimited")
# What the running application answers: `make check` compares the two.
OPENAPI: dict[str, Any] = json.loads(
    (Path(__file__).resolve().parents[3] / "docs" / "openapi.json").read_text()
)
FIELDS = list(body_fields.fields(OPENAPI))
# What people write in their own words and keep in their own way: bounded as a whole.
BOUNDED_AS_A_WHOLE = {
    "attributes",
    "filter",
    "metadata",
    "parameters.body",
    "parameters.buttons",
    "parameters.header",
    "stop_words",
    "variables",
}
# The contract's own numbers.
PROMISED = {"title": 200, "name": 200, "workspace_name": 200, "content": 4096}


@pytest.mark.parametrize("path", sorted({(one.method, one.path) for one in FIELDS}), ids=" ".join)
def test_what_a_field_may_not_be_is_refused_by_its_name(
    owner: TestClient, path: tuple[str, str]
) -> None:
    wrong = []
    for field in FIELDS:
        if (field.method, field.path) != path:
            continue
        for value, code in body_fields.refused(field):
            if problem := what_is_wrong(owner, field, value, code):
                wrong.append(f"{field.name} = {str(value)[:60]}: {problem}")
    assert not wrong, "\n".join(wrong)


def what_is_wrong(client: TestClient, field: Field, value: Any, code: str | None) -> str | None:
    answer = ask(client, field, value)
    # Of many people the good ones are taken: each item is judged by itself.
    is_item = field.path == "/recipients/bulk" and field.place[:2] == ("items", "0")
    if answer.status_code != (200 if is_item else 422):
        return f"{answer.status_code} {answer.text[:200]}"
    before = "items.0." if is_item else ""
    errors = {before + one["field"]: one["code"] for one in answer.json()["errors"]}
    if is_item and field.name == "items.0":
        return None if errors else "is taken"
    named = [name for name in errors if is_named(field, name)]
    if not named:
        return f"names {errors}"
    if code is not None and errors[named[0]] not in (code, "not_supported_yet"):
        return f"is {errors[named[0]]}, not {code}"
    return None


def is_named(field: Field, by: str) -> bool:
    return f"{by}.".startswith(f"{field.name}.")


def ask(client: TestClient, field: Field, value: Any) -> Any:
    url = "/api/v1" + filled(field.path, str(new_id()))
    return client.request(field.method, url, json=field.body(value))


def test_as_long_as_may_be_is_not_too_long(owner: TestClient) -> None:
    for field in FIELDS:
        if "maxLength" not in field.schema:
            continue
        answer = ask(owner, field, "x" * field.schema["maxLength"])
        assert answer.status_code < 500, (field, answer.text)
        codes = {one["field"]: one["code"] for one in answer.json().get("errors", [])}
        assert codes.get(field.name) != "too_long", field


@pytest.mark.parametrize("field", FIELDS, ids=str)
def test_every_field_has_its_limit(field: Field) -> None:
    if field.place[-1] in PROMISED:
        assert field.schema["maxLength"] == PROMISED[field.place[-1]]
    is_bounded = any(is_part_of(field, whole) for whole in BOUNDED_AS_A_WHOLE)
    assert body_fields.is_limited(field) or is_bounded or test_limits.has_row(field), (
        "say in its schema how long or large it may be, or add a row to test_limits"
    )


def is_part_of(field: Field, whole: str) -> bool:
    return f".{whole}." in f".{field.name}."


def test_every_operation_has_a_right_body(world: dict[str, Any]) -> None:
    known = {(one[0], right_bodies.template(one[1])) for one in right_bodies.requests_of(world)}
    asked = {
        (method, right_bodies.template(path))
        for method, path, schema in body_fields.operations(OPENAPI)
        if schema.get("additionalProperties") is not True
    }
    assert asked == known
