"""Requests straight into the application: as raw as a socket's, without the time a client takes."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.types import ASGIApp, Message

_JSON = (b"content-type", b"application/json")


@dataclass(slots=True)
class Answer:
    """Status, headers (lower-case names) and body; a stream is left after its head."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def code(self) -> str:
        """The stable code of a problem; empty for other answers."""
        return str(json.loads(self.body)["code"]) if self.status >= 400 and self.body else ""


@dataclass
class Client:
    """One caller of ``app``; ``headers`` go with every request."""

    app: ASGIApp
    host: str = "127.0.0.1:8000"
    address: str = "203.0.113.9"
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)

    async def call(
        self, method: str, path: str, *headers: tuple[bytes, bytes], body: bytes = b""
    ) -> Answer:
        """Make one request and take its answer."""
        scope = self._scope(method, path, headers)
        events = asyncio.Event()
        sent = False
        found: list[Answer] = []

        async def receive() -> Message:
            nonlocal sent
            if not sent:
                sent = True
                return {"type": "http.request", "body": body}
            await events.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                head = {k.decode(): v.decode() for k, v in message["headers"]}
                found.append(Answer(message["status"], head))
                if head.get("content-type", "").startswith("text/event-stream"):
                    # It would go on for ever.
                    events.set()
            elif message["type"] == "http.response.body":
                found[0].body += message.get("body", b"")

        await self.app(scope, receive, send)
        return found[0]

    def _scope(
        self, method: str, path: str, headers: tuple[tuple[bytes, bytes], ...]
    ) -> dict[str, Any]:
        target, _, query = path.partition("?")
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": target,
            "raw_path": target.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(b"host", self.host.encode()), _JSON, *self.headers, *headers],
            "client": (self.address, 50_000),
            "server": ("127.0.0.1", 8000),
            "state": {},
        }


def bearer(token: str | bytes) -> tuple[bytes, bytes]:
    """The header that carries a token, however odd."""
    raw = token if isinstance(token, bytes) else token.encode("utf-8", "surrogatepass")
    return b"authorization", b"Bearer " + raw
