"""Tries to log in. The database's clock counts, for several API machines share it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.domain.throttle import Tries
from app.models.login_tries import LoginTries

_FIELDS = (LoginTries.since, LoginTries.tries, LoginTries.waits, LoginTries.blocked_until)
# So many old rows go with each try: the table stays as small as a day's keys.
_SWEPT = 10


def now(session: Session) -> datetime:
    """The database's clock."""
    moment: datetime = session.scalars(select(func.clock_timestamp())).one()
    return moment


def read(session: Session, keys: Sequence[str]) -> Mapping[str, Tries]:
    """What is remembered of ``keys``."""
    rows = session.execute(select(LoginTries.key, *_FIELDS).where(LoginTries.key.in_(keys)))
    return {row.key: _tries(row) for row in rows}


def lock(session: Session, key: str) -> Tries | None:
    """The same of one key, which nobody else counts until the transaction ends.

    None for one that is new; its row exists by then.
    """
    new = insert(LoginTries).values(key=key, since=func.clock_timestamp(), tries=0, waits=0)
    # Changes nothing of a row that is there, but locks it.
    locked = new.on_conflict_do_update(index_elements=["key"], set_={"key": new.excluded.key})
    tries = _tries(session.execute(locked.returning(*_FIELDS)).one())
    return tries if tries.tries else None


def keep(session: Session, key: str, tries: Tries) -> None:
    """Remember this of a locked key."""
    session.execute(update(LoginTries).where(LoginTries.key == key).values(asdict(tries)))


def forget(session: Session, key: str) -> None:
    """Start over."""
    session.execute(delete(LoginTries).where(LoginTries.key == key))


def take_back(session: Session, key: str) -> None:
    """Count one try less."""
    session.execute(
        update(LoginTries)
        .where(LoginTries.key == key, LoginTries.tries > 1)
        .values(tries=LoginTries.tries - 1)
    )


def forget_some_before(session: Session, age: timedelta) -> None:
    """Delete a few rows older than ``age``, leaving alone what others hold."""
    old = (
        select(LoginTries.key)
        .where(LoginTries.since < func.clock_timestamp() - age)
        .limit(_SWEPT)
        .with_for_update(skip_locked=True)
    )
    session.execute(delete(LoginTries).where(LoginTries.key.in_(old)))


def _tries(row: Any) -> Tries:
    return Tries(row.since, row.tries, row.waits, row.blocked_until)
