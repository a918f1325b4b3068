"""What a migration may do to a table that is being sent from, without anybody waiting for it."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op


@contextmanager
def concurrently() -> Iterator[None]:
    """Outside a transaction, as the tables' owner: for ``postgresql_concurrently=True``.

    Commits what the migration did before. Such an index waits for the transactions that are
    open, and nobody waits for it: so there is no ``lock_timeout`` here.
    """
    with op.get_context().autocommit_block():
        connection = op.get_bind()
        if connection.scalar(sa.text("SELECT to_regproc('wall_role')")) is not None:
            op.execute("SELECT set_config('role', wall_role('migrate'), false)")
        try:
            yield
        finally:
            op.execute("RESET ROLE")


def create_index(name: str, table: str, columns: list[str], **options: object) -> None:
    """Build an index beside the traffic; one that an interrupted try left invalid goes first."""
    with concurrently():
        op.drop_index(name, table_name=table, if_exists=True, postgresql_concurrently=True)
        op.create_index(name, table, columns, postgresql_concurrently=True, **options)  # type: ignore[arg-type]


def drop_index(name: str, table: str) -> None:
    """Drop an index beside the traffic."""
    with concurrently():
        op.drop_index(name, table_name=table, if_exists=True, postgresql_concurrently=True)
