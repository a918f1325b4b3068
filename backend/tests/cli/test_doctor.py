"""``scheduler doctor``: what it finds, and what it makes of it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, text
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from app.cli import cli
from app.core import clock, config
from app.core.config import settings
from app.domain import local_time
from app.models.heartbeats import Heartbeat
from app.repositories import unmatched_statuses
from app.repositories.unmatched_statuses import Kept
from app.services import health
from app.services.dispatch import release
from app.services.doctor import surroundings
from app.services.webhooks import unmatched
from devstack.simulator_control import SimulatorControl
from devstack.simulator_types import Business
from tests.factories import senders, workspaces
from tests.support import parts, simulator

runner = CliRunner()
Findings = dict[str, dict[str, str]]


@pytest.fixture(scope="module")
def meta(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatorControl]:
    with simulator.running(tmp_path_factory.mktemp("meta") / "data") as control:
        yield control


@pytest.fixture
def at_the_simulator(
    session: Session, meta: SimulatorControl, monkeypatch: pytest.MonkeyPatch
) -> Business:
    """A business whose number and token Meta knows."""
    monkeypatch.setattr(settings(), "whatsapp_api_base_url", meta.url)
    return meta.business(webhook_url="http://127.0.0.1:9/callback")


def _examine() -> tuple[int, Findings]:
    done = runner.invoke(cli, ["doctor", "--json"])
    return done.exit_code, {one["name"]: one for one in json.loads(done.output)}


def _beat(session: Session, seconds_ago: float = 0) -> None:
    session.execute(text("DELETE FROM heartbeats"))
    at = func.clock_timestamp() - timedelta(seconds=seconds_ago)
    session.add_all([Heartbeat(part=part, who="test", at=at) for part in health.MAX_AGE_S])
    session.commit()


def test_a_well_installation_passes(session: Session, at_the_simulator: Business) -> None:
    _beat(session)
    workspace = workspaces.workspace(session)
    senders.sender(
        session,
        workspace.id,
        name="Well",
        phone_number_id=at_the_simulator.phone_number_id,
        token=at_the_simulator.access_token,
    )
    with parts.linked():
        code, found = _examine()
    wrong = {name: one for name, one in found.items() if one["level"] == "fail"}
    assert (code, wrong) == (0, {})
    assert found["sender Well"]["level"] == "ok"
    others = {"worker:dispatch", "worker:default", "beat", "callbacks", "dispatch"}
    assert {"settings", "disk", "redis", "database", "migrations", "clock", *others} <= set(found)


def test_says_what_is_wrong_and_what_to_do(session: Session, at_the_simulator: Business) -> None:
    _beat(session, seconds_ago=3600)
    workspace = workspaces.workspace(session)
    number = at_the_simulator.phone_number_id
    senders.sender(session, workspace.id, name="Locked out", phone_number_id=number)
    senders.sender(session, workspace.id, name="Moved", api_base_url="https://elsewhere.example")
    session.execute(
        text("""INSERT INTO webhook_inbox (digest, body, received_at)
                VALUES ('d', 'b', now() - interval '5 minutes')""")
    )
    release.hold("a look")
    code, found = _examine()
    assert code == 1
    failing = {name for name, one in found.items() if one["level"] == "fail"}
    assert failing == {
        "dispatch", "worker:dispatch", "worker:default", "beat", "callbacks",
        "sender Locked out", "sender Moved",
    }  # fmt: skip
    assert all(found[name]["advice"] for name in failing)
    assert "190" in found["sender Locked out"]["says"]
    assert senders.TOKEN not in json.dumps(found)


def test_messages_of_after_the_backup_are_told(session: Session) -> None:
    def hear(wamid: str, status: str) -> None:
        said = {"id": wamid, "status": status, "timestamp": "1780000000"}
        kept = Kept("1", wamid, said | {"recipient_id": "14155550123"}, clock.now())
        unmatched_statuses.keep(session, [kept], wait_s=0)
        session.commit()

    hear("wamid.A", "sent")
    hear("wamid.A", "delivered")
    hear("wamid.B", "sent")
    assert "unknown messages" not in _examine()[1]
    assert unmatched.retry() == 0
    _, found = _examine()
    told = found["unknown messages"]
    assert told["level"] == "warn"
    assert told["says"].startswith("WhatsApp reports on 2 that this database doesn't know, since ")
    assert "After a restore" in told["advice"]


@pytest.mark.parametrize(
    ("undo", "says"),
    [
        (
            "REVOKE ALL ON deliveries FROM {role}",
            "the role {role} is granted nothing on del",
        ),
        ("ALTER ROLE {role} RENAME TO somebody_else", "the role {role} is missing"),
        ("REVOKE USAGE ON SCHEMA public FROM PUBLIC", "the role {role} may not use the schema"),
    ],
)
def test_a_missing_role_or_grant_is_named(session: Session, undo: str, says: str) -> None:
    role = str(session.scalar(text("SELECT wall_role('worker')")))
    session.execute(text(undo.format(role=role)))
    session.commit()
    shown = runner.invoke(cli, ["doctor"])
    assert shown.exit_code == 1
    assert says.format(role=role) in shown.output
    assert "alembic upgrade head" in shown.output
    of_api = health.of_api()
    assert says.format(role=role) in of_api["database"]
    assert of_api["migrations"] == health.WELL


def test_lines_for_people(session: Session) -> None:
    shown = runner.invoke(cli, ["doctor"])
    assert "fail  beat: " in shown.output or "ok    beat: " in shown.output
    assert "      -> " in shown.output


def test_settings_that_cannot_be_used_are_a_finding(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "short")
    code, found = _examine()
    assert code == 1
    assert "too short" in found["settings"]["says"]


def test_a_database_and_redis_that_are_away_are_findings(
    stack: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.core import db, redis

    port = simulator.free_port()
    away = config.Settings(
        database_url=f"postgresql://u:p@127.0.0.1:{port}/x", redis_url=f"redis://127.0.0.1:{port}"
    )
    for module in (db, redis):
        monkeypatch.setattr(module, "settings", lambda: away)
    cached = (db.engine, db._sessions, redis.client)
    db.engine().dispose()
    for one in cached:
        one.cache_clear()
    try:
        code, found = _examine()
    finally:
        for one in cached:
            one.cache_clear()
    assert code == 1
    assert found["database"]["level"] == found["redis"]["level"] == "fail"


@pytest.mark.parametrize(
    ("version", "now", "level"),
    [
        ("2026f", "2027-06-30", "ok"),
        ("2026f", "2027-07-01", "warn"),
        ("2024a", "2026-01-01", "warn"),
    ],
)
def test_old_zone_rules_are_told(
    monkeypatch: pytest.MonkeyPatch, version: str, now: str, level: str
) -> None:
    monkeypatch.setattr(local_time, "tzdata_version", lambda: version)
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: at)
    assert [one.level for one in surroundings.of_time_zones()] == [level]
