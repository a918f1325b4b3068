"""RFC 9457: every error leaves as ``application/problem+json``, mapped here once."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from app.api import media_types, methods
from app.domain.errors import FieldError, InvalidError, Refusal

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
_TITLES = {
    400: "Bad request",
    401: "Not authenticated",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "Not possible in this state",
    412: "Changed by somebody else meanwhile",
    413: "Too large",
    415: "Unsupported media type",
    422: "Invalid input",
    429: "Too many requests",
    500: "Our mistake",
    502: "WhatsApp did not answer",
    503: "Not available right now",
}
# Pydantic's names for what is wrong -> ours, which are stable.
_CODES = {
    "missing": "required",
    "extra_forbidden": "unknown_field",
    "json_invalid": "invalid_json",
    "string_too_long": "too_long",
    "string_too_short": "too_short",
    "too_long": "too_many",
    "too_short": "too_few",
    "enum": "unknown_value",
    "literal_error": "unknown_value",
    "uuid_parsing": "invalid_id",
    "uuid_type": "invalid_id",
    "value_error": "invalid",
}


class FieldProblem(BaseModel):
    """One field and what would be right."""

    field: str
    code: str
    message: str


class Problem(BaseModel):
    """The body of every error."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldProblem] = []
    request_id: str | None = None


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """OpenAPI ``responses`` for the errors an operation may answer."""
    return {
        status: {"description": _TITLES[status], "content": {MEDIA_TYPE: {"schema": _SCHEMA_REF}}}
        for status in statuses
    }


_SCHEMA_REF = {"$ref": "#/components/schemas/Problem"}


def response(
    request: Request,
    status: int,
    code: str,
    detail: str,
    *,
    errors: Sequence[FieldError] = (),
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    """One problem+json answer."""
    problem = Problem(
        type=f"/docs/errors#{code}",
        title=_TITLES.get(status, "Error"),
        status=status,
        detail=detail,
        code=code,
        errors=[FieldProblem(field=e.field, code=e.code, message=e.message) for e in errors],
        request_id=getattr(request.state, "request_id", None),
    )
    return JSONResponse(problem.model_dump(), status, headers, media_type=MEDIA_TYPE)


def _refused(request: Request, refusal: Exception) -> JSONResponse:
    assert isinstance(refusal, Refusal)
    headers = {"Retry-After": str(refusal.retry_after)} if refusal.retry_after else {}
    if refusal.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return response(
        request,
        refusal.status,
        refusal.code,
        refusal.detail,
        errors=refusal.errors,
        headers=headers,
    )


def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    if any(e["loc"][:1] == ("path",) for e in found):
        if methods.is_resource(request.app, request.url.path):
            # The name of another resource, such as /templates/sync, stands where an id would.
            return _http(request, HTTPException(405))
        return response(request, 404, "not_found", "There is nothing with this id.")
    if any(e["loc"][:1] == ("body",) for e in found):
        other_kind = media_types.refusal(request)
        if other_kind is not None:
            return _refused(request, other_kind)
    errors = [field_error(e) for e in found]
    detail = "; ".join(f"{e.field}: {e.message}" for e in errors[:3])
    code = errors[0].code if len(errors) == 1 else "invalid"
    return response(request, 422, code, detail, errors=errors)


def field_error(error: Mapping[str, Any], *, of_request: bool = True) -> FieldError:
    """One error of Pydantic in our words; ``of_request``: its place starts with body or query."""
    loc = [str(part) for part in error["loc"][1 if of_request else 0 :]]
    context = error.get("ctx") or {}
    kind = error["type"]
    # A number here is an offset in the text of the body, not a place in it.
    if kind == "json_invalid" and (not loc or loc[-1].isdecimal()):
        return FieldError("body", "invalid_json", f"The body is not JSON: {context.get('error')}.")
    field = _named(".".join(loc), str(context.get("field") or ""))
    # A field's name may hold half of a surrogate pair, which no answer could carry.
    field = field.encode(errors="replace").decode()
    return FieldError(field, _CODES.get(kind, kind), error["msg"])


def _named(place: str, field: str) -> str:
    """The field an error is about: a model names it from inside, or whole."""
    if not place or not field or field == place or field.startswith(f"{place}."):
        return field or place or "body"
    return f"{place}.{field}"


def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    if error.status_code == 400:
        # What FastAPI says of a body that isn't even text, or of broken multipart.
        return _refused(request, InvalidError.of("body", "invalid_body", str(error.detail)))
    headers = dict(error.headers or {})
    if error.status_code == 405 and (allowed := methods.allowed(request.app, request.url.path)):
        headers["Allow"] = allowed
    code = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "error")
    return response(request, error.status_code, code, str(error.detail), headers=headers)


def _unexpected(request: Request, error: Exception) -> JSONResponse:
    logger.error("unhandled error in a request", exc_info=error)
    return response(
        request, 500, "internal_error", "Something went wrong on our side; it has been logged."
    )


def install(app: FastAPI) -> None:
    """Answer every refusal and failure of ``app`` as problem+json."""
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)
