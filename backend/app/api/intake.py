"""WhatsApp's callbacks come in here, beside FastAPI: its overhead is most of a callback's cost.

A 200 means durably stored; merging happens later in a worker. Whatever isn't signed is refused
unread and unstored.
"""

import asyncio
import logging
import time
from types import SimpleNamespace
from urllib.parse import parse_qsl

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.api import problems
from app.api.intake_writer import Writer
from app.core import db, walls
from app.core.config import settings
from app.integrations.whatsapp import signatures
from app.services.webhooks import signing
from app.services.webhooks.inbox import Body

logger = logging.getLogger(__name__)

PATH = "/webhook/whatsapp"
MAX_BODY_BYTES = 3 * 1024 * 1024  # Meta's own limit
# A removed secret is believed for this long at most; a new one is looked up at its first use,
# but no more often than each second, however many forged callbacks come.
_SECRETS_FOR_S = 10.0
_LOOK_UP_EVERY_S = 1.0

_ROUTE = SimpleNamespace(path=PATH)  # what metrics call it


class TooLargeError(Exception):
    """The body passed the cap."""


class DisconnectedError(Exception):
    """The caller went away before the body's end."""


class Intake:
    """Middleware that answers ``/webhook/whatsapp`` itself and passes on all else."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._writer = Writer()
        self._secrets: signing.Secrets = {}
        self._loaded_at = float("-inf")
        self._loading: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or the application's life, with which the writer starts and ends."""
        if scope["type"] == "lifespan":
            self._writer.start()
            try:
                await self._app(scope, receive, send)
            finally:
                await asyncio.to_thread(self._writer.stop)
        elif scope["type"] == "http" and scope["path"] == PATH:
            scope["route"] = _ROUTE
            response = await self._answer(scope, receive)
            if response is not None:
                await response(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive) -> Response | None:
        if scope["method"] == "GET":
            return _handshake(scope)
        if scope["method"] != "POST":
            allowed = {"Allow": "GET, POST"}
            return _problem(scope, 405, "method_not_allowed", "GET and POST only.", allowed)
        try:
            raw = await _read(scope, receive)
        except TooLargeError:
            detail = f"A callback may have at most {MAX_BODY_BYTES} bytes."
            return _problem(scope, 413, "too_large", detail)
        except DisconnectedError:
            return None
        return await self._take(scope, raw)

    async def _take(self, scope: Scope, raw: bytes) -> Response:
        header = Headers(scope=scope).get("x-hub-signature-256")
        try:
            signed, workspace_ids = await self._check(raw, header)
        except Exception as failure:
            logger.warning("app secrets could not be read: %s", type(failure).__name__)
            return _not_now(scope)
        if not signed:
            detail = "X-Hub-Signature-256 is missing or not of a known app."
            return _problem(scope, 401, "not_authenticated", detail)
        stored = self._writer.offer(Body(raw, workspace_ids))
        if stored is None or not await stored:
            return _not_now(scope)
        return Response(status_code=200)

    async def _check(self, raw: bytes, header: str | None) -> signing.Verdict:
        if time.monotonic() - self._loaded_at >= _SECRETS_FOR_S:
            await self._reload()
        verdict = signing.speaks_for(raw, header, self._secrets)
        if not verdict[0] and time.monotonic() - self._loaded_at >= _LOOK_UP_EVERY_S:
            await self._reload()
            verdict = signing.speaks_for(raw, header, self._secrets)
        return verdict

    async def _reload(self) -> None:
        # One look-up for all that wait, and none of them cancels it for the others.
        if self._loading is None or self._loading.done():
            self._loading = asyncio.create_task(self._load())
        await asyncio.shield(self._loading)

    async def _load(self) -> None:
        self._secrets = await asyncio.to_thread(_read_secrets)
        self._loaded_at = time.monotonic()


def _read_secrets() -> signing.Secrets:
    with db.reading(walls.WORKER) as session:
        return signing.load(session)


def _handshake(scope: Scope) -> Response:
    query = dict(parse_qsl(scope["query_string"].decode("latin-1")))
    token = settings().whatsapp_verify_token
    echo = signatures.challenge(query, token.get_secret_value() if token else None)
    if echo is None:
        return _problem(scope, 403, "forbidden", "The verify token is not ours.")
    return PlainTextResponse(echo)


async def _read(scope: Scope, receive: Receive) -> bytes:
    declared = Headers(scope=scope).get("content-length", "0")
    if declared.isdecimal() and int(declared) > MAX_BODY_BYTES:
        raise TooLargeError
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise DisconnectedError
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size > MAX_BODY_BYTES:
            raise TooLargeError
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)


def _not_now(scope: Scope) -> Response:
    detail = "The callback could not be stored; send it again."
    return _problem(scope, 503, "unavailable", detail, {"Retry-After": "1"})


def _problem(
    scope: Scope, status: int, code: str, detail: str, headers: dict[str, str] | None = None
) -> Response:
    return problems.response(Request(scope), status, code, detail, headers=headers)
