"""Ports on this machine: is one free, which is the next free one, which did we use last time."""

import contextlib
import errno
import json
import socket
from pathlib import Path

LOOPBACK = "127.0.0.1"


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Whether a server could listen on ``host:port`` now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with contextlib.closing(socket.socket(family, socket.SOCK_STREAM)) as probe:
        # As servers do: a port whose last connections are in TIME_WAIT counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                return False
            raise
    return True


def next_free(first: int, host: str = LOOPBACK) -> int:
    """The lowest free port from ``first`` up."""
    for port in range(first, 65536):
        if is_free(port, host):
            return port
    raise OSError(errno.EADDRINUSE, f"no free port from {first} up on {host}")


def any_free() -> int:
    """A free loopback port of the kernel's choice."""
    with contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


class Reserved:
    """A port that nobody else gets until ``release``, just before its server starts."""

    def __init__(self, port: int, host: str = LOOPBACK) -> None:
        """Raises OSError when somebody listens on ``host:port`` already."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_STREAM)
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._socket.bind((host, port))
            # Merely bound it would count as free to others that reuse addresses, as servers do.
            self._socket.listen()
        except OSError:
            self._socket.close()
            raise

    def release(self) -> None:
        """Let the server have it."""
        self._socket.close()


class Remembered:
    """Ports kept from run to run: a stored address (the simulator's) should stay true."""

    def __init__(self, file: Path) -> None:
        """``file`` holds ``{"name": port}``; one that cannot be read is begun anew."""
        self._file = file
        self._ports: dict[str, int] = {}
        with contextlib.suppress(FileNotFoundError, ValueError):
            self._ports = {name: int(port) for name, port in json.loads(file.read_text()).items()}

    def pick(self, name: str) -> int:
        """Last time's port when it is free, else another."""
        port = self._ports.get(name)
        if port is None or not is_free(port):
            port = any_free()
        self._ports[name] = port
        self._file.write_text(json.dumps(self._ports))
        return port
