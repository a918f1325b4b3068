"""Alembic's environment: migrations run against ``DATABASE_URL``, one transaction each."""

from alembic import context
from sqlalchemy import create_engine, pool, text

from app.core.config import settings
from app.models import tables

# A migration that waits for a lock stops everybody behind it: rather fail and try again.
LOCK_TIMEOUT = "5s"


def _url() -> str:
    return context.config.attributes.get("url") or settings().database_url


def _run() -> None:
    engine = create_engine(_url(), poolclass=pool.NullPool)
    with engine.connect() as connection:
        connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=tables.metadata,
            transaction_per_migration=True,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


_run()
