"""Liveness and readiness."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import delete, func, text
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from app.api.routes import health
from app.core.version import VERSION
from app.models.heartbeats import Heartbeat
from app.services import health as service
from app.services import heartbeats
from tests.support import parts, waiting

PARTS = tuple(service.MAX_AGE_S)


@pytest.fixture(autouse=True)
def _nobody_heard_of(session: Session) -> None:
    session.execute(delete(Heartbeat))
    session.commit()
    health._checks.cache_clear()


def _beat(session: Session, part: str, seconds_ago: int = 0) -> None:
    at = func.clock_timestamp() - timedelta(seconds=seconds_ago)
    session.add(Heartbeat(part=part, who="test", at=at))
    session.commit()


def test_is_alive_without_asking_anybody(anonymous: TestClient) -> None:
    assert anonymous.get("/health").json() == {"status": "healthy", "version": VERSION}


def test_is_ready_when_every_part_was_heard_of(anonymous: TestClient, session: Session) -> None:
    for part in PARTS:
        _beat(session, part)
    with parts.linked():
        answer = anonymous.get("/health/ready")
    assert answer.status_code == 200, answer.text
    assert answer.json()["checks"] == dict.fromkeys(
        ("database", "migrations", "redis", *PARTS, "dispatch"), "ok"
    )


def test_names_what_is_ill(anonymous: TestClient, session: Session) -> None:
    _beat(session, "worker:dispatch", seconds_ago=31)
    _beat(session, "beat", seconds_ago=149)
    with parts.linked():
        answer = anonymous.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["ill"] == ["worker:dispatch", "worker:default"]
    assert answer.json()["checks"]["worker:dispatch"] == "not heard of for 31 s"
    assert anonymous.get("/health/ready?of=api").status_code == 200


@pytest.mark.parametrize("ended", PARTS)
def test_names_a_part_that_has_just_ended(
    anonymous: TestClient, session: Session, ended: str
) -> None:
    for part in PARTS:
        _beat(session, part)
    with parts.linked() as links:
        links[ended].end()
        waiting.until(lambda: not heartbeats.linked(session, [ended]))
        answer = anonymous.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["ill"] == [ended]
    assert answer.json()["checks"][ended] == "has ended, or lost the database"


def test_many_who_ask_at_once_are_one_look(
    anonymous: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[str] = []
    monkeypatch.setattr(health, "time", SimpleNamespace(monotonic=lambda: 1000.0))

    def look() -> dict[str, str]:
        looks.append("look")
        return {}

    monkeypatch.setattr(service, "of_system", look)
    for _ in range(5):
        anonymous.get("/health/ready")
    assert looks == ["look"]


def test_names_migrations_that_are_missing(anonymous: TestClient, session: Session) -> None:
    session.execute(text("UPDATE alembic_version SET version_num = 'older'"))
    session.commit()
    answer = anonymous.get("/health/ready?of=api")
    assert answer.status_code == 503
    assert answer.json()["ill"] == ["migrations"]
