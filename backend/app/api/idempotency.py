"""``Idempotency-Key``: a POST that is repeated answers what it answered first.

The key's row is inserted in the transaction of the effect and carries the answer when that
commits. A parallel repeat waits at the unique index until then, so it either replays the
answer or, when the first one was rolled back, does the work itself.
"""

import hashlib
import json
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from python_multipart.multipart import parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse

from app.api import bodies
from app.domain.errors import InvalidError
from app.services import idempotency

HEADER = "idempotency-key"
_MAX_LENGTH = 255


class Replay(Exception):
    """The answer exists already."""

    def __init__(self, answer: idempotency.Answer) -> None:
        super().__init__("replayed")
        self.answer = answer


def key_of(request: Request) -> str | None:
    """The caller's key. Raises InvalidError for one that isn't 1 to 255 printable characters."""
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not (1 <= len(key) <= _MAX_LENGTH and key.isascii() and key.isprintable()):
        raise InvalidError.of(
            "Idempotency-Key", "invalid", "Idempotency-Key takes 1 to 255 printable characters."
        )
    return key


def fingerprint(request: Request, body: bytes) -> str:
    """What must be the same for a request to count as a repeat."""
    head = f"{request.method} {request.url.path}?{request.url.query}\n".encode()
    return hashlib.sha256(head + _without_boundary(request, body)).hexdigest()


def _without_boundary(request: Request, body: bytes) -> bytes:
    # Drawn by chance for every upload (RFC 2046, 5.1.1): a repeat has another one.
    _, options = parse_options_header(request.headers.get("content-type"))
    boundary = options.get(b"boundary")
    return body.replace(boundary, b"") if boundary else body


def replay_answered(request: Request) -> None:
    """Raise Replay when this request was answered before."""
    known = getattr(request.state, "idempotency", None)
    if isinstance(known, idempotency.Answer):
        raise Replay(known)


class Route(APIRoute):
    """Reads the body under a cap; keeps or replays the answer of a keyed POST."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handler(request: Request) -> Response:
            await bodies.read(request)
            try:
                response = await handle(request)
            except Replay as replay:
                return JSONResponse(
                    replay.answer.body,
                    replay.answer.status,
                    {"Idempotency-Replayed": "true"},
                )
            claim: idempotency.Claim | None = getattr(request.state, "idempotency", None)
            if claim is not None:
                await run_in_threadpool(claim.keep, _answer(request, response))
            return response

        return handler


def _answer(request: Request, response: Response) -> idempotency.Answer:
    body: Any = json.loads(bytes(response.body)) if response.body else None
    for secret in getattr(request.state, "shown_once", ()):
        body.pop(secret, None)
    return idempotency.Answer(response.status_code, body)
