"""A backup taken before a campaign and restored after it: the campaign isn't sent again."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from devstack import health
from devstack.layout import ROOT
from devstack.processes import wait_until
from devstack.trial import Trial
from devstack.trial_people import Shop

pytestmark = [pytest.mark.stack, pytest.mark.timeout(400)]


def _scheduler(trial: Trial, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", *arguments],
        cwd=ROOT,
        env=trial.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _sql(trial: Trial, statement: str) -> int:
    url = trial.postgres.url.replace("postgresql://", "postgresql+psycopg2://")
    engine = create_engine(url)
    with engine.connect() as connection:
        found = connection.execute(text(statement)).scalar_one()
    engine.dispose()
    return int(found)


def _readiness(trial: Trial) -> str:
    _, body = health.get(f"{trial.plan.api_url}/health/ready")
    return str(body["checks"]["dispatch"])


def test_what_was_sent_after_the_backup_is_not_sent_again(
    trial: Trial, shop: Shop, tmp_path: Path
) -> None:
    """Held while the backup is taken, so that it surely holds messages not yet sent."""
    _scheduler(trial, "dispatch", "hold", "--why", "backing up")
    before = len(trial.simulator.ledger())
    schedule_id = shop.schedule(to=shop.people[:20])["id"]
    assert wait_until(lambda: len(shop.deliveries(schedule_id)) == 20, seconds=60, every=0.2)
    file = tmp_path / "before.backup"
    assert "SECRET_KEY" in _scheduler(trial, "backup", str(file))
    assert file.stat().st_mode & 0o077 == 0
    _scheduler(trial, "dispatch", "confirm", "--yes")
    trial.simulator.wait_for_requests(before + 20, 60)

    assert "Nothing is sent" in _scheduler(trial, "restore", str(file), "--yes")
    assert "held since" in _readiness(trial)
    # Nobody's session outlives a restore.
    shop.log_in()
    rung = _sql(trial, "SELECT sum(rung) FROM sender_drains")
    direct = {
        "sender_id": shop.sender_id,
        "recipient_id": shop.people[30],
        "message_id": shop.message_id,
    }
    shop.api.post("messages/send", direct)
    # A drain has come and gone again.
    assert wait_until(
        lambda: _sql(trial, "SELECT sum(rung) FROM sender_drains") > rung, seconds=60, every=0.2
    )
    assert len(trial.simulator.ledger()) == before + 20

    assert "deliveries became unconfirmed" in _scheduler(trial, "dispatch", "confirm", "--yes")
    trial.simulator.wait_for_requests(before + 21, 60)
    assert _readiness(trial) == "ok"
    # Callbacks that came after the restore tell of some that they were sent; the rest is in doubt.
    shown = {row["status"] for row in shop.deliveries(schedule_id)}
    assert shown <= {"unconfirmed", "sent", "delivered", "read", "failed"}
    assert len(trial.simulator.ledger()) == before + 21
