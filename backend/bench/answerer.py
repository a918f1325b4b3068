"""A stand-in for the API that costs next to nothing and remembers what it was sent.

python -m bench.answerer PORT: accepts every message, S seconds later from ``PUT /delay/S`` on.
``GET /tally`` tells ``requests``, how many opaque ids are the ``product``'s and how many came
``twice`` or more. For measuring clients; how the real API behaves is the simulator's business.
"""

import asyncio
import json
import re
import sys
from collections import Counter
from email.utils import formatdate
from typing import ClassVar, cast

import uvloop

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_OPAQUE = re.compile(rb'"biz_opaque_callback_data": ?"([^"]+)"')
_WAMID = "wamid.HBgLNDQyMDc5NDYwMDAwFQIAERgS{:012d}"


class Answerer(asyncio.Protocol):
    """One connection."""

    came: ClassVar[Counter[bytes]] = Counter()
    requests = 0
    delay_s = 0.0

    def __init__(self) -> None:
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's are no subclass of asyncio's.
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            length = _LENGTH.search(self._buffer, 0, end)
            whole = end + 4 + (int(length[1]) if length else 0)
            if len(self._buffer) < whole:
                return
            request, self._buffer = self._buffer[:whole], self._buffer[whole:]
            self._take(request)

    def _take(self, request: bytes) -> None:
        if request.startswith(b"POST"):
            Answerer.requests += 1
            if found := _OPAQUE.search(request):
                self.came[found[1]] += 1
            self._later(_message(_WAMID.format(Answerer.requests)))
        elif request.startswith(b"PUT /delay/"):
            Answerer.delay_s = float(request.split(b" ", 2)[1].rpartition(b"/")[2])
            self._write(_answer(b""))
        elif request.startswith(b"GET"):
            self._write(_answer(json.dumps(self._tally()).encode()))
        else:
            self._write(_answer(b""))

    def _tally(self) -> dict[str, int]:
        twice = sum(n > 1 for n in self.came.values())
        product = sum(opaque.startswith(b"v1.") for opaque in self.came)
        return {"requests": self.requests, "product": product, "twice": twice}

    def _later(self, answer: bytes) -> None:
        if self.delay_s:
            asyncio.get_running_loop().call_later(self.delay_s, self._write, answer)
        else:
            self._write(answer)

    def _write(self, answer: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(answer)


def _message(wamid: str) -> bytes:
    contact = '"contacts":[{"input":"+442079460000","wa_id":"442079460000"}]'
    message = f'"messages":[{{"id":"{wamid}"}}]'
    return _answer(f'{{"messaging_product":"whatsapp",{contact},{message}}}'.encode())


def _answer(body: bytes) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nDate: {formatdate(usegmt=True)}\r\nContent-Type: application/json"
    return f"{head}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


async def _serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Answerer, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(_serve(int(sys.argv[1])))
