"""Real PostgreSQL and a real Redis-compatible server, one pair for each test process."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from hypothesis import settings
from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session, SessionTransaction, sessionmaker
from xdist.scheduler import LoadScopeScheduling

from devstack import servers
from tests.support import effort, shares

ROOT = Path(__file__).resolve().parents[2]
# No deadline: how long one example takes says more about the machine than about the code.
settings.register_profile("effort", max_examples=100 * effort.FACTOR, deadline=None)
settings.load_profile("effort")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Shares as in ``tests/support/shares.py``."""
    scheduler = LoadScopeScheduling(config, log)
    scheduler._split_scope = shares.share_of
    return scheduler


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first."""
    items.sort(key=lambda item: shares.turn(item.nodeid))


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Private servers and an environment that points to them; the schema is migrated."""
    folder = tmp_path_factory.mktemp("stack")
    with (
        servers.start_postgres(folder / "postgres", fsync=False) as postgres,
        servers.start_valkey(folder / "valkey") as valkey,
    ):
        os.environ |= {
            "DATABASE_URL": postgres.url,
            "REDIS_URL": valkey.url,
            "SECRET_KEY": "only-for-tests-" * 4,
            "WHATSAPP_APP_SECRET": "app-secret-of-the-tests",
            "WHATSAPP_VERIFY_TOKEN": "verify-token-of-the-tests",
            "DATA_DIR": str(folder),
            "LOG_LEVEL": "WARNING",
        }
        from app.core import config, db

        config.settings.cache_clear()
        alembic = Config(str(ROOT / "alembic.ini"))
        alembic.set_main_option("script_location", str(ROOT / "backend" / "migrations"))
        command.upgrade(alembic, "head")
        yield folder
        db.engine().dispose()


class Guest(Session):
    """A session on the test's connection that leaves it behind the wall it was found behind."""

    _found: tuple[Any, ...] | None = None

    def close(self) -> None:
        super().close()
        if self._found is not None:
            _raw(self.get_bind(), _STEP_BACK, self._found)


@event.listens_for(Guest, "after_begin")
def _look_around(guest: Guest, transaction: SessionTransaction, _connection: Connection) -> None:
    if not transaction.nested and guest._found is None:
        guest._found = _raw(guest.get_bind(), _LOOK)


_LOOK = "SELECT current_setting('role'), current_setting('app.workspace_id', true)"
_STEP_BACK = "SELECT set_config('role', %s, true), set_config('app.workspace_id', %s, true)"


def _raw(bind: Engine | Connection, sql: str, values: tuple[Any, ...] = ()) -> tuple[Any, ...]:
    # Past SQLAlchemy, for some tests count the statements that it sends.
    assert isinstance(bind, Connection)
    cursor = bind.connection.cursor()
    cursor.execute(sql, values)
    found = cursor.fetchone()
    cursor.close()
    return found or ()


@pytest.fixture
def session(stack: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """A session whose work is undone after the test.

    ``transaction()`` and ``reading()`` join the same outer transaction by savepoints, so
    endpoints called in-process see and leave nothing else. They stand behind their walls; the
    test itself is the database's owner.
    """
    from app.core import db
    from app.services.dispatch import guard, witnesses

    # What is undone must not be remembered elsewhere: the database would seem to go back.
    monkeypatch.setattr(witnesses, "read", list)
    monkeypatch.setattr(witnesses, "write", lambda tick: None)
    guard.guard.cache_clear()
    connection = db.engine().connect()
    outer = connection.begin()
    factory = sessionmaker(
        connection,
        class_=Guest,
        expire_on_commit=False,
        join_transaction_mode="create_savepoint",
    )
    monkeypatch.setattr(db, "_sessions", lambda: factory)
    with factory() as session:
        yield session
    outer.rollback()
    connection.close()
    guard.guard.cache_clear()
