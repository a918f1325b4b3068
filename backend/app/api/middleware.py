"""Every response: a request id, headers that keep browsers safe, one line in the log."""

import logging
import re
import time
from collections.abc import MutableMapping
from typing import Any

import structlog
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api import intake
from app.core.config import settings
from app.core.ids import new_id

logger = logging.getLogger("app.requests")

_REQUEST_ID = re.compile(r"[A-Za-z0-9._\-]{1,128}")
# Nothing inline. The hash is that of no text at all: libraries make style elements that stay
# empty, or are filled by scripts through the object model, which the policy leaves alone.
_EMPTY_STYLE = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
CSP = (
    f"default-src 'self'; script-src 'self'; style-src 'self' {_EMPTY_STYLE}; img-src 'self'; "
    "font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_ENCODED = [(name.lower().encode(), value.encode()) for name, value in _HEADERS.items()]
_HSTS = b"max-age=31536000"
_REQUEST_ID_NAME = b"x-request-id"


class RequestContext:
    """Pure ASGI, so that streams pass through untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request within its context."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        started = time.monotonic()

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _complete(message, scope, request_id)
                _log(scope, message["status"], time.monotonic() - started)
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _request_id(scope: Scope) -> str:
    sent = Headers(scope=scope).get("x-request-id", "")
    return sent if _REQUEST_ID.fullmatch(sent) else str(new_id())


def _complete(message: MutableMapping[str, Any], scope: Scope, request_id: str) -> None:
    # By hand, as callbacks come by the thousand: an object for each header costs a third of one.
    given = [header for header in message.get("headers", ()) if header[0] != _REQUEST_ID_NAME]
    names = {name for name, _ in given}
    wanted = [*_ENCODED]
    if scope["path"].startswith("/api/"):
        # Tokens, keys and people's data are for nobody's disk.
        wanted.append((b"cache-control", b"no-store"))
    if settings().secure_cookies:
        wanted.append((b"strict-transport-security", _HSTS))
    message["headers"] = [
        *given,
        (_REQUEST_ID_NAME, request_id.encode()),
        *(header for header in wanted if header[0] not in names),
    ]


def _level(route: str, status: int) -> int:
    # Thousands a minute are stored, and counted; a person looks for the others. A line costs
    # ten times what taking one in does.
    return logging.DEBUG if (route, status) == (intake.PATH, 200) else logging.INFO


def _log(scope: Scope, status: int, seconds: float) -> None:
    if scope["path"].startswith("/health"):
        return
    # The template, never the path: it may hold what nobody should read, and ids are fields.
    route = getattr(scope.get("route"), "path", "other")
    level = _level(route, status)
    if not logger.isEnabledFor(level):
        return
    ids = {name: str(value) for name, value in scope.get("path_params", {}).items()}
    logger.log(
        level,
        "%s %s %s",
        scope["method"],
        route,
        status,
        extra=ids
        | {
            "method": scope["method"],
            "route": route,
            "status": status,
            "duration_ms": round(seconds * 1000, 1),
        },
    )
