"""The OpenAPI document: FastAPI's, made to say what really happens.

Every operation names its refusals as problem+json, those open to all say ``security: []``, and
operation ids are the endpoints' own names, so that generated clients read well.
"""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from app.api import examples
from app.api.problems import MEDIA_TYPE, Problem, problems

_METHODS = ("get", "post", "put", "patch", "delete")
_DESCRIPTION = """\
Plan WhatsApp messages, send them at the right second, and prove what happened to each.

Ids are UUIDs (version 7), instants RFC 3339 in UTC, phones E.164. Errors are
`application/problem+json` (RFC 9457) with a stable `code`; see `/docs/errors`. A POST with an
`Idempotency-Key` that is repeated answers what it answered first.
"""
_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Repeat the call with the same key and it is carried out once (kept 24 h).",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
}


def operation_id(route: APIRoute) -> str:
    """An endpoint's own name."""
    return route.name


def install(app: FastAPI) -> None:
    """Have ``app`` answer this document instead of FastAPI's own."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = build(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def build(app: FastAPI) -> dict[str, Any]:
    """The document of an application."""
    document = get_openapi(
        title=app.title,
        version=app.version,
        description=_DESCRIPTION,
        license_info={"name": "MIT", "identifier": "MIT"},
        routes=app.routes,
    )
    _add_problem_schemas(document)
    _add_examples(document)
    for path, operations in document["paths"].items():
        for method in _METHODS:
            if method in operations:
                _complete(path, method, operations[method])
    return document


def _add_problem_schemas(document: dict[str, Any]) -> None:
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    components = document.setdefault("components", {}).setdefault("schemas", {})
    components |= schema.pop("$defs")
    components["Problem"] = schema
    for name in ("HTTPValidationError", "ValidationError"):
        components.pop(name, None)


def _add_examples(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for name, body in examples.BODIES.items():
        if name in schemas:
            schemas[name].setdefault("examples", [body])


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    is_open = "security" not in operation
    if is_open:
        operation["security"] = []
    elif method == "post" and "/auth/" not in path:
        operation.setdefault("parameters", []).append(_IDEMPOTENCY_KEY)
    for status, answer in problems(*_refusals(path, operation, is_open)).items():
        given = operation["responses"].get(str(status), {})
        if MEDIA_TYPE not in given.get("content", {}):
            operation["responses"][str(status)] = answer
    operation["responses"] = dict(sorted(operation["responses"].items()))


def _refusals(path: str, operation: dict[str, Any], is_open: bool) -> set[int]:
    # What the layers around every endpoint may answer, whatever the endpoint itself does.
    statuses = {422} if operation.get("parameters") or "422" in operation["responses"] else set()
    if not is_open:
        statuses |= {401, 403, 429}
    if "{" in path:
        statuses.add(404)
    if "requestBody" in operation:
        statuses |= {413, 415}
    return statuses
