"""The tables of moves, enforced while services work."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from app.core import queue
from app.domain import states

_MOVES: dict[str, Mapping[Any, frozenset[Any]]] = {
    "deliveries": states.DELIVERY_MOVES,
    "occurrences": states.OCCURRENCE_MOVES,
    "schedules": states.SCHEDULE_MOVES,
    "senders": states.SENDER_MOVES,
}
_CHECK = """
CREATE FUNCTION pg_temp.known_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT TG_ARGV[0]::jsonb -> OLD.status ? NEW.status THEN
    RAISE EXCEPTION 'no such move: % % -> %', TG_TABLE_NAME, OLD.status, NEW.status;
  END IF;
  RETURN NEW;
END $$
"""
_WATCH = """
CREATE TRIGGER known_moves BEFORE UPDATE OF status ON {table} FOR EACH ROW
WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION pg_temp.known_move('{moves}')
"""


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Doorbells given, in place of the broker."""
    given: list[str] = []

    def publish(task: str, *_: Any, **__: Any) -> bool:
        given.append(task)
        return True

    monkeypatch.setattr(queue, "publish", publish)
    return given


@pytest.fixture
def only_known_moves(session: Session) -> None:
    """Any move that stands in no table fails at its UPDATE; undone with the test's transaction."""
    session.execute(text(_CHECK))
    for table, moves in _MOVES.items():
        known = json.dumps({state: sorted(to_all) for state, to_all in moves.items()})
        session.connection().exec_driver_sql(_WATCH.format(table=table, moves=known))
    session.commit()


@pytest.fixture
def statements(session: Session) -> Iterator[list[str]]:
    """What was sent to the database, but for savepoints and what is planned once."""
    seen: list[str] = []

    def note(_c: Any, _k: Any, statement: str, *_: Any) -> None:
        once = statement.startswith(("SAVEPOINT", "RELEASE", "PREPARE", "DEALLOCATE"))
        if not once and "pg_backend_pid" not in statement:
            seen.append(statement)

    engine = session.get_bind().engine
    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)
