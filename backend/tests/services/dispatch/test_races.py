"""Whatever stops a send, against the mark: nothing is marked after the stop has committed.

Judged by the server's own commit times (``track_commit_timestamp``), never by our clock: where
the two transactions lock the same row, the one that commits second has waited for the first.
A few hundred races here, ten thousand each by ``make bench``.
"""

import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, insert, text
from sqlalchemy.orm import Session

from app.core import clock, db, live, queue, walls
from app.core.ids import new_id
from app.domain.refs import Ref
from app.models import deliveries as rows
from app.models.messages import Message, MessageVersion
from app.models.recipients import ConsentEvent, Recipient
from app.models.schedules import Lane, Occurrence, Schedule
from app.models.senders import Sender, SenderDrain
from app.models.workspaces import Workspace
from app.repositories import consents, drains, marks
from app.repositories.drains import Lease
from app.repositories.marks import MarkRow
from app.services import schedule_changes, schedule_control
from tests.factories import messages as message_factory
from tests.factories import senders as sender_factory
from tests.factories import workspaces

pytestmark = pytest.mark.bench
RACES = 10_000 if os.environ.get("BENCH") else 120
# Long enough for either to be first, short enough for the two to meet.
_HEAD_START_S = 0.004


@dataclass(frozen=True)
class Unit:
    """One schedule for one person, claimed and about to be marked."""

    recipient: Ref
    schedule: Ref
    occurrence_id: UUID
    delivery_id: UUID
    attempt_id: UUID


@dataclass(frozen=True)
class Field:
    """Where the races are run."""

    workspace_id: UUID
    lease: Lease
    claim_id: UUID
    units: list[Unit]


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
        made = _make(session)
    yield made
    tables = (
        rows.Delivery, rows.Attempt, rows.DeliveryCount, rows.DeliveryEvent, ConsentEvent, Lane,
        Occurrence, Schedule, MessageVersion, Message, Recipient, SenderDrain, Sender,
    )  # fmt: skip
    with db._sessions()() as session:
        for table in tables:
            session.execute(delete(table).where(table.workspace_id == made.workspace_id))
        session.execute(delete(Workspace).where(Workspace.id == made.workspace_id))
        session.commit()


def _make(session: Session) -> Field:
    workspace_id = workspaces.workspace(session, name="Races").id
    sender = sender_factory.sender(session, workspace_id)
    message = message_factory.text(session, workspace_id)
    session.execute(text("UPDATE workspaces SET service_window = 'ignore'"))
    lease = drains.acquire(session, sender.id, "worker-1", 3600)
    assert lease is not None
    claim_id = new_id()
    units = [
        Unit(Ref(workspace_id, new_id()), Ref(workspace_id, new_id()), new_id(), new_id(), new_id())
        for _ in range(RACES)
    ]
    of_all: dict[str, Any] = {"workspace_id": workspace_id, "sender_id": sender.id}
    now = clock.now()
    shared = {
        Recipient: {"name": "Ana", "timezone": "UTC", "timezone_source": "workspace"},
        Schedule: of_all | {
            "name": "Race", "message_id": message.message.id, "message_version": 1,
            "audience": {"group_ids": [], "recipient_ids": [], "exclude_group_ids": []},
            "timing": {"kind": "now"}, "status": "scheduled", "meta": {},
        },
        Occurrence: of_all | {
            "key": "0", "timezone": "UTC", "tzdata_version": "test", "due_at": now,
            "last_due_at": now, "status": "open",
        },
        Lane: of_all | {
            "message_version_id": message.version.id, "priority": 2, "version": 1,
            "category": "utility", "service_window": "ignore",
        },
        rows.Delivery: of_all | {
            "origin": "schedule", "status": "scheduled", "due_at": now, "claim_id": claim_id,
            "expires_at": now + timedelta(hours=4),
        },
    }  # fmt: skip
    for table, own in (
        (Recipient, lambda n, u: {**_of(u.recipient), "phone": f"+1415{n:07}"}),
        (Schedule, lambda _, u: _of(u.schedule)),
        (Occurrence, lambda _, u: {"id": u.occurrence_id, "schedule_id": u.schedule.id}),
        (Lane, lambda _, u: {"occurrence_id": u.occurrence_id, "schedule_id": u.schedule.id}),
        (
            rows.Delivery,
            lambda _, u: {
                "occurrence_id": u.occurrence_id,
                "id": u.delivery_id,
                "recipient_id": u.recipient.id,
                "schedule_id": u.schedule.id,
            },
        ),
    ):
        session.execute(insert(table), [shared[table] | own(n, u) for n, u in enumerate(units)])
    session.commit()
    return Field(workspace_id, lease, claim_id, units)


def _of(ref: Ref) -> dict[str, UUID]:
    return {"workspace_id": ref.workspace_id, "id": ref.id}


@pytest.mark.parametrize("name", STOPS)
def test_nothing_is_marked_after_the_stop_committed(field: Field, name: str) -> None:
    stop, table, second = STOPS[name]
    start, random = threading.Barrier(2), Random(name)
    pairs = [(unit, random.uniform(-1, 1) * _HEAD_START_S) for unit in field.units]

    def mark() -> list[str]:
        return [_mark(field, unit, start, max(0.0, lead)) for unit, lead in pairs]

    def halt() -> None:
        for unit, lead in pairs:
            start.wait()
            time.sleep(max(0.0, -lead))
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
    assert RACES * 0.02 < marked < RACES * 0.98


def _mark(field: Field, unit: Unit, start: threading.Barrier, wait: float) -> str:
    row = MarkRow(
        unit.occurrence_id,
        unit.delivery_id,
        unit.recipient.id,
        unit.attempt_id,
        field.claim_id,
        1,
        {"text": "Hi"},
    )
    start.wait()
    time.sleep(wait)
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
