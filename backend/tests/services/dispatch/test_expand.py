"""Opening an occurrence: everybody of the audience gets a row, once, with the reason if skipped."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.refs import Ref
from app.models.deliveries import Delivery
from app.models.schedules import Lane, Occurrence
from app.services import schedule_control, schedules
from app.services.dispatch import completion, expand
from tests.factories import recipients
from tests.factories import schedules as schedule_factory
from tests.services.dispatch.conftest import Bench, make_bench

pytestmark = pytest.mark.usefixtures("only_known_moves")


def _ref(bench: Bench, schedule_id: UUID) -> Ref:
    return Ref(bench.sender.workspace_id, schedule_id)


def _schedule(bench: Bench, **audience: list[Any]) -> UUID:
    view = schedule_factory.schedule(
        bench.session,
        bench.sender.workspace_id,
        message_id=bench.message_id,
        sender_id=bench.sender.id,
        audience=audience,
    )
    return view.schedule.id


def _occurrence(session: Session, schedule_id: UUID) -> Occurrence:
    return session.scalars(select(Occurrence).where(Occurrence.schedule_id == schedule_id)).one()


def test_everybody_once_with_a_reason_and_the_sums_are_right(session: Session) -> None:
    bench = make_bench(session, "marketing")
    workspace_id = bench.sender.workspace_id
    yes = {"consent_marketing": "opted_in"}
    people = [
        bench.person,
        recipients.recipient(session, workspace_id, "+5215550100124", **yes, wa_id="5255"),
        recipients.recipient(session, workspace_id, "+5215550100125", **yes, wa_id="5255"),
        recipients.recipient(session, workspace_id, "+5215550100126"),
        recipients.recipient(
            session, workspace_id, "+5215550100127", **yes, consent_all="opted_out"
        ),
    ]
    left_out = recipients.recipient(session, workspace_id, "+5215550100128", **yes)
    one = recipients.group(session, workspace_id, *people, left_out)
    two = recipients.group(session, workspace_id, *people[:2])
    away = recipients.group(session, workspace_id, left_out)
    schedule_id = _schedule(bench, group_ids=[one.id, two.id], exclude_group_ids=[away.id])
    occurrence = _occurrence(session, schedule_id)
    expand.open_occurrence(occurrence.id)
    expand.open_occurrence(occurrence.id)
    rows = session.scalars(select(Delivery).where(Delivery.occurrence_id == occurrence.id)).all()
    found = {row.recipient_id: row.reason for row in rows}
    assert len(rows) == len(people)
    assert [found[person.id] for person in people] == [
        None,
        None,
        "same_number",
        "no_consent",
        "opted_out",
    ]
    counts = schedules.get(session, _ref(bench, schedule_id)).counts
    assert (counts["audience"], counts["scheduled"], counts["skipped"]) == (5, 2, 3)
    lane = session.scalars(select(Lane).where(Lane.occurrence_id == occurrence.id)).one()
    assert (lane.priority, lane.category) == (expand.PRIORITIES["campaign"], "marketing")


def test_a_cancelled_schedule_is_not_opened(session: Session) -> None:
    bench = make_bench(session)
    schedule_id = _schedule(bench, recipient_ids=[str(bench.person.id)])
    schedule_control.cancel(session, _ref(bench, schedule_id))
    occurrence = _occurrence(session, schedule_id)
    expand.open_occurrence(occurrence.id)
    assert session.scalars(select(Delivery)).all() == []


def test_a_group_of_nobody_completes(session: Session) -> None:
    bench = make_bench(session)
    group = recipients.group(session, bench.sender.workspace_id)
    schedule_id = _schedule(bench, group_ids=[group.id])
    occurrence = _occurrence(session, schedule_id)
    expand.open_occurrence(occurrence.id)
    completion.complete_if_done(occurrence.id)
    session.expire_all()
    assert schedules.get(session, _ref(bench, schedule_id)).schedule.status == "completed"


def test_completing_waits_for_what_is_scheduled(session: Session) -> None:
    bench = make_bench(session)
    schedule_id = _schedule(bench, recipient_ids=[str(bench.person.id)])
    occurrence = _occurrence(session, schedule_id)
    expand.open_occurrence(occurrence.id)
    completion.complete_if_done(occurrence.id)
    session.expire_all()
    assert schedules.get(session, _ref(bench, schedule_id)).schedule.status == "scheduled"


def test_without_a_doorbell_what_is_due_any_moment_is_opened(session: Session) -> None:
    bench = make_bench(session)
    due, paused, later = (_schedule(bench, recipient_ids=[str(bench.person.id)]) for _ in range(3))
    schedule_control.pause(session, _ref(bench, paused))
    _occurrence(session, later).due_at += timedelta(seconds=30)
    session.flush()
    expand.open_overdue()
    session.expire_all()
    found = {id_: _occurrence(session, id_).status for id_ in (due, paused, later)}
    assert found == {due: "open", paused: "planned", later: "planned"}
