"""Guessing passwords: slow, ever slower, and nobody else's log-in suffers."""

from datetime import timedelta
from typing import Any

import pytest
from redis import Redis
from sqlalchemy import update
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from app.core import redis
from app.models.login_tries import LoginTries
from app.services import login_tries
from tests.api.test_setup import OWNER

LOG_IN = {"email": OWNER["email"], "password": OWNER["password"]}
WRONG = LOG_IN | {"password": "wrong"}


@pytest.fixture
def person(local: TestClient) -> TestClient:
    """A client beside whom the owner exists."""
    assert local.post("/api/v1/setup", json=OWNER).status_code == 201
    return local


def _try(client: TestClient, body: dict[str, Any] = WRONG) -> int:
    return client.post("/api/v1/auth/login", json=body).status_code


def _let_pass(session: Session, time: timedelta) -> None:
    session.execute(
        update(LoginTries).values(
            since=LoginTries.since - time, blocked_until=LoginTries.blocked_until - time
        )
    )
    session.commit()


def test_five_tries_a_minute_and_a_success_starts_over(person: TestClient) -> None:
    assert [_try(person) for _ in range(4)] == [401] * 4
    assert _try(person, LOG_IN) == 200
    assert [_try(person) for _ in range(5)] == [401] * 5
    refused = person.post("/api/v1/auth/login", json=LOG_IN)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert _try(person, WRONG | {"email": "eva@example.com"}) == 401


def test_accounts_nobody_has_are_limited_just_as(person: TestClient) -> None:
    nobody = WRONG | {"email": "nobody@example.com"}
    assert [_try(person, nobody) for _ in range(6)] == [401] * 5 + [429]


def test_waits_grow_and_end(person: TestClient, session: Session) -> None:
    waits = []
    for _ in range(6):
        while _try(person) == 401:
            pass
        refused = person.post("/api/v1/auth/login", json=LOG_IN)
        waits.append(int(refused.headers["Retry-After"]))
        _let_pass(session, timedelta(seconds=waits[-1] + 1))
    assert waits == pytest.approx([60, 120, 240, 480, 900, 900], abs=2)
    # However long it went on, the right password is let in when the wait is over.
    assert _try(person, LOG_IN) == 200


def test_trying_during_a_wait_does_not_prolong_it(person: TestClient, session: Session) -> None:
    assert [_try(person) for _ in range(9)] == [401] * 5 + [429] * 4
    _let_pass(session, timedelta(seconds=61))
    assert _try(person, LOG_IN) == 200


def test_one_address_has_thirty_tries_for_all_accounts(person: TestClient) -> None:
    guesses = [WRONG | {"email": f"p{n}@example.com"} for n in range(31)]
    assert [_try(person, guess) for guess in guesses] == [401] * 30 + [429]


def test_guessers_of_many_networks_share_their_tries(
    person: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(login_tries, "OF_ACCOUNT_ELSEWHERE", 3)
    assert _try(person, LOG_IN) == 200
    elsewhere = [
        TestClient(
            person.app, base_url=str(person.base_url), client=(f"198.51.100.{number}", 50_000)
        )
        for number in range(5)
    ]
    assert [_try(guesser) for guesser in elsewhere] == [401] * 3 + [429] * 2
    # Its owner, where she was logged in before, isn't locked out by them.
    assert _try(person, LOG_IN) == 200


def test_an_emptied_redis_gives_no_new_tries(person: TestClient) -> None:
    assert [_try(person) for _ in range(5)] == [401] * 5
    redis.client().flushdb()
    assert _try(person) == 429


def test_works_without_redis(person: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = Redis.from_url("redis://127.0.0.1:1/0")
    monkeypatch.setattr(redis, "client", lambda: nowhere)
    assert [_try(person) for _ in range(6)] == [401] * 5 + [429]
    assert _try(person, LOG_IN | {"email": "eva@example.com"}) == 401
