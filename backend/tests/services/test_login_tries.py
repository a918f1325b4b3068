"""Tries counted by callers that race, on real transactions."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, update

from app.core import db, walls
from app.models.login_tries import LoginTries
from app.services import login_tries


@pytest.fixture(autouse=True)
def _counted_anew(stack: Path) -> Iterator[None]:
    yield
    with db.transaction(walls.AUTH) as session:
        session.execute(delete(LoginTries))


def _take(account: str, address: str = "192.0.2.7") -> int:
    with db.transaction(walls.AUTH) as session:
        return login_tries.take(session, account, address)


def test_of_many_tries_at_once_five_are_judged() -> None:
    with ThreadPoolExecutor(8) as threads:
        waits = list(threads.map(lambda _: _take("ana@example.com"), range(24)))
    assert waits.count(0) == 5
    assert {*waits} - {0} <= {59, 60}


def test_successes_and_failures_at_once_wait_for_nobody() -> None:
    def succeed(number: int) -> None:
        _take(f"p{number % 3}@example.com")
        with db.transaction(walls.AUTH) as session:
            login_tries.clear(session, f"p{number % 3}@example.com", "192.0.2.7")

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(succeed, range(48))) == [None] * 48


def test_a_customer_s_many_addresses_count_as_one() -> None:
    waits = [_take("ana@example.com", f"2001:db8:0:1::{n}") for n in range(6)]
    assert waits == [0] * 5 + [60]
    assert _take("ana@example.com", "2001:db8:0:2::1") == 0


def test_old_counts_are_swept_away() -> None:
    for number in range(12):
        _take(f"p{number}@example.com", f"192.0.2.{number}")
    with db.transaction(walls.AUTH) as session:
        session.execute(update(LoginTries).values(since=LoginTries.since - timedelta(days=2)))
    for number in range(3):
        _take("eva@example.com", f"198.51.100.{number}")
    with db.reading(walls.AUTH) as session:
        assert session.scalar(select(func.count()).select_from(LoginTries)) == 6
