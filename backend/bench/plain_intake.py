"""Taking in callbacks as one would at first, and as little as one could.

``uvicorn bench.plain_intake:update`` commits an UPDATE for each status before it answers;
``:constant`` checks the signature and says yes. BENCH_SECRET is the app's, BENCH_DATABASE where
the table is.
"""

import hashlib
import hmac
import json
import os
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from psycopg2.pool import ThreadedConnectionPool
from starlette.types import Receive, Scope, Send

_UPDATE = {
    step: f"UPDATE bench_messages SET status = '{step}', {step}_at = to_timestamp(%s)"
    " WHERE wamid = %s"
    for step in ("sent", "delivered", "read")
}
_SIGNATURE = b"x-hub-signature-256"
_OK: dict[str, Any] = {
    "type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")],
}  # fmt: skip


def _is_signed(raw: bytes, header: str) -> bool:
    mac = hmac.digest(os.environ["BENCH_SECRET"].encode(), raw, hashlib.sha256).hex()
    return hmac.compare_digest(header, f"sha256={mac}")


# As many as threads that FastAPI runs endpoints in.
_pool = ThreadedConnectionPool(4, 40, os.environ["BENCH_DATABASE"])


async def _body(request: Request) -> bytes:
    return await request.body()


router = APIRouter()


@router.post("/")
def take(raw: Annotated[bytes, Depends(_body)], request: Request) -> Response:
    """Obey it, then answer."""
    if not _is_signed(raw, request.headers.get(_SIGNATURE.decode(), "")):
        return Response(status_code=401)
    connection = _pool.getconn()
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            for entry in json.loads(raw)["entry"]:
                for change in entry["changes"]:
                    for status in change["value"]["statuses"]:
                        values = [int(status["timestamp"]), status["id"]]
                        cursor.execute(_UPDATE[status["status"]], values)
    finally:
        _pool.putconn(connection)
    return Response(status_code=200)


update = FastAPI()
update.include_router(router)


async def constant(scope: Scope, receive: Receive, send: Send) -> None:
    """Check the signature, forget the rest."""
    if scope["type"] != "http":
        return
    raw, more = b"", True
    while more:
        message = await receive()
        raw += message.get("body", b"")
        more = message.get("more_body", False)
    given = next((value for name, value in scope["headers"] if name == _SIGNATURE), b"")
    status = 200 if _is_signed(raw, given.decode()) else 401
    await send(_OK | {"status": status})
    await send({"type": "http.response.body", "body": b""})
