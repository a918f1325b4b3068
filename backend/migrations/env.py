"""Alembic's environment: migrations run against ``DATABASE_URL``, one transaction each."""

from alembic import context
from sqlalchemy import Connection, create_engine, event, pool, text

from app.core import walls
from app.core.config import settings
from app.models import tables
from migrations.walls import raise_walls

# A migration that waits for a lock stops everybody behind it: rather fail and try again.
LOCK_TIMEOUT = "5s"


def _url() -> str:
    return context.config.attributes.get("url") or settings().database_url


def _begin(connection: Connection) -> None:
    # For this transaction only: a pooler may give the next one another connection.
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
    if connection.info.get("as_owner") and _has_walls(connection):
        connection.exec_driver_sql(walls.Wall("migrate").sql)


def _has_walls(connection: Connection) -> bool:
    return connection.scalar(text("SELECT to_regproc('become')")) is not None


def _has_reached_head() -> bool:
    try:
        context.get_revision_argument()
    except KeyError:
        # Only looking (check, current).
        return False
    return set(context.get_context().get_current_heads()) == set(context.script.get_heads())


def _run() -> None:
    engine = create_engine(_url(), poolclass=pool.NullPool)
    event.listen(engine, "begin", _begin)
    with engine.connect() as connection:
        connection.info["as_owner"] = True
        context.configure(
            connection=connection,
            target_metadata=tables.metadata,
            transaction_per_migration=True,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        complete = _has_reached_head()
    if complete:
        with engine.begin() as connection:
            raise_walls(connection)
    engine.dispose()


_run()
