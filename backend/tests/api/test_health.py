"""Liveness and readiness."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, func, text
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from app.core.version import VERSION
from app.models.heartbeats import Heartbeat

PARTS = ("worker:dispatch", "worker:default", "beat")


@pytest.fixture(autouse=True)
def _nobody_heard_of(session: Session) -> None:
    session.execute(delete(Heartbeat))
    session.commit()


def _beat(session: Session, part: str, seconds_ago: int = 0) -> None:
    at = func.clock_timestamp() - timedelta(seconds=seconds_ago)
    session.add(Heartbeat(part=part, who="test", at=at))
    session.commit()


def test_is_alive_without_asking_anybody(anonymous: TestClient) -> None:
    assert anonymous.get("/health").json() == {"status": "healthy", "version": VERSION}


def test_is_ready_when_every_part_was_heard_of(anonymous: TestClient, session: Session) -> None:
    for part in PARTS:
        _beat(session, part)
    answer = anonymous.get("/health/ready")
    assert answer.status_code == 200, answer.text
    assert answer.json()["checks"] == dict.fromkeys(
        ("database", "migrations", "redis", *PARTS, "dispatch"), "ok"
    )


def test_names_what_is_ill(anonymous: TestClient, session: Session) -> None:
    _beat(session, "worker:dispatch", seconds_ago=31)
    _beat(session, "beat", seconds_ago=149)
    answer = anonymous.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["ill"] == ["worker:dispatch", "worker:default"]
    assert answer.json()["checks"]["worker:dispatch"] == "not heard of for 31 s"
    assert anonymous.get("/health/ready?of=api").status_code == 200


def test_names_migrations_that_are_missing(anonymous: TestClient, session: Session) -> None:
    session.execute(text("UPDATE alembic_version SET version_num = 'older'"))
    session.commit()
    answer = anonymous.get("/health/ready?of=api")
    assert answer.status_code == 503
    assert answer.json()["ill"] == ["migrations"]
