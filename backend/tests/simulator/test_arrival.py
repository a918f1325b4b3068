"""When a request arrived is not when somebody found the time to look."""

import socket
import sys
import time

import pytest

from simulator.arrival import arrived_at
from tests.support.waiting import until


class _Transport:
    def __init__(self, handle: socket.socket) -> None:
        self._handle = handle

    def get_extra_info(self, _name: str) -> socket.socket:
        return self._handle


@pytest.mark.skipif(sys.platform != "linux", reason="only there the kernel says")
def test_what_waited_unread_arrived_when_it_came() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as listening,
        socket.create_connection(listening.getsockname()) as client,
        listening.accept()[0] as server,
    ):
        before = time.time()
        client.sendall(b"POST /")
        after = time.time()
        until(lambda: time.time() > after + 0.1)
        assert before <= arrived_at(_Transport(server)) < after + 0.02


def test_without_a_connection_it_is_now() -> None:
    before = time.time()
    assert before <= arrived_at(None) <= time.time()
