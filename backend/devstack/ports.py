"""Ports on this machine: is one free, which is the next free one."""

import contextlib
import errno
import socket

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


def any_free(host: str = LOOPBACK) -> int:
    """A free port of the kernel's choice."""
    with contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port
