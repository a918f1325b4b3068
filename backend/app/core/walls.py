"""Who a transaction acts for: what it may see is PostgreSQL's to say, not only ours.

A transaction steps into a role (``become``, made by the migrations) in the round trip of its
first statement, and out of it by ending: nothing is left on the connection for the next one,
also behind a pooler that hands connections over between transactions.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session, SessionTransaction

KINDS = ("api", "worker", "auth", "migrate")
_KEY = "wall"


@dataclass(frozen=True, slots=True)
class Wall:
    """A role, and the one workspace it sees; None where the role sees all or none."""

    kind: str
    workspace_id: UUID | None = None

    @property
    def sql(self) -> str:
        """The statement that steps behind this wall until the end of the transaction."""
        workspace = f"'{self.workspace_id}'" if self.workspace_id else "NULL"
        return f"SELECT become('{self.kind}', {workspace}){_LET_GO if self == WORKER else ''}"


# Works for every workspace, knows no passwords, sessions or keys.
WORKER = Wall("worker")
# A worker that freezes within a transaction would keep a sender's rows from its successor: the
# server ends the transaction before the lease (10 s) has run out.
_LET_GO = ", set_config('idle_in_transaction_session_timeout', '8s', true)"
# Finds out who is calling.
AUTH = Wall("auth")


def api(workspace_id: UUID) -> Wall:
    """Sees this workspace only."""
    return Wall("api", workspace_id)


class _Entry:
    """The step behind the wall, taken once in a transaction."""

    def __init__(self, wall: Wall) -> None:
        self._sql: str | None = wall.sql

    def take(self) -> str | None:
        sql, self._sql = self._sql, None
        return sql


def stand_behind(session: Session, wall: Wall | None) -> None:
    """Have the session's transaction, not begun yet, step behind ``wall`` (None: no wall)."""
    session.info[_KEY] = wall


def install(engine: Engine) -> None:
    """Make this engine's connections take the step that their session asks for."""
    event.listen(engine, "before_cursor_execute", _step, retval=True)


@event.listens_for(Session, "after_begin")
def _begin(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    if not transaction.nested and _KEY in session.info:
        wall: Wall | None = session.info[_KEY]
        connection.execution_options(**{_KEY: _Entry(wall) if wall else None})


def _step(
    connection: Connection,
    cursor: Any,
    statement: str,
    parameters: Any,
    _context: Any,
    executemany: bool,
) -> tuple[str, Any]:
    entry: _Entry | None = connection.get_execution_options().get(_KEY)
    sql = entry.take() if entry else None
    if sql is None:
        return statement, parameters
    if not executemany and cursor.name is None:
        # psycopg2 sends text: two statements cost one round trip, the last one's rows come back.
        return f"{sql}; {statement}", parameters
    plain = connection.connection.cursor()
    plain.execute(sql)
    plain.close()
    return statement, parameters
