"""The fault proxy: passes everything on, until told otherwise."""

import socket
import threading
from collections.abc import Iterator

import pytest

from chaos.proxy import Proxy

COMMIT = b"Q\x00\x00\x00\x0bCOMMIT\x00"


class Echo:
    """A server that sends back what it gets, and remembers it."""

    def __init__(self) -> None:
        self.seen = b""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                try:
                    while data := connection.recv(65536):
                        self.seen += data
                        connection.sendall(data)
                except OSError:
                    continue

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)


@pytest.fixture
def echo() -> Iterator[Echo]:
    server = Echo()
    yield server
    server.close()


@pytest.fixture
def proxy(echo: Echo) -> Iterator[Proxy]:
    with Proxy(echo.port) as proxy:
        yield proxy


def connect(proxy: Proxy) -> socket.socket:
    return socket.create_connection(("127.0.0.1", proxy.port), timeout=2)


def _read_to_the_end(client: socket.socket) -> None:
    while client.recv(100):
        pass


def test_passes_on_both_ways(proxy: Proxy) -> None:
    with connect(proxy) as client:
        client.sendall(b"hello")
        assert client.recv(100) == b"hello"


def test_a_black_hole_answers_nothing_until_healed(proxy: Proxy) -> None:
    proxy.black_hole = True
    with connect(proxy) as client:
        client.sendall(b"hello")
        client.settimeout(0.2)
        with pytest.raises(TimeoutError):
            client.recv(100)
        proxy.heal()
        client.settimeout(2)
        assert client.recv(100) == b"hello"


def test_resets_after_so_many_bytes(proxy: Proxy, echo: Echo) -> None:
    proxy.reset_after = 3
    with connect(proxy) as client:
        client.sendall(b"hello")
        with pytest.raises(ConnectionResetError):
            _read_to_the_end(client)
    assert len(echo.seen) <= 3


def test_refuses_new_connections(proxy: Proxy) -> None:
    proxy.refuse = True
    with pytest.raises(ConnectionResetError), connect(proxy) as client:
        _read_to_the_end(client)


def test_cuts_one_commit_before_and_one_after_the_server_saw_it(proxy: Proxy, echo: Echo) -> None:
    proxy.cut_commits = 2
    for seen in (b"", COMMIT):
        with connect(proxy) as client:
            client.sendall(COMMIT)
            with pytest.raises(ConnectionResetError):
                client.recv(100)
        assert echo.seen == seen
    with connect(proxy) as client:
        client.sendall(COMMIT)
        assert client.recv(100) == COMMIT
