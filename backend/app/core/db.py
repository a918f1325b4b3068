"""The database: one engine a process, and the only commit in the code.

A unit of work is ``with transaction(wall) as session``; the wall says for whom it works and
with it what the database lets it see. What it asks to be told after the
commit (doorbells, live events) is said only when the commit has succeeded, and failing to
say it harms nothing: the sweep finds the same work.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache

from sqlalchemy import Connection, Engine, QueuePool, create_engine
from sqlalchemy.orm import Session, sessionmaker

from app.core import crash_points, walls
from app.core.config import settings
from app.core.walls import WORKER, Wall

logger = logging.getLogger(__name__)

# FastAPI runs endpoints in 40 threads; each may hold one connection.
_POOL_SIZE = 10
_MAX_OVERFLOW = 35
_AFTER_COMMIT = "after_commit_calls"


@lru_cache(maxsize=1)
def engine() -> Engine:
    """The process's engine. Never share it across a fork: see ``dispose``."""
    made = create_engine(
        settings().database_url,
        pool_size=_POOL_SIZE,
        max_overflow=_MAX_OVERFLOW,
        pool_pre_ping=True,
        # Parameters are people's names, numbers and texts: never in an error's message.
        hide_parameters=True,
        connect_args={
            "application_name": "whatsapp-scheduler",
            "connect_timeout": 5,
            "options": "-c idle_in_transaction_session_timeout=60000 -c timezone=UTC",
        },
    )
    walls.install(made)
    return made


def own_connection() -> Connection:
    """A connection outside the pool, in autocommit, that whoever asked for it closes."""
    connection = engine().execution_options(isolation_level="AUTOCOMMIT").connect()
    connection.detach()
    return connection


def connections_in_use() -> int:
    """How many connections of this process's pool are taken now."""
    pool = engine().pool
    return pool.checkedout() if isinstance(pool, QueuePool) else 0


@lru_cache(maxsize=1)
def _sessions() -> sessionmaker[Session]:
    return sessionmaker(engine(), expire_on_commit=False)


def dispose() -> None:
    """Drop the engine, for a forked child that must open its own connections."""
    if engine.cache_info().currsize:
        engine().dispose(close=False)
    engine.cache_clear()
    _sessions.cache_clear()


@contextmanager
def transaction(wall: Wall | None = WORKER) -> Iterator[Session]:
    """One transaction; commits on success, then says what was to be said after it.

    The engine's own when nothing is said. None: as the login itself, which sees next to nothing.
    """
    session = _sessions()()
    walls.stand_behind(session, wall)
    try:
        with session.begin():
            yield session
        calls: list[Callable[[], None]] = session.info.pop(_AFTER_COMMIT, [])
    finally:
        session.close()
    if calls:
        crash_points.reach("committed")
    for call in calls:
        try:
            call()
        except Exception:
            logger.warning("a hint after a commit could not be given", exc_info=True)


@contextmanager
def reading(wall: Wall | None = WORKER) -> Iterator[Session]:
    """A session for reads only; nothing it does is kept."""
    session = _sessions()()
    walls.stand_behind(session, wall)
    try:
        yield session
    finally:
        session.rollback()
        session.close()


def after_commit(session: Session, call: Callable[[], None]) -> None:
    """Have ``call`` made once this session's transaction has committed."""
    session.info.setdefault(_AFTER_COMMIT, []).append(call)
