"""The sweep of last resort."""

import time

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.services import heartbeats
from app.services.dispatch import sweep
from app.worker import vitals
from app.worker.vitals import SWEEP_OVERDUE_S, DeadMan


@pytest.fixture
def sweeps(session: Session, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Sweeps that were done here; nobody has ever swept."""
    session.execute(text("DELETE FROM heartbeats"))
    session.commit()
    done: list[str] = []
    monkeypatch.setattr(sweep, "run", lambda: done.append("swept"))
    return done


def swept_ago(session: Session, seconds: float) -> None:
    heartbeats.beat(session, heartbeats.SWEEP, "beat")
    ago = {"seconds": seconds}
    session.execute(text("UPDATE heartbeats SET at = at - make_interval(secs => :seconds)"), ago)
    session.commit()


def watching_for(seconds: float) -> DeadMan:
    return DeadMan(time.monotonic() - seconds)


def test_a_fresh_start_is_no_alarm(sweeps: list[str]) -> None:
    watching_for(SWEEP_OVERDUE_S - 5).look()
    assert sweeps == []


def test_nor_is_the_first_look_after_a_night_off(session: Session, sweeps: list[str]) -> None:
    swept_ago(session, 8 * 3600)
    watching_for(5).look()
    assert sweeps == []


@pytest.mark.parametrize(("ago", "swept"), [(None, 1), (89, 0), (91, 1)])
def test_it_sweeps_when_nobody_has_for_90_s(
    session: Session, sweeps: list[str], ago: float | None, swept: int
) -> None:
    if ago is not None:
        swept_ago(session, ago)
    watching_for(SWEEP_OVERDUE_S + 1).look()
    assert len(sweeps) == swept


def test_a_failure_does_not_end_the_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    rounds: list[int] = []

    def work() -> None:
        rounds.append(len(rounds))
        if len(rounds) == 1:
            raise OSError("the database is away")

    vitals.repeat("test", 0.01, work)
    deadline = time.monotonic() + 5
    while len(rounds) < 3:
        assert time.monotonic() < deadline
        time.sleep(0.01)
