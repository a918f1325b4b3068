"""How an answer leaves the socket: whole, late, half, or not at all."""

import asyncio
import json
import os
import socket
import struct
from weakref import WeakKeyDictionary

from aiohttp import web

from simulator.faults import Manner
from simulator.sending import Reply

_BAD_GATEWAY = "<html><head><title>502 Bad Gateway</title></head><body>502</body></html>"
_connections: WeakKeyDictionary[object, int] = WeakKeyDictionary()
_opened = 0


def connection_id(request: web.Request) -> int:
    """A number for the TCP connection the request came by; 0 when it is gone already."""
    global _opened
    transport = request.transport
    if transport is None:
        return 0
    if transport not in _connections:
        _opened += 1
        _connections[transport] = _opened
    return _connections[transport]


async def answer(request: web.Request, reply: Reply) -> web.StreamResponse:
    if reply.manner is Manner.WHOLE:
        return web.Response(
            status=reply.status,
            body=json.dumps(reply.body, separators=(",", ":")).encode(),
            headers=reply.headers,
            content_type="application/json",
        )
    if reply.manner is Manner.HTML:
        return web.Response(status=502, text=_BAD_GATEWAY, content_type="text/html")
    if reply.manner is Manner.HALF:
        return await _half(request, reply)
    if reply.manner is Manner.HANG:
        await _until_gone(request, reply.hang_s)
    return _cut(request, reset=reply.manner is Manner.RESET)


async def _half(request: web.Request, reply: Reply) -> web.StreamResponse:
    body = json.dumps(reply.body).encode()
    response = web.StreamResponse(status=reply.status, headers={"Content-Length": str(len(body))})
    response.content_type = "application/json"
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    return response


async def _until_gone(request: web.Request, seconds: float) -> None:
    """Keep silent until the client hangs up or the time is over."""
    deadline = asyncio.get_running_loop().time() + seconds
    while request.transport is not None and asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(min(0.2, seconds))


def _cut(request: web.Request, *, reset: bool) -> web.Response:
    transport = request.transport
    if transport is not None:
        if reset:
            _linger_zero(transport)
        transport.abort() if reset else transport.close()
    return web.Response()


def _linger_zero(transport: asyncio.Transport) -> None:
    # With zero linger the kernel sends RST instead of FIN.
    handle = transport.get_extra_info("socket")
    if handle is not None:
        with socket.socket(fileno=os.dup(handle.fileno())) as twin:
            twin.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
