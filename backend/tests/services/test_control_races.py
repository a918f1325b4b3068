"""Many people at one button: what they ask for happens once. On committed rows."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.core import db, live, queue, walls
from app.domain.errors import ConflictError, StaleVersionError
from app.models import deliveries as rows
from app.models.workspaces import Workspace
from app.services import resolutions, schedule_changes, schedule_control
from app.services.dispatch import completion
from app.services.resolutions import Action
from tests.factories import schedules as schedule_factory
from tests.factories import workspaces
from tests.services.test_control import TOMORROW, Planned

CALLERS = 8


@pytest.fixture
def committed(stack: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """A session whose commits are real; what it made is removed in the end."""
    monkeypatch.setattr(queue, "publish", lambda *_, **__: True)
    monkeypatch.setattr(live, "say", lambda *_, **__: None)
    with db._sessions()() as session:
        known = set(session.scalars(select(Workspace.id)))
        yield session
        session.rollback()
        made = [id_ for id_ in session.scalars(select(Workspace.id)) if id_ not in known]
        for workspace_id in made:
            workspaces.remove(session, workspace_id)


def _all_at_once(planned: Planned, act: Callable[[Session], object]) -> Counter[str]:
    planned.session.commit()

    def call(_: int) -> str:
        try:
            with db.transaction(walls.api(planned.ref.workspace_id)) as session:
                act(session)
        except ConflictError:
            return "conflict"
        return "done"

    with ThreadPoolExecutor(CALLERS) as pool:
        return Counter(pool.map(call, range(CALLERS)))


def test_many_resends_make_one_attempt_possible(committed: Session) -> None:
    planned = Planned(committed)
    committed.commit()
    planned.open()
    committed.commit()
    bench, delivery = planned.bench, planned.delivery
    lease = bench.acquire()
    assert bench.claim(lease, delivery)
    verdict, attempt_id = bench.mark(lease, delivery)
    assert verdict == "mark"
    bench.settle(delivery, "unconfirmed", attempt_id=attempt_id, outcome="unconfirmed")
    committed.execute(text("UPDATE attempts SET marked_at = marked_at - interval '16 minutes'"))
    committed.commit()
    completion.complete_if_done(planned.occurrence.id)
    assert planned.states() == ("completed", "completed", None)
    member = schedule_factory.member(planned.ref.workspace_id)
    ref = planned.ref.beside(delivery.id)
    done = _all_at_once(planned, lambda s: resolutions.resolve(s, member, ref, Action.RESEND))
    assert done == {"done": 1, "conflict": CALLERS - 1}
    assert planned.states() == ("sending", "running", "runnable")
    assert bench.counts(delivery) == {"scheduled": 1}
    resends = select(rows.DeliveryEvent).where(rows.DeliveryEvent.event == "resend")
    assert len(committed.scalars(resends).all()) == 1
    assert bench.claim(lease, delivery)
    assert bench.mark(lease, delivery)[0] == "mark"
    assert bench.attempts(delivery) == ["unconfirmed", None]


def test_send_now_however_many_ask(committed: Session) -> None:
    planned = Planned(committed, timing=TOMORROW)
    committed.commit()
    planned.open()
    done = _all_at_once(planned, lambda s: schedule_control.send_now(s, planned.ref))
    assert done == {"done": CALLERS}
    assert planned.delivery.due_at == planned.occurrence.due_at
    assert len(planned.bench.claim(planned.bench.acquire(), planned.delivery)) == 1


def test_of_many_changes_of_one_version_one_is_taken(committed: Session) -> None:
    planned = Planned(committed, timing=TOMORROW)
    committed.commit()
    planned.open()

    def change(session: Session) -> object:
        name = {"name": f"by {id(session)}"}
        try:
            return schedule_changes.change(session, planned.ref, name, expected=1)
        except StaleVersionError as stale:
            raise ConflictError("stale") from stale

    assert _all_at_once(planned, change) == {"done": 1, "conflict": CALLERS - 1}
    assert planned.schedule.version == 2
    assert planned.lane is not None
    assert planned.lane.version == 2


def test_pause_resume_and_the_first_mark_lock_in_one_order(committed: Session) -> None:
    planned = Planned(committed)
    committed.commit()
    planned.open()
    committed.commit()
    occurrence_id = planned.occurrence.id
    committed.commit()
    turns = [schedule_control.pause, schedule_control.resume]

    def act(n: int) -> str:
        try:
            if n % 3 == 0:
                completion.note_started([occurrence_id])
            else:
                with db.transaction(walls.api(planned.ref.workspace_id)) as session:
                    turns[n % 2](session, planned.ref)
        except ConflictError:
            return "conflict"
        return "done"

    # A deadlock would raise here.
    with ThreadPoolExecutor(4) as pool:
        done = Counter(pool.map(act, range(120)))
    assert done["done"] >= 40
    if planned.states()[0] == "paused":
        with db.transaction(walls.api(planned.ref.workspace_id)) as session:
            schedule_control.resume(session, planned.ref)
    assert planned.states() == ("sending", "running", "runnable")
