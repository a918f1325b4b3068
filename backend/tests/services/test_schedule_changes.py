"""Changing schedules: what nobody has marked follows the change, what has left stays."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.core import clock
from app.domain.errors import ConflictError, InvalidError, StaleVersionError
from app.models.deliveries import Delivery, DeliveryEvent
from app.services import messages, schedule_changes, schedule_control, schedules
from app.services.dispatch import completion
from tests.factories import messages as message_factory
from tests.factories import recipients
from tests.factories import schedules as schedule_factory
from tests.factories import senders as sender_factory
from tests.services.test_control import TOMORROW, Planned

pytestmark = pytest.mark.usefixtures("only_known_moves")

LATER = {"kind": "once", "at": "2027-05-05T09:00:00Z", "zone_mode": "fixed"}


def _change(planned: Planned, expected: int | None = None, **changes: Any) -> schedules.View:
    return schedule_changes.change(planned.session, planned.ref, changes, expected)


def _people(planned: Planned, *ids: Any) -> dict[str, Any]:
    return {"group_ids": [], "exclude_group_ids": [], "recipient_ids": [str(id_) for id_ in ids]}


def _rows(planned: Planned) -> dict[Any, tuple[str, str | None]]:
    rows = planned.session.scalars(
        select(Delivery)
        .where(Delivery.schedule_id == planned.ref.id)
        .execution_options(populate_existing=True)
    )
    return {row.recipient_id: (row.status, row.reason) for row in rows}


def _sums_are_right(planned: Planned) -> dict[str, int]:
    rows = planned.session.execute(
        select(Delivery.status, func.count())
        .where(Delivery.schedule_id == planned.ref.id)
        .group_by(Delivery.status)
    )
    grouped = {row[0]: row[1] for row in rows}
    counts = schedules.get(planned.session, planned.ref).counts
    assert {status: n for status, n in counts.items() if n and status != "audience"} == grouped
    return counts


@pytest.fixture
def opened(session: Session) -> Planned:
    return Planned(session, timing=TOMORROW).open()


def test_a_draft_changes_in_every_field(session: Session) -> None:
    planned = Planned(session)
    member = schedule_factory.member(planned.ref.workspace_id)
    draft = schedule_control.duplicate(session, member, planned.ref).schedule
    planned.ref = planned.ref.beside(draft.id)
    message = message_factory.text(session, planned.ref.workspace_id, "Other")
    sender = sender_factory.sender(session, planned.ref.workspace_id)
    view = _change(
        planned,
        name="New",
        message_id=message.message.id,
        sender_id=sender.id,
        audience=_people(planned, planned.bench.person.id),
        timing=LATER,
        metadata={"a": 1},
        priority="transactional",
        max_rate_mps=3,
    )
    row = view.schedule
    assert (row.name, row.message_id, row.sender_id) == ("New", message.message.id, sender.id)
    assert (row.timing, row.meta, row.priority) == (LATER, {"a": 1}, "transactional")
    assert (row.status, row.version, row.max_rate_mps) == ("draft", 2, 3)


def test_what_is_prepared_under_the_old_version_is_not_marked(opened: Planned) -> None:
    schedule_control.send_now(opened.session, opened.ref)
    bench, lease = opened.bench, opened.bench.acquire()
    assert bench.claim(lease, opened.delivery)
    _change(opened, max_rate_mps=7, service_window="enforce", priority="transactional")
    lane = opened.lane
    assert lane is not None
    assert (lane.version, lane.max_rate_mps, lane.service_window) == (2, 7, "enforce")
    assert lane.priority == 1
    assert bench.mark(lease, opened.delivery, version=1)[0] == "release"
    assert bench.mark(lease, opened.delivery, version=2)[0] == "window_closed"


def test_changing_the_time_moves_the_same_rows(opened: Planned) -> None:
    was, key = opened.delivery.id, opened.occurrence.key
    view = _change(opened, timing=LATER, expires_after_s=600, reference="R", metadata={"b": 2})
    row = opened.delivery
    assert view.next_occurrence_at == row.due_at == row.next_attempt_at == opened.occurrence.due_at
    assert f"{row.due_at:%Y-%m-%dT%H:%M}" == "2027-05-05T09:00"
    assert (row.id, opened.occurrence.key) == (was, key)
    assert row.expires_at - row.due_at == timedelta(seconds=600)
    assert (row.reference, row.meta) == ("R", {"b": 2})
    now = _change(opened, timing={"kind": "now", "zone_mode": "fixed"})
    assert now.next_occurrence_at is not None
    assert now.next_occurrence_at <= clock.now()


def test_what_is_not_opened_yet_follows_too(session: Session) -> None:
    planned = Planned(session, timing=TOMORROW)
    sender = sender_factory.sender(session, planned.ref.workspace_id)
    _change(planned, timing=LATER, sender_id=sender.id)
    assert f"{planned.occurrence.due_at:%Y-%m-%dT%H:%M}" == "2027-05-05T09:00"
    planned.open()
    assert (planned.delivery.sender_id, planned.delivery.due_at) == (
        sender.id,
        planned.occurrence.due_at,
    )


def test_a_changed_audience_adds_cancels_and_takes_back(opened: Planned) -> None:
    session, first = opened.session, opened.bench.person
    second = recipients.recipient(session, opened.ref.workspace_id, "+5215550100999")
    was = opened.delivery.id
    _change(opened, audience=_people(opened, first.id, second.id))
    assert _rows(opened) == {first.id: ("scheduled", None), second.id: ("scheduled", None)}
    _change(opened, audience=_people(opened, second.id))
    assert _rows(opened)[first.id] == ("cancelled", "edited")
    counts = _sums_are_right(opened)
    assert (counts["audience"], counts["cancelled"], counts["scheduled"]) == (2, 1, 1)
    assert opened.occurrence.audience == 1
    _change(opened, audience=_people(opened, first.id))
    assert _rows(opened) == {
        first.id: ("scheduled", None),
        second.id: ("cancelled", "edited"),
    }
    ids = session.scalars(select(Delivery.id).where(Delivery.recipient_id == first.id)).all()
    assert len(ids) == 1
    assert ids != [was]
    assert _sums_are_right(opened)["audience"] == 2
    silent = select(func.count()).select_from(DeliveryEvent)
    assert session.scalar(silent.where(DeliveryEvent.delivery_id == was)) == 0


def test_of_two_with_one_account_who_has_a_row_keeps_it(session: Session) -> None:
    planned = Planned(session)
    older = planned.bench.person
    younger = recipients.recipient(session, planned.ref.workspace_id, "+5215550100777")
    session.execute(text("UPDATE recipients SET wa_id = '5255'"))
    _change(planned, audience=_people(planned, younger.id))
    planned.open()
    _change(planned, audience=_people(planned, older.id, younger.id))
    assert _rows(planned) == {
        older.id: ("skipped", "same_number"),
        younger.id: ("scheduled", None),
    }
    _change(planned, audience=_people(planned, older.id))
    assert _rows(planned) == {older.id: ("scheduled", None), younger.id: ("cancelled", "edited")}
    _sums_are_right(planned)


def test_another_message_judges_everybody_anew(opened: Planned) -> None:
    session = opened.session
    session.execute(text("UPDATE recipients SET consent_marketing = 'unknown'"))
    marketing = message_factory.text(session, opened.ref.workspace_id, category="marketing")
    _change(opened, message_id=marketing.message.id)
    lane = opened.lane
    assert lane is not None
    assert (lane.category, lane.message_version_id) == ("marketing", marketing.version.id)
    other = recipients.recipient(session, opened.ref.workspace_id, "+5215550100555")
    _change(opened, audience=_people(opened, opened.bench.person.id, other.id))
    assert _rows(opened)[other.id] == ("skipped", "no_consent")
    _change(opened, message_id=opened.bench.message_id)
    assert _rows(opened)[other.id] == ("scheduled", None)
    _sums_are_right(opened)


def test_a_new_text_is_offered_and_taken(opened: Planned) -> None:
    message = opened.ref.beside(opened.bench.message_id)
    assert not schedules.get(opened.session, opened.ref).message_update_available
    messages.change(opened.session, message, {"content": "New"}, None)
    assert schedules.get(opened.session, opened.ref).message_update_available
    with pytest.raises(InvalidError, match="does not exist"):
        _change(opened, message_version=3)
    view = _change(opened, message_version=2)
    assert (view.message_update_available, view.schedule.message_version) == (False, 2)
    newest = messages.newest_version(opened.session, message)
    assert opened.lane is not None
    assert opened.lane.message_version_id == newest.id


@pytest.mark.parametrize("field", ["timing", "audience", "message_id", "sender_id"])
def test_what_has_begun_keeps_its_time_people_and_text(session: Session, field: str) -> None:
    planned = Planned(session).open()
    bench = planned.bench
    lease = bench.acquire()
    bench.claim(lease, planned.delivery)
    assert bench.mark(lease, planned.delivery)[0] == "mark"
    completion.note_started([planned.occurrence.id])
    other = recipients.recipient(session, planned.ref.workspace_id, "+5215550100222")
    changes: dict[str, Any] = {
        "timing": LATER,
        "audience": _people(planned, other.id),
        "message_id": message_factory.text(session, planned.ref.workspace_id).message.id,
        "sender_id": sender_factory.sender(session, planned.ref.workspace_id).id,
    }
    # As a refused request: nothing of it is kept.
    savepoint = session.begin_nested()
    with pytest.raises(ConflictError, match="have left"):
        _change(planned, **{field: changes[field]})
    savepoint.rollback()
    view = _change(planned, name="Renamed", max_rate_mps=9)
    assert (view.schedule.version, view.schedule.status) == (2, "sending")


def test_a_paused_one_changes_and_stays_paused(opened: Planned) -> None:
    schedule_control.pause(opened.session, opened.ref)
    _change(opened, timing=LATER)
    assert opened.states() == ("paused", "paused", "paused")
    assert f"{opened.delivery.due_at:%Y-%m}" == "2027-05"


def test_an_old_version_and_an_ended_schedule_are_refused(opened: Planned) -> None:
    assert _change(opened, expected=1, name="Two").schedule.version == 2
    with pytest.raises(StaleVersionError):
        _change(opened, expected=1, name="Three")
    # Nothing differs, so nothing is changed.
    assert _change(opened, expected=2, name="Two").schedule.version == 2
    schedule_control.cancel(opened.session, opened.ref)
    with pytest.raises(ConflictError, match="can only be renamed"):
        _change(opened, reference="late")
    assert _change(opened, name="Old").schedule.name == "Old"
