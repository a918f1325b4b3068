"""The bundled servers: they start on fresh and on killed data, and stop."""

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
from redis import Redis

from devstack import orphans, postgres, servers, unprivileged
from devstack.processes import StartError
from devstack.servers import Server


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("servers")


@pytest.fixture(scope="module")
def killed_postgres(folder: Path) -> Server:
    """A cluster with one table, whose server was killed while running."""
    server = servers.start_postgres(folder / "postgres", fsync=False)
    execute(server, "CREATE TABLE kept AS SELECT lower('ÑANDÚ') AS word")
    server.kill()
    return server


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Server]:
    with servers.start_valkey(tmp_path / "with space") as server:
        yield server


def execute(server: Server, statement: str) -> list[tuple[object, ...]]:
    connection = psycopg2.connect(server.url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def ping(server: Server) -> bool:
    with Redis.from_url(server.url) as client:
        return bool(client.ping())


def test_postgres_keeps_data_over_kill_and_a_stale_lock(
    killed_postgres: Server, folder: Path
) -> None:
    # Pid 1 always runs and is never PostgreSQL: the lock names a stranger.
    lock = folder / "postgres" / "cluster" / "postmaster.pid"
    lock.write_text("1\n" + lock.read_text().partition("\n")[2])
    with servers.start_postgres(folder / "postgres", port=killed_postgres.port, fsync=False) as pg:
        assert pg.port == killed_postgres.port
        assert execute(pg, "SELECT word, current_database() FROM kept") == [("ñandú", "scheduler")]
    assert pg.process.returncode == 0
    assert orphans.working_in(folder / "postgres" / "cluster") == set()


def test_valkey_keeps_data_over_kill(valkey: Server, tmp_path: Path) -> None:
    with Redis.from_url(valkey.url) as client:
        client.set("word", "kept")
    valkey.kill()
    with (
        servers.start_valkey(tmp_path / "with space", port=valkey.port) as again,
        Redis.from_url(again.url) as client,
    ):
        assert client.get("word") == b"kept"


@pytest.mark.parametrize("damage", ["emptied", "base gone", "manifest gone", "all gone"])
def test_valkey_starts_empty_on_damaged_files(valkey: Server, tmp_path: Path, damage: str) -> None:
    with Redis.from_url(valkey.url) as client:
        client.set("word", "lost")
    valkey.kill()
    files = list((tmp_path / "with space" / "appendonlydir").iterdir())
    assert len(files) == 3
    for path in files:
        if damage == "emptied":
            path.write_bytes(b"")
        elif damage == "all gone" or damage.split()[0] in path.name:
            path.unlink()
    with servers.start_valkey(tmp_path / "with space") as again:
        assert ping(again)


def test_a_server_that_cannot_start_shows_its_last_lines(valkey: Server, tmp_path: Path) -> None:
    with pytest.raises(StartError, match="Address already in use"):
        servers.start_valkey(tmp_path / "other", port=valkey.port)


def test_secrets_are_not_on_the_command_line(valkey: Server) -> None:
    password = Path(str(valkey.log.parent / "password")).read_text()
    assert password not in " ".join(map(str, valkey.process.args))  # type: ignore[arg-type]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to another user")
def test_postgres_starts_for_root_where_namespaces_are_forbidden(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    namespace, dropped = unprivileged._candidates()
    monkeypatch.setattr(postgres, "disguise", lambda: dropped)
    with servers.start_postgres(tmp_path / "postgres", fsync=False) as server:
        assert execute(server, "SELECT 1") == [(1,)]
    # And back, such as after moving from a container to the machine itself.
    monkeypatch.setattr(postgres, "disguise", lambda: namespace)
    with servers.start_postgres(tmp_path / "postgres", fsync=False) as server:
        assert execute(server, "SELECT 1") == [(1,)]


def test_a_uid_without_a_name_gets_one(monkeypatch: pytest.MonkeyPatch) -> None:
    # As in a container started with `--user 54321`: initdb looks its own name up.
    monkeypatch.setattr("os.geteuid", lambda: 54321)
    monkeypatch.setattr(unprivileged, "_works", lambda candidate: True)
    assert "--user" in unprivileged.disguise.__wrapped__().prefix
