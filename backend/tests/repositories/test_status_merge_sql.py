"""The SQL form of the shown status, compared with the Python one on real PostgreSQL."""

from datetime import UTC, datetime
from functools import reduce
from itertools import product

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.domain import status_merge
from app.domain.states import DeliveryStatus
from app.domain.status_merge import Event, Fact, Facts

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)


def test_sql_and_python_agree_on_every_set_of_facts(session: Session) -> None:
    cases = [
        (base, {fact for fact, known in zip(Fact, knowns, strict=True) if known})
        for base in DeliveryStatus
        for knowns in product([False, True], repeat=len(Fact))
    ]
    _insert(session, cases)
    expected = [status_merge.shown_status(_facts(known), base) for base, known in cases]
    assert len(expected) == 11 * 2**5
    for expression, source in (
        (status_merge.SHOWN_STATUS_SQL, "facts"),
        (status_merge.shown_status_sql("f"), "facts AS f"),
    ):
        shown = session.execute(text(f"SELECT {expression} FROM {source} ORDER BY n")).scalars()
        assert list(shown) == expected


def _facts(known: set[Fact]) -> Facts:
    return reduce(status_merge.merge, (Event(fact, NOON) for fact in known), Facts())


def _insert(session: Session, cases: list[tuple[DeliveryStatus, set[Fact]]]) -> None:
    columns = ", ".join(f"{fact}_at timestamptz" for fact in Fact)
    session.execute(text(f"CREATE TEMP TABLE facts (n int, status text, {columns}) ON COMMIT DROP"))
    values = ", ".join(f":{fact}" for fact in Fact)
    rows = [
        {"n": n, "status": base, **{fact: NOON if fact in known else None for fact in Fact}}
        for n, (base, known) in enumerate(cases)
    ]
    session.execute(text(f"INSERT INTO facts VALUES (:n, :status, {values})"), rows)
