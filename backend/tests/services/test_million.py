"""Stops hold at once however many people wait, and readers see it before any row is touched.

A few thousand here, a million by ``make races``, which also prints the times.
"""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.core import db, live, queue, walls
from app.domain.paging import PageRequest
from app.domain.refs import Ref
from app.domain.states import DeliveryStatus
from app.models import deliveries as rows
from app.models.schedules import Lane, Occurrence, Schedule
from app.repositories import cancellations, lanes
from app.repositories.deliveries import Filters
from app.services import deliveries, schedule_changes, schedule_control, schedules
from app.services.dispatch import expand, row_edits
from tests.factories import messages as message_factory
from tests.factories import recipients, workspaces
from tests.factories import schedules as schedule_factory
from tests.factories import senders as sender_factory

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1800)]
PEOPLE = 1_000_000 if os.environ.get("BENCH") else 12_000
BATCH = 5000
T = TypeVar("T")
Control = Callable[[Session, Ref], schedules.View]
_PEOPLE = text("""
    WITH made AS (
      INSERT INTO recipients (workspace_id, id, name, phone, timezone, timezone_source,
                              attributes, consent_marketing, consent_all, reachable)
      SELECT :workspace_id, uuidv7(), 'Ana', '+1' || (2000000000 + n), 'UTC', 'workspace',
             '{}', 'opted_in', 'allowed', true
        FROM generate_series(1, :people) n RETURNING id)
    INSERT INTO group_members (workspace_id, group_id, recipient_id)
    SELECT :workspace_id, :group_id, id FROM made
""")


def _say(line: str) -> None:
    print(line)  # noqa: T201 (what `make races` is for)


class Crowd:
    """One open occurrence for everybody."""

    def __init__(self, workspace_id: UUID, schedule_id: UUID, occurrence_id: UUID) -> None:
        self.schedule = Ref(workspace_id, schedule_id)
        self.occurrence_id = occurrence_id

    def act(self, name: str, work: Callable[[Session], T]) -> T:
        """Do it as the API would, and say how long it took."""
        begun = time.perf_counter()
        with db.transaction(walls.api(self.schedule.workspace_id)) as session:
            done = work(session)
        _say(f"{name:34} {(time.perf_counter() - begun) * 1000:10.1f} ms")
        return done

    def untouched(self) -> int:
        """How many rows say ``scheduled`` in the table itself."""
        with db._sessions()() as session:
            count = select(func.count()).where(
                rows.Delivery.occurrence_id == self.occurrence_id,
                rows.Delivery.status == "scheduled",
            )
            return session.scalar(count) or 0


@pytest.fixture
def crowd(stack: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Crowd]:
    """Committed, and removed in the end."""
    monkeypatch.setattr(queue, "publish", lambda *_, **__: True)
    monkeypatch.setattr(live, "say", lambda *_, **__: None)
    with db._sessions()() as session:
        schedule = _planned(session)
        session.commit()
        workspace_id, schedule_id = schedule.workspace_id, schedule.id
        occurrence_id = session.scalars(
            select(Occurrence.id).where(Occurrence.schedule_id == schedule_id)
        ).one()
        # Nothing is read from here on: a transaction that idles for long is ended.
        session.rollback()
        begun = time.perf_counter()
        expand.open_occurrence(occurrence_id)
        _say(f"\n{f'open, {PEOPLE} people':34} {time.perf_counter() - begun:10.1f} s")
        with db.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE deliveries"))
        yield Crowd(workspace_id, schedule_id, occurrence_id)
        workspaces.remove(session, workspace_id)


def _planned(session: Session) -> Schedule:
    workspace_id = workspaces.workspace(session, name="Crowd").id
    group = recipients.group(session, workspace_id)
    values = {"workspace_id": workspace_id, "group_id": group.id, "people": PEOPLE}
    session.execute(_PEOPLE, values)
    return schedule_factory.schedule(
        session,
        workspace_id,
        message_id=message_factory.text(session, workspace_id).message.id,
        sender_id=sender_factory.sender(session, workspace_id).id,
        audience={"group_ids": [group.id]},
        timing={"kind": "once", "at": "2027-05-05T09:00:00Z"},
    ).schedule


def test_one_lane_row_stops_everybody(crowd: Crowd) -> None:
    acts: tuple[tuple[str, Control, str], ...] = (
        ("pause", schedule_control.pause, "paused"),
        ("resume", schedule_control.resume, "runnable"),
        ("cancel", schedule_control.cancel, "cancelled"),
    )
    for name, act, state in acts:
        view = crowd.act(name, _on(crowd, act))
        assert crowd.untouched() == PEOPLE
        assert _lane(crowd) == state
    # What the answer and every reader say at once:
    assert view.counts["cancelled"] == view.counts["audience"] == PEOPLE
    fresh = crowd.act("counts", lambda session: schedules.get(session, crowd.schedule))
    assert (fresh.counts, fresh.schedule.status) == (view.counts, "cancelled")
    _pages_say(crowd, "cancelled")
    _turn_over(crowd)
    assert crowd.untouched() == 0
    assert crowd.act("counts", lambda s: schedules.get(s, crowd.schedule)).counts == view.counts


def test_edits_and_hurry_reach_everybody(crowd: Crowd) -> None:
    ref = crowd.schedule
    crowd.act("PATCH speed", lambda s: schedule_changes.change(s, ref, {"max_rate_mps": 9}, None))
    later = {"kind": "once", "at": "2027-06-06T09:00:00Z", "zone_mode": "fixed"}
    crowd.act("PATCH time", lambda s: schedule_changes.change(s, ref, {"timing": later}, None))
    _shown_at(crowd, "2027-06-06T09:00:00+00:00")
    _edit_rows(crowd)
    crowd.act("send now", lambda s: schedule_control.send_now(s, ref))
    _edit_rows(crowd)
    with db._sessions()() as session:
        due = select(rows.Delivery.due_at, func.count()).group_by(rows.Delivery.due_at)
        [(due_at, people)] = session.execute(due).all()
        occurrence = session.get_one(Occurrence, crowd.occurrence_id)
        assert (due_at, people) == (occurrence.due_at, PEOPLE)
        assert [lane.due_in <= 0 for lane in lanes.due(session, occurrence.sender_id, 0)] == [True]


def _on(crowd: Crowd, act: Control) -> Callable[[Session], schedules.View]:
    return lambda session: act(session, crowd.schedule)


def _lane(crowd: Crowd) -> str:
    with db._sessions()() as session:
        found = select(Lane.state).where(Lane.occurrence_id == crowd.occurrence_id)
        return session.scalars(found).one()


def _pages_say(crowd: Crowd, status: str) -> None:
    workspace_id, request = crowd.schedule.workspace_id, PageRequest(limit=50)

    def page(wanted: list[DeliveryStatus]) -> list[Any]:
        filters = Filters(wanted, occurrence_id=crowd.occurrence_id)
        name = f"a page of {wanted[0]}"
        found = crowd.act(name, lambda s: deliveries.page(s, workspace_id, filters, request))
        return list(found.items)

    assert {row.status for row in page([DeliveryStatus(status)])} == {status}
    assert page([DeliveryStatus.SCHEDULED]) == []


def _shown_at(crowd: Crowd, due_at: str) -> None:
    workspace_id, filters = crowd.schedule.workspace_id, Filters(schedule_id=crowd.schedule.id)
    for newest_first in (True, False):
        request = PageRequest(limit=50, newest_first=newest_first)

        def page(session: Session, request: PageRequest = request) -> list[Any]:
            return list(deliveries.page(session, workspace_id, filters, request).items)

        shown = {row.due_at.isoformat() for row in crowd.act("a page", page)}
        assert shown == {due_at}


def _edit_rows(crowd: Crowd) -> None:
    begun = time.perf_counter()
    row_edits.go_on(crowd.occurrence_id)
    _say(f"{'the rows follow':34} {time.perf_counter() - begun:10.1f} s")


def _turn_over(crowd: Crowd) -> None:
    times, after = [], cancellations.FIRST
    while True:
        begun = time.perf_counter()
        with db.transaction() as session:
            turned, last = cancellations.turn_over(session, crowd.occurrence_id, after, BATCH)
        if last is None:
            break
        after = last
        assert turned <= BATCH
        times.append(time.perf_counter() - begun)
    assert len(times) == -(-PEOPLE // BATCH)
    _say(
        f"{'turn over: ' + str(len(times)) + ' x 5000':34} {sum(times):10.1f} s, "
        f"first {times[0] * 1000:.0f} ms, last full {times[-1] * 1000:.0f} ms, "
        f"longest {max(times) * 1000:.0f} ms"
    )
