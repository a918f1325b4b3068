"""Log lines of the real processes: JSON, with the ids that belong together."""

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from app.api import loopback, startup
from app.core import config
from app.core import logging as logs
from app.core.config import settings
from app.services import accounts
from tests.api.conftest import anonymous, owner

__all__ = ["anonymous", "owner"]
UUID = "0190a1b2-1234-7000-8000-123456789012"


@pytest.fixture
def lines(stack: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What production writes, from now on; pytest's own handlers are put back afterwards."""
    written = io.StringIO()
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    monkeypatch.setattr(settings(), "env", "production")
    monkeypatch.setattr(settings(), "log_level", "INFO")
    logs.configure()
    for handler in root.handlers:
        assert isinstance(handler, logging.StreamHandler)
        handler.setStream(written)
    yield written
    root.handlers[:] = before
    root.setLevel(level)
    structlog.contextvars.clear_contextvars()


def _read(written: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def test_a_request_is_told_by_its_route_and_its_ids(owner: TestClient, lines: io.StringIO) -> None:
    owner.get(f"/api/v1/schedules/{UUID}", headers={"X-Request-Id": "req-7"})
    said = [line for line in _read(lines) if line.get("route")]
    assert len(said) == 1
    line = said[0]
    assert line["event"] == "GET /schedules/{schedule_id} 404"
    assert (line["method"], line["status"], line["request_id"]) == ("GET", 404, "req-7")
    assert line["schedule_id"] == UUID
    assert line["duration_ms"] > 0


def test_a_task_carries_its_ids_and_the_request_that_asked(
    session: Session, lines: io.StringIO
) -> None:
    from app.worker import log_context
    from app.worker.celery_app import app

    log_context.listen()
    seen: dict[str, Any] = {}

    @app.task(name="tests.say")
    def say(schedule_id: str, other: str) -> None:
        logging.getLogger("app.tests").info("working")
        seen.update(structlog.contextvars.get_contextvars())

    say.apply(args=(UUID, "not an id"), headers={"request_id": "req-8"})
    line = next(line for line in _read(lines) if line["event"] == "working")
    assert (line["task"], line["schedule_id"]) == ("tests.say", UUID)
    assert "other" not in line
    assert structlog.contextvars.get_contextvars() == {}


def test_fields_pass_by_a_list(lines: io.StringIO) -> None:
    logger = structlog.get_logger("app.tests")
    logger.info("hello", schedule_id=UUID, name="Ana Torres", phone="+5215550100123")
    line = _read(lines)[0]
    assert line["schedule_id"] == UUID
    assert (line["name"], line["phone"]) == ("[not listed]", "[not listed]")


def test_a_failed_statement_shows_neither_values_nor_rows(
    session: Session, lines: io.StringIO
) -> None:
    statement = text("SELECT CAST(:name AS int)")
    try:
        with session.begin_nested():
            session.execute(statement, {"name": "Ana Torres +5215550100123"})
    except DBAPIError:
        logging.getLogger("app.tests").exception("it failed")
    line = _read(lines)[0]
    assert "DataError" in line["exception"]
    assert "5215550100123" not in line["exception"]


def test_libraries_with_handlers_of_their_own_write_through_ours(lines: io.StringIO) -> None:
    foreign = logging.getLogger("uvicorn.error")
    foreign.addHandler(logging.NullHandler())
    foreign.propagate = False
    logs.configure()
    assert foreign.propagate
    assert foreign.handlers == []


def test_outside_production_lines_are_for_people(
    stack: Path, monkeypatch: pytest.MonkeyPatch, lines: io.StringIO
) -> None:
    monkeypatch.setattr(config.settings(), "env", "development")
    logs.configure()
    for handler in logging.getLogger().handlers:
        assert isinstance(handler, logging.StreamHandler)
        handler.setStream(lines)
    logging.getLogger("app.tests").warning("to %s", "+5215550100123")
    assert "warning" in lines.getvalue()
    assert "…123#" in lines.getvalue()


def test_the_token_for_the_first_owner_is_shown(
    lines: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "is_set_up", lambda session: False)
    startup._say_setup_token()
    assert loopback.setup_token() in _read(lines)[0]["event"]
