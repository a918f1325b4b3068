"""When a request arrived, as the kernel saw it.

The event loop hears of it later, and of all that waited meanwhile at once: judged by that, a
sender who kept the pace would seem not to.
"""

import socket
import struct
import sys
import time
from typing import Any

_LAST_DATA_RECEIVED = struct.Struct("52xI")  # struct tcp_info: milliseconds since
_GRAIN_S = 0.004  # of the kernel's clock; so an arrival never seems earlier than it was


def arrived_at(transport: Any) -> float:
    """Epoch seconds at which the newest bytes of a connection came, or up to two grains later."""
    now = time.time()
    handle = transport.get_extra_info("socket") if transport is not None else None
    if handle is None or sys.platform != "linux":
        return now
    try:
        info = handle.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _LAST_DATA_RECEIVED.size)
    except OSError:
        return now
    ago_ms: int = _LAST_DATA_RECEIVED.unpack(info)[0]
    return now - max(0.0, ago_ms / 1000 - _GRAIN_S)
