"""Pausing, resuming, cancelling and hurrying, against what a drain would do next."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.core import clock
from app.domain.errors import ConflictError
from app.domain.refs import Ref
from app.domain.stops import What
from app.models.deliveries import Delivery
from app.models.schedules import Lane, Occurrence, Schedule
from app.repositories import lanes
from app.repositories import stop_orders as stop_order_rows
from app.services import occurrences, schedule_control, schedules, senders
from app.services.dispatch import completion, expand, stop_orders, sweep, template_guard
from tests.factories import schedules as schedule_factory
from tests.services.dispatch.conftest import make_bench

pytestmark = pytest.mark.usefixtures("only_known_moves")

TOMORROW = {"kind": "once", "at": (clock.now() + timedelta(days=1)).isoformat()}


class Planned:
    """A schedule for one person, opened, with its delivery."""

    def __init__(self, session: Session, **values: Any) -> None:
        self.session, self.bench = session, make_bench(session)
        made = schedule_factory.schedule(
            session,
            self.bench.sender.workspace_id,
            message_id=self.bench.message_id,
            sender_id=self.bench.sender.id,
            audience={"recipient_ids": [str(self.bench.person.id)]},
            **values,
        )
        self.ref = Ref(self.bench.sender.workspace_id, made.schedule.id)
        self.occurrence_ref = self.ref.beside(self.occurrence.id)

    @property
    def occurrence(self) -> Occurrence:
        found = select(Occurrence).where(Occurrence.schedule_id == self.ref.id)
        return self.session.scalars(found.execution_options(populate_existing=True)).one()

    @property
    def schedule(self) -> Schedule:
        found = select(Schedule).where(Schedule.id == self.ref.id)
        return self.session.scalars(found.execution_options(populate_existing=True)).one()

    @property
    def lane(self) -> Lane | None:
        found = select(Lane).where(Lane.schedule_id == self.ref.id)
        return self.session.scalars(found.execution_options(populate_existing=True)).one_or_none()

    @property
    def delivery(self) -> Delivery:
        found = select(Delivery).where(Delivery.schedule_id == self.ref.id)
        return self.session.scalars(found.execution_options(populate_existing=True)).one()

    def states(self) -> tuple[str, str, str | None]:
        lane = self.lane
        return self.schedule.status, self.occurrence.status, lane.state if lane else None

    def open(self) -> "Planned":
        expand.open_occurrence(self.occurrence.id)
        return self


@pytest.fixture
def planned(session: Session) -> Planned:
    return Planned(session).open()


def _held(planned: Planned, reason: str = "template_unavailable") -> None:
    bench = planned.bench
    order = stop_orders.Order(
        bench.sender.workspace_id,
        bench.sender.id,
        What.OCCURRENCE_HELD,
        reason,
        occurrence_id=planned.occurrence.id,
    )
    stop_order_rows.write(planned.session, [order])
    planned.session.flush()
    stop_orders.apply_open()


def test_nothing_claimed_is_marked_after_a_pause_and_it_goes_on_after_it(planned: Planned) -> None:
    bench, session = planned.bench, planned.session
    lease = bench.acquire()
    assert bench.claim(lease, planned.delivery)
    schedule_control.pause(session, planned.ref)
    assert planned.states() == ("paused", "paused", "paused")
    assert bench.mark(lease, planned.delivery)[0] == "release"
    assert lanes.due(session, bench.sender.id, 60) == []
    schedule_control.resume(session, planned.ref)
    assert planned.states() == ("scheduled", "open", "runnable")
    assert bench.mark(lease, planned.delivery)[0] == "mark"


def test_a_pause_goes_back_where_it_came_from(planned: Planned) -> None:
    completion.note_started([planned.occurrence.id])
    assert planned.states() == ("sending", "running", "runnable")
    schedule_control.pause(planned.session, planned.ref)
    schedule_control.resume(planned.session, planned.ref)
    assert planned.states() == ("sending", "running", "runnable")
    _held(planned)
    schedule_control.pause(planned.session, planned.ref)
    assert planned.states() == ("paused", "paused", "paused")
    template_guard.look()
    assert planned.states() == ("paused", "paused", "paused")
    schedule_control.resume(planned.session, planned.ref)
    assert planned.states() == ("sending", "held", "held")
    assert planned.occurrence.status_reason == "template_unavailable"


def test_a_start_that_is_noted_after_the_pause_is_not_forgotten(planned: Planned) -> None:
    schedule_control.pause(planned.session, planned.ref)
    completion.note_started([planned.occurrence.id])
    assert planned.states() == ("paused", "paused", "paused")
    schedule_control.resume(planned.session, planned.ref)
    assert planned.states() == ("sending", "running", "runnable")


def test_a_paused_schedule_is_not_opened_and_is_late_after_it(session: Session) -> None:
    planned = Planned(session)
    schedule_control.pause(session, planned.ref)
    planned.open()
    assert planned.states() == ("paused", "planned", None)
    schedule_control.resume(session, planned.ref)
    assert planned.open().states() == ("scheduled", "open", "runnable")


def test_what_was_paused_by_itself_stays_so_when_its_schedule_resumes(planned: Planned) -> None:
    session = planned.session
    occurrences.pause(session, planned.occurrence_ref)
    schedule_control.pause(session, planned.ref)
    with pytest.raises(ConflictError, match="resume the schedule"):
        occurrences.resume(session, planned.occurrence_ref)
    schedule_control.resume(session, planned.ref)
    assert planned.states() == ("scheduled", "paused", "paused")
    occurrences.resume(session, planned.occurrence_ref)
    assert planned.states() == ("scheduled", "open", "runnable")


def test_what_was_held_tries_again(planned: Planned) -> None:
    _held(planned, "template_paused")
    assert planned.states()[1:] == ("held", "held")
    row, _ = occurrences.resume(planned.session, planned.occurrence_ref)
    assert (row.status, row.status_reason) == ("running", None)
    assert planned.states()[1:] == ("running", "runnable")


def test_readers_see_what_is_cancelled_before_a_row_is_turned_over(planned: Planned) -> None:
    schedule_control.cancel(planned.session, planned.ref)
    assert planned.states() == ("cancelled", "cancelled", "cancelled")
    assert planned.delivery.status == "scheduled"
    counts = schedules.get(planned.session, planned.ref).counts
    assert (counts["cancelled"], counts["scheduled"], counts["audience"]) == (1, 0, 1)
    sweep.turn_over(planned.occurrence.id)
    assert planned.delivery.status == "cancelled"
    assert planned.lane is None
    assert schedules.get(planned.session, planned.ref).counts == counts


def test_cancelling_or_skipping_the_only_one_ends_the_schedule(session: Session) -> None:
    one = Planned(session).open()
    row, counts = occurrences.cancel(session, one.occurrence_ref)
    assert (row.status, counts["cancelled"]) == ("cancelled", 1)
    assert one.states() == ("cancelled", "cancelled", "cancelled")
    other = Planned(session, timing=TOMORROW)
    occurrences.skip(session, other.occurrence_ref)
    assert other.states() == ("cancelled", "skipped", None)


@pytest.mark.parametrize("act", [occurrences.skip, occurrences.resume])
def test_says_why_an_occurrence_stays_as_it_is(planned: Planned, act: Any) -> None:
    with pytest.raises(ConflictError, match="that is open can't be"):
        act(planned.session, planned.occurrence_ref)
    assert planned.states() == ("scheduled", "open", "runnable")


def test_send_now_moves_what_is_planned_once(session: Session) -> None:
    planned = Planned(session, timing=TOMORROW)
    before = clock.now()
    schedule_control.send_now(session, planned.ref)
    first = planned.occurrence.due_at
    assert before <= first <= clock.now()
    schedule_control.send_now(session, planned.ref)
    assert planned.occurrence.due_at == first
    planned.open()
    assert planned.delivery.due_at == first
    assert planned.occurrence.key == "0"


def test_send_now_moves_rows_that_are_there(session: Session) -> None:
    planned = Planned(session, timing=TOMORROW).open()
    was = planned.delivery
    lasts = was.expires_at - was.due_at
    assert planned.bench.claim(planned.bench.acquire(), was) == []
    schedule_control.send_now(session, planned.ref)
    now = planned.delivery
    assert now.id == was.id
    assert now.due_at == now.next_attempt_at == planned.occurrence.due_at
    assert now.expires_at - now.due_at == lasts
    assert lanes.due(session, planned.bench.sender.id, 0)


def test_send_now_hurries_no_draft_and_nothing_paused(session: Session) -> None:
    planned = Planned(session, timing=TOMORROW)
    schedule_control.pause(session, planned.ref)
    with pytest.raises(ConflictError, match="paused can't be sent now"):
        schedule_control.send_now(session, planned.ref)
    draft = schedule_control.duplicate(
        session, schedule_factory.member(planned.ref.workspace_id), planned.ref
    )
    with pytest.raises(ConflictError, match="draft can't be sent now"):
        schedule_control.send_now(session, planned.ref.beside(draft.schedule.id))


def test_a_duplicate_is_a_draft_with_the_newest_text(planned: Planned) -> None:
    session = planned.session
    session.execute(update(Schedule).values(name="N" * 200, reference="R-1"))
    member = schedule_factory.member(planned.ref.workspace_id)
    copy = schedule_control.duplicate(session, member, planned.ref).schedule
    assert (copy.status, copy.reference, copy.message_version) == ("draft", "R-1", 1)
    assert copy.name == "N" * 193 + " (copy)"
    assert copy.audience == planned.schedule.audience


def test_a_paused_sender_blocks_and_changes_no_schedule(planned: Planned) -> None:
    session, bench = planned.session, planned.bench
    sender = planned.ref.beside(bench.sender.id)
    assert schedules.get(session, planned.ref).blocked_by is None
    senders.pause(session, sender)
    view = schedules.get(session, planned.ref)
    assert (view.blocked_by, view.schedule.status) == ("sender", "scheduled")
    assert lanes.due(session, bench.sender.id, 60) == []
    senders.resume(session, sender)
    assert schedules.get(session, planned.ref).blocked_by is None
    assert lanes.due(session, bench.sender.id, 60)


def test_what_settles_during_a_pause_completes_after_it(planned: Planned) -> None:
    own, session = planned.bench, planned.session
    lease = own.acquire()
    own.claim(lease, planned.delivery)
    verdict, attempt_id = own.mark(lease, planned.delivery)
    assert verdict == "mark"
    completion.note_started([planned.occurrence.id])
    schedule_control.pause(session, planned.ref)
    own.settle(planned.delivery, "accepted", attempt_id=attempt_id, outcome="accepted")
    completion.complete_if_done(planned.occurrence.id)
    assert planned.states() == ("paused", "paused", "paused")
    schedule_control.resume(session, planned.ref)
    completion.complete_if_done(planned.occurrence.id)
    assert planned.states() == ("completed", "completed", None)


def test_a_move_of_no_table_would_be_seen(planned: Planned) -> None:
    with pytest.raises(DBAPIError, match="no such move: occurrences open -> planned"):
        planned.session.execute(update(Occurrence).values(status="planned"))
