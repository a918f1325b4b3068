"""A server below HTTP libraries: it sees every byte and misbehaves exactly as told."""

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

OK = b'{"messaging_product":"whatsapp","messages":[{"id":"wamid.A"}]}'


@dataclass
class Connection:
    """One accepted connection and what a script may do with it."""

    number: int
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    server: "RawServer"

    async def read_request(self) -> bytes:
        """Read one whole request and note it; IncompleteReadError when the client leaves."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        lengths = [
            int(line.split(b":")[1])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length:")
        ]
        request = head + await self.reader.readexactly(sum(lengths))
        self.server.requests.append(request)
        return request

    async def answer(self, body: bytes = OK, status: str = "200 OK", head: str = "") -> None:
        length = f"Content-Length: {len(body)}\r\n"
        await self.write(f"HTTP/1.1 {status}\r\n{head}{length}\r\n".encode() + body)

    async def write(self, raw: bytes) -> None:
        self.writer.write(raw)
        await self.writer.drain()

    def close(self) -> None:
        self.writer.close()

    def reset(self) -> None:
        """Close with RST instead of FIN."""
        linger = struct.pack("ii", 1, 0)
        self.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.writer.transport.abort()


Script = Callable[[Connection], Awaitable[None]]


@dataclass
class RawServer:
    """``requests`` are those read whole; ``connections`` counts accepted ones."""

    port: int = 0
    connections: int = 0
    requests: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v26.0"

    def times_seen(self, body: bytes) -> int:
        return sum(request.endswith(body) for request in self.requests)


@asynccontextmanager
async def serving(script: Script, tls: ssl.SSLContext | None = None) -> AsyncIterator[RawServer]:
    """Run ``script`` for each connection until the block ends."""
    server, tasks = RawServer(), set[asyncio.Task[None]]()

    async def run(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.connections += 1
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await script(Connection(server.connections, reader, writer, server))
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    listening = await asyncio.start_server(run, "127.0.0.1", 0, ssl=tls)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def polite(connection: Connection) -> None:
    """Answer every request on a kept connection, with a wamid of the request's number."""
    while True:
        await connection.read_request()
        number = len(connection.server.requests)
        await connection.answer(b'{"messages":[{"id":"wamid.%d"}]}' % number)
