"""Whatever stops a send, against the mark: nothing is marked after the stop has committed.

Judged by the server's own commit times (``track_commit_timestamp``), never by our clock: where
the two transactions lock the same row, the one that commits second has waited for the first.
A few hundred races here, ten thousand each by ``make races``.
"""

import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core import db, live, queue, walls
from app.repositories import consents, marks
from app.repositories.marks import MarkRow
from app.services import schedule_changes, schedule_control
from tests.factories import workspaces
from tests.services.dispatch import units
from tests.services.dispatch.units import Field, Unit

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1800)]
RACES = 10_000 if os.environ.get("BENCH") else 100
_STEP_S = 0.001


class Meeting:
    """Has two threads meet at the same rows: whoever was first sets out later the next time."""

    def __init__(self, random: Random) -> None:
        self._barrier, self._random, self._lead = threading.Barrier(2), random, 0.0

    def arrange(self) -> float:
        """Wait for the other one; by how much the mark sets out later (seconds, or earlier)."""
        self._barrier.wait()
        return self._lead

    def wait(self, seconds: float) -> None:
        """Set out later; nothing is waited for here but the other one's head start."""
        time.sleep(max(0.0, seconds))

    def judge(self, verdict: str) -> str:
        """Learn who was first; said before the next meeting."""
        step = self._random.uniform(0, 2 * _STEP_S)
        self._lead += step if verdict == "mark" else -step
        return verdict


Stop = Callable[[Session, Unit], object]


def _opt_out(session: Session, unit: Unit) -> object:
    return consents.change(session, unit.recipient, {"consent_all": "opted_out"})


STOPS: dict[str, tuple[Stop, str, str]] = {
    # name: (what stops it, the row that it commits, what the mark says when it comes second)
    "cancel": (lambda s, u: schedule_control.cancel(s, u.schedule), "lanes", "release"),
    "pause": (lambda s, u: schedule_control.pause(s, u.schedule), "lanes", "release"),
    "change": (
        lambda s, u: schedule_changes.change(s, u.schedule, {"max_rate_mps": 5}, None),
        "lanes",
        "release",
    ),
    "opt_out": (_opt_out, "recipients", "opted_out"),
}


@pytest.fixture
def field(stack: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Field]:
    """As many units as there will be races, committed; removed in the end."""
    monkeypatch.setattr(queue, "publish", lambda *_, **__: True)
    monkeypatch.setattr(live, "say", lambda *_, **__: None)
    with db._sessions()() as session:
        made = units.make(session, RACES)
        yield made
        workspaces.remove(session, made.workspace_id)


@pytest.mark.parametrize("name", STOPS)
def test_nothing_is_marked_after_the_stop_committed(field: Field, name: str) -> None:
    stop, table, second = STOPS[name]
    meeting = Meeting(Random(name))

    def mark() -> list[str]:
        return [meeting.judge(_mark(field, unit, meeting)) for unit in field.units]

    def halt() -> None:
        for unit in field.units:
            meeting.wait(-meeting.arrange())
            with db.transaction(walls.api(field.workspace_id)) as session:
                stop(session, unit)

    with ThreadPoolExecutor(2) as pool:
        marking, halting = pool.submit(mark), pool.submit(halt)
        halting.result()
        verdicts = Counter(marking.result())
    marked, after = _commits(field.workspace_id, table)
    assert after == 0, f"{after} of {RACES} marked after the {name} had committed"
    # Each was first often enough for this to be a race.
    assert verdicts == {"mark": marked, second: RACES - marked}
    assert RACES / 10 < marked < RACES * 9 / 10


def _mark(field: Field, unit: Unit, meeting: Meeting) -> str:
    row = MarkRow(
        unit.occurrence_id,
        unit.delivery_id,
        unit.recipient.id,
        unit.attempt_id,
        field.claim_id,
        1,
        {"text": "Hi"},
    )
    meeting.wait(meeting.arrange())
    with db.transaction() as session:
        return marks.mark(session, field.lease, "worker-1", [row])[unit.delivery_id]


def _commits(workspace_id: UUID, table: str) -> tuple[int, int]:
    # xmin: who wrote this version of the row. A mark only locks lanes and recipients.
    join = {
        "lanes": "lanes stop ON stop.occurrence_id = a.occurrence_id",
        "recipients": "recipients stop ON stop.id = a.recipient_id",
    }[table]
    with db._sessions()() as session:
        row = session.execute(
            text(f"""
                SELECT count(*), count(*) FILTER (
                         WHERE pg_xact_commit_timestamp(a.xmin)
                               >= pg_xact_commit_timestamp(stop.xmin))
                  FROM attempts a JOIN {join}
                 WHERE a.workspace_id = :workspace_id
            """),
            {"workspace_id": workspace_id},
        ).one()
    return row[0], row[1]
