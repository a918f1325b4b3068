"""``scheduler backup`` and ``restore`` with PostgreSQL's own programs, on a database apart."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, make_url, text
from typer.testing import CliRunner, Result

from app.cli import cli
from app.core import db, migrations, walls
from app.core.config import settings
from app.integrations import pg_tools
from app.services import backups
from app.services.dispatch import guard, release
from devstack.processes import wait_until

runner = CliRunner()


@pytest.fixture(params=["superuser", "plain"])
def apart(
    request: pytest.FixtureRequest, stack: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """A migrated database of its own, for nothing here can be undone; its login may be plain."""
    url = make_url(settings().database_url).set(database="apart")
    server = create_engine(settings().database_url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        if request.param == "plain":
            url = url.set(username="plain", password="plain")
            connection.execute(text("CREATE ROLE plain LOGIN CREATEROLE PASSWORD 'plain'"))
        connection.execute(text(f"CREATE DATABASE apart OWNER {url.username}"))
    address = url.render_as_string(hide_password=False)
    monkeypatch.setattr(settings(), "database_url", address)
    _forget_connections()
    migrations.upgrade()
    yield
    _forget_connections()
    with server.connect() as connection:
        connection.execute(text("DROP DATABASE apart WITH (FORCE)"))
        made = "SELECT rolname FROM pg_roles WHERE rolname ~ '^scheduler_.*_apart$'"
        for role in [*connection.scalars(text(made)).all(), "plain"]:
            connection.execute(text(f'DROP ROLE IF EXISTS "{role}"'))
    server.dispose()


def _forget_connections() -> None:
    db.engine().dispose()
    db.dispose()
    guard.guard.cache_clear()


def _run(*arguments: str, answer: str | None = None) -> Result:
    return runner.invoke(cli, list(arguments), input=answer)


def _names() -> list[str]:
    with db.reading() as session:
        return list(session.scalars(text("SELECT name FROM workspaces ORDER BY name")))


def _add(name: str) -> None:
    with db.transaction() as session:
        session.execute(
            text("""INSERT INTO workspaces (id, name, timezone, country, locale, service_window,
                                            marketing_requires_opt_in)
                    VALUES (gen_random_uuid(), :name, 'UTC', 'US', 'en', 'enforce', true)"""),
            {"name": name},
        )


@pytest.mark.usefixtures("apart")
def test_there_and_back_twice_and_held_each_time(tmp_path: Path) -> None:
    guard.guard().keep()
    _add("before")
    first, second = tmp_path / "first", tmp_path / "second"
    assert _run("backup", str(first)).exit_code == 0
    assert first.stat().st_mode & 0o777 == 0o600
    _add("after")
    # As after an upgrade since: tables that the backup knows nothing of don't stand in the way.
    with db.transaction(walls.Wall("migrate")) as session:
        session.execute(text("CREATE TABLE of_a_newer_version (id int)"))
    assert _run("restore", str(first), answer="n\n").exit_code == 1
    assert _names() == ["after", "before"]
    for backup in (first, second):
        restored = _run("restore", str(backup), answer="y\n")
        assert restored.exit_code == 0, restored.output
        assert _names() == ["before"]
        state = release.state()
        assert state is not None
        assert state.held_for == "restored"
        assert backup.name in str(state.held_detail)
        assert _run("dispatch", "confirm", "--yes").exit_code == 0
        with db.reading() as session:
            assert guard.guard().refusal(session) is None
        # A backup of what was restored is as good as the first.
        assert _run("backup", str(second), "--overwrite").exit_code == 0


@pytest.mark.usefixtures("apart")
def test_refuses_what_is_no_backup_or_of_a_newer_version(tmp_path: Path) -> None:
    file = tmp_path / "file"
    assert "There is no" in _run("restore", str(file), "--yes").output
    file.write_text("not a backup")
    assert "not a backup" in _run("restore", str(file), "--yes").output
    assert "--overwrite" in _run("backup", str(file)).output
    with db.transaction(walls.Wall("migrate")) as session:
        session.execute(text("UPDATE alembic_version SET version_num = 'of_tomorrow'"))
    assert _run("backup", str(file), "--overwrite").exit_code == 0
    refused = _run("restore", str(file), "--yes")
    assert refused.exit_code == 1
    assert "of_tomorrow" in refused.output


@pytest.mark.usefixtures("apart")
def test_a_restore_that_fails_half_way_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _add("before")
    file = tmp_path / "file"
    backups.write(file)
    _add("after")
    monkeypatch.setattr(backups, "_HOLD", "SELECT nobody_knows_this;")
    failed = _run("restore", str(file), "--yes")
    assert failed.exit_code == 1
    assert "nothing was changed" in failed.output
    assert _names() == ["after", "before"]


@pytest.mark.parametrize("apart", ["superuser"], indirect=True)
@pytest.mark.usefixtures("apart")
def test_a_restore_that_deadlocks_with_what_runs_is_tried_again(tmp_path: Path) -> None:
    _add("before")
    file = tmp_path / "file"
    backups.write(file)
    backup = backups.read(file)
    _add("after")
    engine = create_engine(settings().database_url)
    with ThreadPoolExecutor(1) as pool, engine.connect() as other:
        # Time enough to close the circle; then it is the restore that the server ends.
        other.execute(text("ALTER DATABASE apart SET deadlock_timeout = '3s'"))
        other.commit()
        other.execute(text("SET deadlock_timeout = '5min'"))
        other.execute(text("SELECT FROM workspaces"))
        restoring = pool.submit(backups.restore, backup)
        assert wait_until(lambda: _taken_by_who_waits(other) is not None, seconds=30)
        other.execute(text(f"SELECT FROM {_taken_by_who_waits(other)}"))
        other.rollback()
        restoring.result(timeout=60)
    engine.dispose()
    assert _names() == ["before"]


def _taken_by_who_waits(connection: Connection) -> str | None:
    """A table that is locked by whoever waits for ``workspaces``."""
    found = connection.scalar(
        text("""SELECT min(table_name.relname) FROM pg_locks waits JOIN pg_locks has USING (pid)
                  JOIN pg_class table_name ON table_name.oid = has.relation
                 WHERE waits.relation = 'workspaces'::regclass AND NOT waits.granted
                   AND has.granted AND has.mode = 'AccessExclusiveLock'
                   AND table_name.relkind = 'r'""")
    )
    return None if found is None else str(found)


def test_says_which_programs_are_missing(monkeypatch: pytest.MonkeyPatch, stack: Path) -> None:
    with pytest.raises(pg_tools.ToolError, match="postgresql-client-99"):
        pg_tools.find(settings().database_url, 99)


@pytest.mark.usefixtures("apart")
def test_a_login_that_may_not_make_roles_is_told_what_to_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "file"
    backups.write(file)

    def refuse() -> None:
        raise RuntimeError("let an administrator run: CREATE ROLE x")

    monkeypatch.setattr(migrations, "upgrade", refuse)
    refused = _run("restore", str(file), "--yes")
    assert refused.exit_code == 1
    assert "Restored and held" in refused.output
    assert "CREATE ROLE x" in refused.output
