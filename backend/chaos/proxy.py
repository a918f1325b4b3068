"""A TCP proxy that misbehaves on demand: between the workers and what they depend on.

``latency_s`` delays every chunk; ``black_hole`` swallows all and closes nothing; ``refuse``
resets new connections; ``reset_after`` resets a connection after that many bytes from the
client; ``cut_commits`` resets the next connections that send PostgreSQL a COMMIT, by turns
before the server sees it and after the server has done it (so the answer is lost).
"""

import asyncio
import contextlib
import socket
import struct
import threading
from typing import Self

_CHUNK = 65536
# A simple query (Q) of the text COMMIT: what psycopg2 sends.
_COMMIT = b"Q\x00\x00\x00\x0bCOMMIT\x00"
# Closing with a linger of 0 seconds sends RST instead of FIN.
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Proxy:
    """Listens on ``port`` of loopback; ``with``-able. Mishaps are plain attributes."""

    def __init__(self, target_port: int) -> None:
        self.port = 0
        self.heal()
        self.commits_cut = 0
        self._target = target_port
        self._loop = asyncio.new_event_loop()
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, name="proxy", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._started.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def heal(self) -> None:
        """Behave from now on."""
        self.latency_s = 0.0
        self.black_hole = False
        self.refuse = False
        self.reset_after: int | None = None
        self.cut_commits = 0

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(
            asyncio.start_server(self._serve, "127.0.0.1", 0, limit=_CHUNK)
        )
        self.port = server.sockets[0].getsockname()[1]
        self._started.set()
        self._loop.run_forever()
        server.close()
        links = asyncio.all_tasks(self._loop)
        for task in links:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*links, return_exceptions=True))
        # A closed transport lets go of its socket in the loop's next turn.
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = _Link(self, writer)
        if self.refuse:
            link.reset()
            return
        try:
            upstream = await asyncio.open_connection("127.0.0.1", self._target, limit=_CHUNK)
        except OSError:
            link.reset()
            return
        link.upstream = upstream[1]
        pumps = [
            asyncio.create_task(link.up(reader)),
            asyncio.create_task(link.down(upstream[0])),
        ]
        try:
            _, pending = await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            if pending:
                # Half-closed: what is still on its way back may arrive.
                await asyncio.wait(pending, timeout=1)
        except asyncio.CancelledError:
            # The proxy ends. A cancelled task would be reported as a failed connection.
            pass
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            link.close()


class _Link:
    """One connection and its twin to the server."""

    def __init__(self, proxy: Proxy, client: asyncio.StreamWriter) -> None:
        self._proxy, self._client = proxy, client
        self.upstream: asyncio.StreamWriter | None = None
        self._sent = 0
        self._answer_is_lost = False

    async def up(self, reader: asyncio.StreamReader) -> None:
        assert self.upstream is not None
        while chunk := await self._read(reader):
            self._sent += len(chunk)
            limit = self._proxy.reset_after
            if limit is not None and self._sent > limit:
                self.upstream.write(chunk[: max(0, len(chunk) - (self._sent - limit))])
                await self.upstream.drain()
                self.reset()
                return
            if _COMMIT in chunk and self._proxy.cut_commits > 0 and not self._cut():
                return
            if not await self._write(self.upstream, chunk):
                return

    def _cut(self) -> bool:
        """Whether the COMMIT may still reach the server."""
        proxy = self._proxy
        proxy.cut_commits -= 1
        proxy.commits_cut += 1
        if proxy.commits_cut % 2:
            self.reset()
            return False
        self._answer_is_lost = True
        return True

    async def down(self, reader: asyncio.StreamReader) -> None:
        while chunk := await self._read(reader):
            if self._answer_is_lost:
                self.reset()
                return
            if not await self._write(self._client, chunk):
                return

    async def _read(self, reader: asyncio.StreamReader) -> bytes:
        try:
            chunk = await reader.read(_CHUNK)
        except OSError:
            return b""
        while chunk and self._proxy.black_hole:
            await asyncio.sleep(0.05)
        if chunk and self._proxy.latency_s:
            await asyncio.sleep(self._proxy.latency_s)
        return chunk

    async def _write(self, writer: asyncio.StreamWriter, chunk: bytes) -> bool:
        try:
            writer.write(chunk)
            await writer.drain()
        except OSError:
            return False
        return True

    def reset(self) -> None:
        """Break both sides off with RST."""
        for writer in (self._client, self.upstream):
            if writer is None:
                continue
            peer = writer.get_extra_info("socket")
            if peer is not None:
                with contextlib.suppress(OSError):
                    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            writer.transport.abort()

    def close(self) -> None:
        """End both sides."""
        for writer in (self._client, self.upstream):
            if writer is not None:
                with contextlib.suppress(OSError, RuntimeError):
                    writer.close()
