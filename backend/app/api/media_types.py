"""Bodies of another kind than an address takes (RFC 9110, section 15.5.16).

Without this a form sent to a JSON address would only be called an invalid object.
"""

from email.message import Message
from typing import Any

from starlette.requests import Request

from app.api import methods
from app.domain.errors import UnsupportedMediaError

_JSON = "application/json"


def refusal(request: Request) -> UnsupportedMediaError | None:
    """Why the request's body can't be taken for what it should be; None when it can."""
    wanted = _wanted(request)
    given = _given(request)
    if wanted is None or not _has_body(request) or _fits(wanted, given):
        return None
    said = f"not {given}" if given else "and say so"
    return UnsupportedMediaError(
        f"This address takes {wanted}, {said}: send the header Content-Type: {wanted}"
        f"{' and a JSON body' if wanted == _JSON else ' (curl -F does)'}."
    )


def _wanted(request: Request) -> str | None:
    for template in methods.templates(request.app, request.url.path):
        operation: dict[str, Any] = request.app.openapi()["paths"][template]
        body = operation.get(request.method.lower(), {}).get("requestBody", {})
        return next(iter(body.get("content", {})), None)
    return None


def _given(request: Request) -> str | None:
    if "content-type" not in request.headers:
        return None
    header = Message()
    header["Content-Type"] = request.headers["content-type"]
    return header.get_content_type()


def _fits(wanted: str, given: str | None) -> bool:
    return given == wanted or (wanted == _JSON and given is not None and given.endswith("+json"))


def _has_body(request: Request) -> bool:
    headers = request.headers
    return headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
