"""Edits of open occurrences hold at once; their rows follow in the background, come what may."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.core import clock, queue
from app.domain.paging import PageRequest
from app.models.deliveries import Delivery
from app.models.row_edits import RowEdit
from app.repositories import lanes
from app.repositories.deliveries import Filters
from app.repositories.drains import Lease
from app.services import deliveries, schedule_changes, schedule_control
from app.services.dispatch import row_edits, sweep
from tests.factories import recipients
from tests.services.test_control import TOMORROW, Planned

pytestmark = pytest.mark.usefixtures("only_known_moves")
PEOPLE = 5
LATER = {"kind": "once", "at": "2027-05-05T09:00:00Z", "zone_mode": "fixed"}
LATEST = {"kind": "once", "at": "2027-06-06T09:00:00Z", "zone_mode": "fixed"}


@pytest.fixture
def nudged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """One row in the request, two a batch; what else was asked for in the background."""
    monkeypatch.setattr(row_edits, "_AT_ONCE", 1)
    monkeypatch.setattr(row_edits, "_BATCH", 2)
    asked: list[str] = []
    monkeypatch.setattr(queue, "nudge", lambda _, task, *ids: asked.append(task))
    return asked


@pytest.fixture
def planned(session: Session, nudged: list[str]) -> Planned:
    """An open occurrence for five people, due tomorrow."""
    made = Planned(session, timing=TOMORROW)
    workspace_id = made.ref.workspace_id
    more = [
        recipients.recipient(session, workspace_id, f"+52155501007{n:02}") for n in range(1, PEOPLE)
    ]
    everybody = {"recipient_ids": [str(one.id) for one in [made.bench.person, *more]]}
    nobody: dict[str, list[str]] = {"group_ids": [], "exclude_group_ids": []}
    schedule_changes.change(session, made.ref, {"audience": nobody | everybody}, None)
    made.open()
    nudged.clear()
    return made


def _change(planned: Planned, **changes: Any) -> None:
    schedule_changes.change(planned.session, planned.ref, changes, None)


def _rows(planned: Planned) -> list[Delivery]:
    rows = select(Delivery).where(Delivery.schedule_id == planned.ref.id).order_by(Delivery.id)
    return list(planned.session.scalars(rows.execution_options(populate_existing=True)))


def _turned(planned: Planned) -> int:
    """How many rows say themselves when the occurrence is due."""
    due_at = planned.occurrence.due_at
    return sum((row.due_at, row.next_attempt_at) == (due_at, due_at) for row in _rows(planned))


def _shown(planned: Planned) -> set[tuple[Any, ...]]:
    filters = Filters(schedule_id=planned.ref.id, due_from=planned.occurrence.due_at)
    page = deliveries.page(planned.session, planned.ref.workspace_id, filters, PageRequest())
    assert len(page.items) == PEOPLE
    return {(row.due_at, row.reference, tuple(row.metadata or ())) for row in page.items}


def _on_its_way(planned: Planned) -> bool:
    return planned.session.scalar(select(RowEdit.occurrence_id)) is not None


def _comes_due(planned: Planned) -> None:
    """The old time is here, for rows that no edit has reached."""
    past = {"due": clock.now() - timedelta(minutes=1)}
    planned.session.execute(
        text("""UPDATE deliveries d SET due_at = :due, next_attempt_at = :due FROM row_edits e
                 WHERE d.occurrence_id = e.occurrence_id AND d.id > e.turned_to"""),
        past,
    )


def _mark(planned: Planned, lease: Lease, row: Delivery) -> str:
    return planned.bench.mark(lease, row, version=planned.schedule.version)[0]


def test_the_answer_does_not_wait_for_the_rows_and_readers_see_it(
    planned: Planned, nudged: list[str]
) -> None:
    _change(planned, timing=LATER, reference="R", metadata={"b": 2})
    assert (_turned(planned), nudged) == (1, ["dispatch.edit_rows"])
    assert _shown(planned) == {(planned.occurrence.due_at, "R", ("b",))}
    row_edits.go_on(planned.occurrence.id)
    assert _turned(planned) == PEOPLE
    assert {row.reference for row in _rows(planned)} == {"R"}
    assert not _on_its_way(planned)
    assert _shown(planned) == {(planned.occurrence.due_at, "R", ("b",))}


def test_nothing_leaves_at_the_old_time(planned: Planned) -> None:
    _change(planned, timing=LATER)
    _comes_due(planned)
    bench = planned.bench
    assert lanes.due(planned.session, bench.sender.id, 120) == []
    # Not even if a drain that looked just before had claimed them, at the new version.
    lease, last = bench.acquire(), _rows(planned)[-1]
    assert [row.due_in > 0 for row in bench.claim(lease, last)] == [True] * (PEOPLE - 1)
    assert _mark(planned, lease, last) == "release"
    assert bench.settle(last, "scheduled") == "scheduled"
    row_edits.go_on(planned.occurrence.id)
    assert {row.due_at for row in _rows(planned)} == {planned.occurrence.due_at}
    assert _rows(planned)[-1].next_attempt_at == planned.occurrence.due_at


def test_what_is_brought_forward_goes_while_the_rest_is_still_turned(planned: Planned) -> None:
    bench = planned.bench
    schedule_control.send_now(planned.session, planned.ref)
    lease, (first, *_, last) = bench.acquire(), _rows(planned)
    assert [row.id for row in bench.claim(lease, first)] == [first.id]
    assert _mark(planned, lease, first) == "mark"
    # One that no batch has reached when its own time comes leaves as the edit has it.
    _comes_due(planned)
    assert bench.claim(lease, last)
    assert _mark(planned, lease, last) == "mark"
    due_at = planned.occurrence.due_at
    last = _rows(planned)[-1]
    assert (last.due_at, last.status) == (due_at, "sending")
    row_edits.go_on(planned.occurrence.id)
    assert not _on_its_way(planned)
    assert {row.due_at for row in _rows(planned)} == {due_at}


def test_send_now_is_begun_once(planned: Planned, nudged: list[str]) -> None:
    for _ in range(3):
        schedule_control.send_now(planned.session, planned.ref)
    assert nudged == ["dispatch.edit_rows"]
    row_edits.go_on(planned.occurrence.id)
    assert _turned(planned) == PEOPLE


def test_the_last_of_two_edits_wins(planned: Planned) -> None:
    _change(planned, timing=LATER, reference="first")
    _change(planned, timing=LATEST)
    _change(planned, reference="last")
    row_edits.go_on(planned.occurrence.id)
    assert (_turned(planned), f"{planned.occurrence.due_at:%Y-%m}") == (PEOPLE, "2027-06")
    assert {row.reference for row in _rows(planned)} == {"last"}


def test_a_crash_between_batches_costs_nothing(
    planned: Planned, monkeypatch: pytest.MonkeyPatch
) -> None:
    _change(planned, timing=LATER)
    with monkeypatch.context() as dying:
        dying.setattr(row_edits, "_ROUNDS", 1)
        row_edits.go_on(planned.occurrence.id)
    assert (_turned(planned), _on_its_way(planned)) == (3, True)
    sweep._go_on_editing()
    assert (_turned(planned), _on_its_way(planned)) == (PEOPLE, False)


def test_what_was_cancelled_meanwhile_stays_cancelled(planned: Planned) -> None:
    _change(planned, timing=LATER)
    schedule_control.cancel(planned.session, planned.ref)
    sweep.turn_over(planned.occurrence.id)
    sweep._go_on_editing()
    assert {row.status for row in _rows(planned)} == {"cancelled"}
    assert not _on_its_way(planned)
