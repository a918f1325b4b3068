"""The hot path: one POST, one outcome, never sent twice.

Whether a byte was written is known, not guessed: the body is a payload of our own that aiohttp
asks to write itself once a connection stands. aiohttp holds the headers back until then, so
before that call nothing has left and afterwards everything may have.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic
from types import TracebackType
from typing import Protocol, Self

import aiohttp
from aiohttp.abc import AbstractStreamWriter
from aiohttp.client_proto import ResponseHandler

from app.domain.send_timing import TIMING
from app.integrations.whatsapp import provider_clock
from app.integrations.whatsapp.answers import Ambiguous, Answer, NotSent, classify

ANSWER_LIMIT = 64 * 1024
# Shorter than any peer's, so that a kept connection is seldom closed under a request.
_KEEP_ALIVE_SECONDS = 15


@dataclass(frozen=True, slots=True)
class SendRequest:
    """One ``POST /{phone_number_id}/messages``.

    ``deadline`` is of ``time.monotonic()``: past it, no first byte leaves. ``admit`` is asked
    once a connection stands, waits for its turn and says whether the first byte may leave.
    ``on_begun`` is called once, in the event loop, when the first byte is about to leave.
    """

    phone_number_id: str
    access_token: str = field(repr=False)
    body: bytes = field(repr=False)
    deadline: float
    on_begun: Callable[[], None] | None = field(default=None, repr=False)
    admit: Callable[[], Awaitable[bool]] | None = field(default=None, repr=False)


class Transport(Protocol):
    """Sends requests; implementations never retry, follow redirects or use a proxy."""

    async def send(self, request: SendRequest) -> Answer:
        """Send once and say what it came to. Raises nothing but CancelledError."""

    async def warm(self, connections: int) -> None:
        """Open connections ahead, so that the first sends don't wait for them. Never raises."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds: until connected (waiting for a free connection included), and for the answer."""

    connect: float = TIMING.connect_s
    read: float = TIMING.read_s


class _NotWrittenError(Exception):
    """Stops aiohttp before the first byte."""


class _WatchedBody(aiohttp.BytesPayload):
    """The body, which notes the moment it begins to leave."""

    def __init__(self, request: SendRequest, clock: Callable[[], float]) -> None:
        super().__init__(request.body, content_type="application/json")
        self.begun = False
        self.stopped: str | None = None
        self._deadline = request.deadline
        self._on_begun = request.on_begun
        self._admit = request.admit
        self._clock = clock

    async def write_with_length(
        self, writer: AbstractStreamWriter, content_length: int | None
    ) -> None:
        self.stopped = self.stopped or self._obstacle(writer)
        if not self.stopped and self._admit is not None:
            # Its turn may come late enough for the peer to have closed meanwhile.
            self.stopped = self._obstacle(writer) if await self._admit() else "no turn"
        if self.stopped:
            raise _NotWrittenError(self.stopped)
        self.begun = True
        if self._on_begun is not None:
            self._on_begun()
        await super().write_with_length(writer, content_length)

    def _obstacle(self, writer: AbstractStreamWriter) -> str | None:
        if self._clock() >= self._deadline:
            return "deadline"
        transport = writer.transport
        if transport is None or transport.is_closing():
            # A kept connection that the peer closed since it was taken from the pool.
            return "closed"
        protocol = transport.get_protocol()
        if isinstance(protocol, ResponseHandler) and protocol.should_close:
            # An answer nobody asked for lies there: it would pass for the answer to this.
            return "stale connection"
        return None


class AiohttpTransport:
    """``Transport`` over one aiohttp session; open it inside the event loop that sends.

    ``base_url`` includes the version: ``https://graph.facebook.com/v26.0``.
    """

    def __init__(
        self,
        base_url: str,
        *,
        timeouts: Timeouts | None = None,
        max_connections: int = 1024,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._base_url = base_url
        self._clock = clock
        limits = timeouts or Timeouts()
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=max_connections, keepalive_timeout=_KEEP_ALIVE_SECONDS, ttl_dns_cache=30
            ),
            # total ends an answer that comes in drips, each shorter than sock_read.
            timeout=aiohttp.ClientTimeout(
                total=limits.connect + limits.read,
                connect=limits.connect,
                sock_connect=limits.connect,
                sock_read=limits.read,
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"Accept-Encoding": "identity"},
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections."""
        await self._session.close()

    async def send(self, request: SendRequest) -> Answer:
        """See ``Transport``. Cancelled, the outcome is unknown: treat it as ``Ambiguous``."""
        body = _WatchedBody(request, self._clock)
        try:
            return await self._post(request, body)
        except Exception as error:
            # Errors' texts may hold the URL or headers; their kind says enough.
            if body.begun:
                return Ambiguous(_kind_of(error))
            return NotSent(body.stopped or _kind_of(error))

    async def warm(self, connections: int) -> None:
        """See ``Transport``."""
        await asyncio.gather(*(self._touch() for _ in range(connections)))

    async def _touch(self) -> None:
        # aiohttp opens a connection only for a request; this one carries no token and its
        # answer doesn't matter.
        with suppress(aiohttp.ClientError, OSError):
            async with self._session.head(self._base_url, allow_redirects=False) as response:
                provider_clock.listen(response.headers.get("Date"))

    async def _post(self, request: SendRequest, body: _WatchedBody) -> Answer:
        async with self._session.post(
            f"{self._base_url}/{request.phone_number_id}/messages",
            data=body,
            headers={"Authorization": f"Bearer {request.access_token}"},
            allow_redirects=False,
        ) as response:
            if not body.begun:
                body.stopped = "stale connection"
                response.close()
                return NotSent(body.stopped)
            provider_clock.listen(response.headers.get("Date"))
            answer = bytearray()
            async for chunk in response.content.iter_any():
                answer += chunk
                if len(answer) > ANSWER_LIMIT:
                    response.close()
                    return Ambiguous("answer too large")
            return classify(response.status, bytes(answer), request.access_token)


def _kind_of(error: Exception) -> str:
    match error:
        case aiohttp.ClientConnectorDNSError():
            return "dns"
        case aiohttp.ClientSSLError() | ssl.SSLError():
            return "tls"
        case aiohttp.ConnectionTimeoutError():
            return "connect_timeout"
        case asyncio.TimeoutError():
            return "timeout"
        case ConnectionRefusedError():
            return "refused"
        case aiohttp.ClientConnectorError():
            return "refused" if isinstance(error.os_error, ConnectionRefusedError) else "connect"
        case aiohttp.ServerDisconnectedError():
            return "closed"
        case ConnectionResetError():
            return "reset"
    return type(error).__name__
