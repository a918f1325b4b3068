"""Statements of the hot path: planned once a connection, several in one round trip.

PostgreSQL plans a statement whenever it comes as text, which takes longer than a small batch's
work. A prepared one is planned for any values and kept. Tables are empty before they are large,
so plans are index walks, and made anew after 1 s, 2 s, 4 s ... 64 s. Behind a pooler the server's
connection may be another in each transaction, so there a statement goes as text.
"""

import hashlib
import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

_PLACE = re.compile(r"(?<![:\w]):(\w+)")
_AS_WRITTEN = "SET LOCAL join_collapse_limit = 1"
_NO_WALKS = [f"enable_{way}" for way in
             ("seqscan", "hashjoin", "mergejoin", "material", "bitmapscan")]  # fmt: skip
_PLANNER = "; ".join([
    "SET LOCAL plan_cache_mode = force_generic_plan", "SET LOCAL jit = off", _AS_WRITTEN,
    *(f"SET LOCAL {name} = off" for name in _NO_WALKS),
])  # fmt: skip
# In front of a statement of the same transaction that joins whole sets with each other: as a
# walk that takes a time that grows with the square of them.
FREELY = "; ".join(
    f"SET LOCAL {name} = DEFAULT" for name in ("jit", "join_collapse_limit", *_NO_WALKS)
)
_LONGEST_S = 64.0
_NO_SUCH_STATEMENT = "26000"
_PLANS, _DIRECT = "plans", "is_direct"


class _Plan(NamedTuple):
    holds_until: float  # monotonic
    holds_s: float


@dataclass(frozen=True, slots=True)
class Call:
    """A statement with the values of its places."""

    statement: "Prepared"
    values: dict[str, Any]


class Prepared:
    """``sql`` with places ``:name``, each of the SQL type that ``types`` says."""

    def __init__(self, sql: str, **types: str) -> None:
        self._types = types
        # The driver takes a bare percent sign for a place.
        sql = sql.replace("%", "%%")
        order = {name: f"${number}" for number, name in enumerate(types, 1)}
        prepared = f"({', '.join(types.values())}) AS {_PLACE.sub(lambda p: order[p[1]], sql)}"
        # Another text is another statement: old and new code may share a server.
        self.name = f"hot_{hashlib.sha256(prepared.encode()).hexdigest()[:24]}"
        self.prepare = f"PREPARE {self.name} {prepared}"
        self.execute = f"EXECUTE {self.name} ({', '.join('%s' for _ in types)})"
        self.plain = _PLACE.sub(lambda p: f"CAST(%({p[1]})s AS {types[p[1]]})", sql)

    def __call__(self, **values: Any) -> Call:
        """Name the values. Raises KeyError when one is missing."""
        return Call(self, {name: values[name] for name in self._types})


def run(session: Session, *calls: Call) -> Sequence[Any]:
    """Execute in this order, each seeing what was committed before it began; the last one's rows.

    Whatever follows in this transaction is planned as an index walk too, but for what begins
    with ``FREELY``.
    """
    connection = session.connection()
    if not _is_direct(connection):
        return [_plainly(connection, call) for call in calls][-1]
    plans = _plans(connection)
    for call in calls:
        _plan(connection, plans, call.statement)
    texts = "; ".join([_PLANNER, *(call.statement.execute for call in calls)])
    values = tuple(value for call in calls for value in call.values.values())
    try:
        return connection.exec_driver_sql(texts, values).all()
    except DBAPIError as error:
        if getattr(error.orig, "pgcode", None) == _NO_SUCH_STATEMENT:
            plans.clear()
        raise


def uuids(ids: Iterable[UUID]) -> str:
    """A value of type ``uuid[]``: cheaper to write and to read than a list of literals."""
    return f"{{{','.join(map(str, ids))}}}"


def _plainly(connection: Connection, call: Call) -> Sequence[Any]:
    found = connection.exec_driver_sql(f"{_AS_WRITTEN}; {call.statement.plain}", call.values)
    return found.all() if found.returns_rows else []


def _plans(connection: Connection) -> dict[str, "_Plan"]:
    plans: dict[str, _Plan] = connection.connection.info.setdefault(_PLANS, {})
    return plans


def _plan(connection: Connection, plans: dict[str, "_Plan"], statement: Prepared) -> None:
    before, now = plans.get(statement.name), time.monotonic()
    if before is None:
        connection.exec_driver_sql(statement.prepare)
        plans[statement.name] = _Plan(now + 1, 1)
    elif before.holds_until <= now:
        connection.exec_driver_sql(f"DEALLOCATE {statement.name}; {statement.prepare}")
        holds_s = min(_LONGEST_S, before.holds_s * 2)
        plans[statement.name] = _Plan(now + holds_s, holds_s)


def _is_direct(connection: Connection) -> bool:
    """Whether nothing hands out the server's connections: a pooler makes up process ids."""
    pooled = connection.connection
    if _DIRECT not in pooled.info:
        driver: Any = pooled.driver_connection
        ours = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        pooled.info[_DIRECT] = ours == driver.info.backend_pid
    is_direct: bool = pooled.info[_DIRECT]
    return is_direct
