"""Every field of every JSON body as the OpenAPI has it, and what each must refuse.

A field's place is its names from the body down; ``0`` stands for an item of a list, ``*`` for a
value of a map with free keys.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
_BASE = "/api/v1"
# Keys that fit every map of the API: a language, a slot of a template.
_KEY = "en"


@dataclass(frozen=True, slots=True)
class Field:
    """``schema`` without references and without null, which ``may_be_null`` tells."""

    method: str
    path: str
    place: tuple[str, ...]
    schema: Json
    may_be_null: bool

    @property
    def name(self) -> str:
        return ".".join(_KEY if part == "*" else part for part in self.place)

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.name}"

    def body(self, value: Any) -> Any:
        """A body with this field alone."""
        for part in reversed(self.place):
            value = [value] if part == "0" else {_KEY if part == "*" else part: value}
        return value


def operations(openapi: Json) -> Iterator[tuple[str, str, Json]]:
    """Method, path below the API's own and schema of each operation that takes JSON."""
    for path, methods in openapi["paths"].items():
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {})
            if "application/json" in content:
                yield (
                    method.upper(),
                    path.removeprefix(_BASE),
                    content["application/json"]["schema"],
                )


def fields(openapi: Json) -> Iterator[Field]:
    """All of them; bodies of what isn't built yet have none."""
    for method, path, schema in operations(openapi):
        for place, found, may_be_null in _below((), schema, openapi):
            yield Field(method, path, place, found, may_be_null)


def _below(
    place: tuple[str, ...], schema: Json, openapi: Json
) -> Iterator[tuple[tuple[str, ...], Json, bool]]:
    schema, may_be_null = _plain(schema, openapi)
    if place:
        yield place, schema, may_be_null
    for name, inner in schema.get("properties", {}).items():
        yield from _below((*place, name), inner, openapi)
    free = schema.get("additionalProperties") or next(
        iter(schema.get("patternProperties", {}).values()), None
    )
    if isinstance(free, dict):
        yield from _below((*place, "*"), free, openapi)
    if "items" in schema:
        yield from _below((*place, "0"), schema["items"], openapi)


def _plain(schema: Json, openapi: Json) -> tuple[Json, bool]:
    may_be_null = False
    while True:
        if "$ref" in schema:
            found = openapi["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
            schema = {**found, **{k: v for k, v in schema.items() if k != "$ref"}}
            continue
        choices = schema.get("anyOf", [])
        others = [one for one in choices if one != {"type": "null"}]
        may_be_null = may_be_null or len(others) < len(choices)
        if len(others) != 1:
            return schema, may_be_null
        schema = others[0]


def is_limited(field: Field) -> bool:
    """Whether its schema says how long, large or which it may be."""
    schema = field.schema
    match schema.get("type"):
        case "string":
            return any(word in schema for word in ("maxLength", "enum", "format", "pattern"))
        case "integer" | "number":
            return "minimum" in schema and "maximum" in schema
        case "array":
            return "maxItems" in schema
        case "object":
            return "properties" in schema or "maxProperties" in schema
        case "boolean":
            return True
    return False


def refused(field: Field) -> Iterator[tuple[Any, str | None]]:
    """Values against its schema, with the code of the refusal where the contract has one."""
    schema = field.schema
    if not field.may_be_null and "anyOf" not in schema:
        yield None, None
    match schema.get("type"):
        case "string":
            yield from ((7, None), ([], None), ({}, None))
            yield from _wrong_texts(schema)
        case "integer" | "number":
            yield from (("many", None), ([], None), (10**400, None))
            if schema["type"] == "integer":
                yield 1.5, None
            yield from ((schema["minimum"] - 1, None),) if "minimum" in schema else ()
            yield from ((schema["maximum"] + 1, None),) if "maximum" in schema else ()
        case "boolean":
            yield from ((7, None), ("perhaps", None), ({}, None))
            yield from ((False, "unknown_value"),) if "const" in schema else ()
        case "array":
            yield from ((7, None), ("text", None), ({"a": 1}, None))
            if "maxItems" in schema:
                yield [_any(schema["items"])] * (schema["maxItems"] + 1), "too_many"
            if schema.get("minItems"):
                yield [], "too_few"
        case "object":
            yield from ((7, None), ("text", None), ([1], None))
            if schema.get("additionalProperties") is False:
                yield {"no_such_field": 1}, None


def _wrong_texts(schema: Json) -> Iterator[tuple[Any, str | None]]:
    if "enum" in schema:
        yield "no such word", "unknown_value"
    if "maxLength" in schema:
        yield "x" * (schema["maxLength"] + 1), "too_long"
    if "minLength" in schema:
        yield "", "too_short"
    if "pattern" in schema:
        yield "#", None
    if schema.get("format") == "uuid":
        yield "nothing", "invalid_id"
    if schema.get("format") == "date-time":
        yield from (("soon", None), ("2027-13-01T00:00:00Z", None))


def _any(schema: Json) -> Any:
    return "00000000-0000-7000-8000-000000000000" if schema.get("type") == "string" else {}
