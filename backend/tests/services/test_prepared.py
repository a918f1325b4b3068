"""Prepared statements: once a connection, as index walks, and as text behind a pooler."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.core import prepared
from app.core.ids import new_id
from app.core.prepared import Prepared, run, uuids

_ADD = Prepared("SELECT :a + :b AS sum, '100%' AS all", a="int", b="int")
_ECHO = Prepared("SELECT CAST(:said AS text)", said="text")
_IDS = Prepared("SELECT id FROM unnest(:ids) AS id", ids="uuid[]")


def names(session: Session) -> list[str]:
    return list(session.scalars(text("SELECT name FROM pg_prepared_statements ORDER BY name")))


@pytest.fixture(params=["direct", "pooled"])
def way(request: pytest.FixtureRequest, session: Session) -> Iterator[str]:
    info = session.connection().connection.info
    info.pop("plans", None)
    session.execute(text("DEALLOCATE ALL"))
    info["is_direct"] = request.param == "direct"
    yield str(request.param)
    info.pop("is_direct")


def test_the_last_one_answers(session: Session, way: str) -> None:
    [row] = run(session, _ECHO(said="it's $1 :a %s"), _ADD(a=2, b=3))
    assert (row.sum, row.all) == (5, "100%")
    [row] = run(session, _ECHO(said="it's $1 :a %s"))
    assert row[0] == "it's $1 :a %s"
    assert (_ADD.name in names(session)) == (way == "direct")


def test_ids_are_ids(session: Session, way: str) -> None:
    ids = [new_id() for _ in range(3)]
    assert [row[0] for row in run(session, _IDS(ids=uuids(ids)))] == ids
    assert run(session, _IDS(ids=uuids([]))) == []


def test_planned_once_then_anew_when_old(session: Session, statements: list[str]) -> None:
    run(session, _ECHO(said="this connection is known now"))
    session.connection().connection.info.pop("plans", None)
    session.execute(text("DEALLOCATE ALL"))
    statements.clear()
    run(session, _ADD(a=1, b=1))
    run(session, _ADD(a=1, b=1))
    assert len(statements) == 2
    plans = session.connection().connection.info["plans"]
    before = plans[_ADD.name]
    plans[_ADD.name] = before._replace(holds_until=0)
    run(session, _ADD(a=1, b=1))
    assert plans[_ADD.name].holds_s == 2 * before.holds_s
    assert names(session) == [_ADD.name]


def test_forgotten_statements_are_prepared_again(session: Session) -> None:
    run(session, _ADD(a=1, b=1))
    session.execute(text("DEALLOCATE ALL"))
    with pytest.raises(DBAPIError), session.begin_nested():
        run(session, _ADD(a=1, b=1))
    assert run(session, _ADD(a=1, b=1))[0].sum == 2


@pytest.mark.parametrize("told", ["its own", "a pooler's"])
def test_a_pooler_is_told_by_its_process_id(session: Session, told: str) -> None:
    ours = session.connection()
    pid = session.scalar(text("SELECT pg_backend_pid()")) if told == "its own" else 1
    driver = SimpleNamespace(info=SimpleNamespace(backend_pid=pid))
    pooled: Any = SimpleNamespace(
        connection=SimpleNamespace(info={}, driver_connection=driver),
        exec_driver_sql=ours.exec_driver_sql,
    )
    assert prepared._is_direct(pooled) == (told == "its own")


def test_plans_are_walks_however_few_rows_there_are(session: Session) -> None:
    statement = Prepared("SELECT 1 FROM workspaces WHERE id = :id", id="uuid")
    run(session, statement(id=str(new_id())))
    explain = f"EXPLAIN {statement.execute}"
    plan = session.connection().exec_driver_sql(explain, (str(new_id()),)).scalars()
    assert "Index" in plan.all()[0]


def test_what_begins_freely_is_planned_as_ever(session: Session) -> None:
    ways = ("enable_hashjoin", "enable_seqscan", "join_collapse_limit", "jit")
    before = [session.scalar(text(f"SHOW {way}")) for way in ways]
    run(session, _ADD(a=1, b=1))
    assert [session.scalar(text(f"SHOW {way}")) for way in ways] != before
    session.execute(text(prepared.FREELY))
    assert [session.scalar(text(f"SHOW {way}")) for way in ways] == before


def test_a_missing_value_is_named() -> None:
    with pytest.raises(KeyError, match="b"):
        _ADD(a=1)
