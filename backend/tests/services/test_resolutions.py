"""Sending again what is in doubt or failed: once, never too early, and with every sum right."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from app.core.ids import new_id
from app.domain.errors import ConflictError, NotFoundError
from app.domain.members import Member
from app.domain.permissions import SCOPES
from app.domain.refs import Ref
from app.models.deliveries import Attempt, Delivery
from app.models.schedules import Lane
from app.repositories import status_reports
from app.repositories.deliveries import Filters
from app.services import deliveries, resolutions, schedule_control
from app.services.dispatch import completion
from app.services.resolutions import Action
from tests.factories import schedules as schedule_factory
from tests.services.dispatch.conftest import Bench, make_bench
from tests.services.test_control import Planned

pytestmark = pytest.mark.usefixtures("only_known_moves")

RESEND, MARK_FAILED = Action.RESEND, Action.MARK_FAILED


class Doubtful:
    """A direct send or a schedule's delivery whose attempt got no answer, so long ago."""

    def __init__(self, bench: Bench, delivery: Delivery, minutes: float = 16) -> None:
        self.bench, self.session, self.delivery = bench, bench.session, delivery
        self.lease = bench.acquire()
        self.member = schedule_factory.member(bench.sender.workspace_id)
        self.ref = Ref(bench.sender.workspace_id, delivery.id)
        self.attempt_id = self._try("unconfirmed", "unconfirmed")
        completion.complete_if_done(delivery.occurrence_id)
        self.age(minutes)

    def _try(self, becomes: str, outcome: str, **what: Any) -> UUID:
        assert self.bench.claim(self.lease, self.delivery)
        verdict, attempt_id = self.bench.mark(self.lease, self.delivery)
        assert verdict == "mark"
        assert self.bench.settle(
            self.delivery, becomes, attempt_id=attempt_id, outcome=outcome, **what
        )
        return attempt_id

    def age(self, minutes: float) -> None:
        old = datetime.now(UTC) - timedelta(minutes=minutes)
        self.session.execute(update(Attempt).values(marked_at=old))

    def resolve(self, action: Action = RESEND) -> deliveries.Proof:
        return resolutions.resolve(self.session, self.member, self.ref, action)

    def row(self) -> Delivery:
        self.session.refresh(self.delivery)
        return self.delivery

    def report(self, attempt_id: UUID, fact: str, code: int | None = None) -> None:
        row = self.row()
        errors = [{"code": code, "reason": "undeliverable", "at": 1}] if code else []
        report = status_reports.Report(
            occurrence_id=row.occurrence_id,
            delivery_id=row.id,
            attempt_id=attempt_id,
            wamid=f"wamid.{attempt_id}",
            fact=fact,
            at=datetime.now(UTC),
            errors=errors,
            code=code,
            pricing=None,
            detail={"fact": fact},
        )
        status_reports.lock(self.session, {(row.occurrence_id, row.id)})
        status_reports.merge(self.session, [report])

    def attempts(self) -> list[tuple[str | None, bool]]:
        rows = self.session.execute(
            text(
                "SELECT outcome, superseded_at IS NOT NULL FROM attempts"
                " WHERE delivery_id = :id ORDER BY number"
            ),
            {"id": self.delivery.id},
        )
        return [(row[0], row[1]) for row in rows]


@pytest.fixture
def doubtful(session: Session) -> Doubtful:
    bench = make_bench(session)
    return Doubtful(bench, bench.send())


def test_a_resend_supersedes_and_goes_out_again(doubtful: Doubtful) -> None:
    proof = doubtful.resolve()
    assert (proof.row.status, proof.row.wamid) == ("scheduled", None)
    assert doubtful.attempts() == [("unconfirmed", True)]
    assert doubtful.bench.counts(doubtful.delivery) == {"scheduled": 1}
    assert [(e.source, e.event) for e in proof.timeline][-1] == ("api", "resend")
    assert proof.timeline[-1].detail["by"] == doubtful.member.actor
    doubtful._try("accepted", "accepted", wamid="wamid.2")
    assert doubtful.attempts() == [("unconfirmed", True), ("accepted", False)]
    assert (doubtful.row().status, doubtful.row().wamid) == ("accepted", "wamid.2")
    assert doubtful.bench.counts(doubtful.delivery) == {"accepted": 1}


def test_a_person_is_named_as_one(doubtful: Doubtful) -> None:
    doubtful.member = Member(doubtful.ref.workspace_id, SCOPES, user_id=new_id())
    assert doubtful.resolve(MARK_FAILED).timeline[-1].source == "person"


def test_before_a_quarter_of_an_hour_it_is_too_early(doubtful: Doubtful) -> None:
    doubtful.age(14)
    with pytest.raises(ConflictError) as refusal:
        doubtful.resolve()
    assert refusal.value.code == "too_early"
    assert 0 < (refusal.value.retry_after or 0) <= 61
    # Not even by way of calling it failed.
    doubtful.resolve(MARK_FAILED)
    with pytest.raises(ConflictError, match="15 minutes"):
        doubtful.resolve()
    doubtful.age(16)
    assert doubtful.resolve().row.status == "scheduled"


def test_only_what_is_in_doubt_or_failed_can_be_resolved(doubtful: Doubtful) -> None:
    doubtful.resolve()
    for action, word in ((RESEND, "resent"), (MARK_FAILED, "marked as failed")):
        with pytest.raises(ConflictError, match=f"that is scheduled can't be {word}"):
            doubtful.resolve(action)
    with pytest.raises(NotFoundError):
        resolutions.resolve(
            doubtful.session, doubtful.member, doubtful.ref.beside(new_id()), RESEND
        )
    stranger = schedule_factory.member(new_id())
    with pytest.raises(NotFoundError):
        resolutions.resolve(doubtful.session, stranger, stranger.ref(doubtful.ref.id), RESEND)


def test_called_failed_it_stays_so_unless_whatsapp_shows_that_it_arrived(
    doubtful: Doubtful,
) -> None:
    proof = doubtful.resolve(MARK_FAILED)
    assert (proof.row.status, proof.row.reason) == ("failed", "marked_failed")
    assert doubtful.bench.counts(doubtful.delivery) == {"failed": 1}
    doubtful.report(doubtful.attempt_id, "sent")
    assert doubtful.row().status == "failed"
    doubtful.report(doubtful.attempt_id, "delivered")
    assert (doubtful.row().status, doubtful.row().reason) == ("delivered", None)
    assert doubtful.bench.counts(doubtful.delivery) == {"delivered": 1}


def test_what_left_after_all_is_not_sent_again(doubtful: Doubtful) -> None:
    doubtful.resolve()
    doubtful.report(doubtful.attempt_id, "sent")
    assert doubtful.row().status == "sent"
    assert doubtful.bench.claim(doubtful.lease, doubtful.delivery) == []
    assert doubtful.bench.counts(doubtful.delivery) == {"sent": 1}


def test_two_attempts_that_arrived_are_shown(doubtful: Doubtful) -> None:
    doubtful.resolve()
    doubtful._try("accepted", "accepted", wamid="wamid.2")
    assert not deliveries.get(doubtful.session, doubtful.ref).row.duplicate_suspected
    doubtful.report(doubtful.attempt_id, "sent")
    proof = deliveries.get(doubtful.session, doubtful.ref)
    assert proof.row.duplicate_suspected
    [suspected] = [entry for entry in proof.timeline if entry.event == "duplicate_suspected"]
    assert suspected.detail["wamids"] == [f"wamid.{doubtful.attempt_id}", "wamid.2"]


def test_a_failure_that_whatsapp_reported_may_be_tried_again(doubtful: Doubtful) -> None:
    doubtful.report(doubtful.attempt_id, "failed", 131026)
    assert (doubtful.row().status, doubtful.row().meta_code) == ("failed", 131026)
    doubtful.age(1)  # its answer is known: nothing to wait for
    doubtful.resolve()
    row = doubtful.row()
    assert (row.status, row.meta_code, row.reason, row.errors) == ("scheduled", None, None, None)
    attempt = doubtful.session.get(Attempt, (row.occurrence_id, doubtful.attempt_id))
    assert attempt is not None
    doubtful.session.refresh(attempt)
    assert attempt.meta_code == 131026
    doubtful.report(doubtful.attempt_id, "sent")
    assert doubtful.row().status == "scheduled"


def test_its_time_counts_anew(doubtful: Doubtful) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=3)
    doubtful.session.execute(
        update(Delivery).values(due_at=long_ago, expires_at=long_ago + timedelta(hours=4))
    )
    doubtful.resolve()
    left = doubtful.row().expires_at - datetime.now(UTC)
    assert timedelta(hours=3, minutes=59) < left <= timedelta(hours=4)
    doubtful._try("accepted", "accepted", wamid="wamid.2")


def test_a_schedule_that_was_completed_runs_again_and_completes_again(session: Session) -> None:
    planned = Planned(session).open()
    doubtful = Doubtful(planned.bench, planned.delivery)
    assert planned.states() == ("completed", "completed", None)
    doubtful.resolve()
    assert planned.states() == ("sending", "running", "runnable")
    doubtful._try("accepted", "accepted", wamid="wamid.2")
    completion.complete_if_done(planned.occurrence.id)
    assert planned.states() == ("completed", "completed", None)


@pytest.mark.parametrize("stop", ["cancel", "archive"])
def test_nothing_of_a_stopped_schedule_is_resent(session: Session, stop: str) -> None:
    planned = Planned(session).open()
    doubtful = Doubtful(planned.bench, planned.delivery)
    if stop == "cancel":
        session.execute(text("UPDATE schedules SET status = 'sending'"))
        session.execute(text("UPDATE occurrences SET status = 'running'"))
        schedule_control.cancel(session, planned.ref)
    else:
        schedule_control.archive(session, planned.ref)
    with pytest.raises(ConflictError, match="so nothing of it can be resent"):
        doubtful.resolve()
    sums = resolutions.resolve_all(session, doubtful.member, Filters(), RESEND)
    assert (sums.resolved, sums.stopped, sums.remaining) == (0, 1, 0)


def test_resolves_what_a_filter_finds_and_counts_the_rest(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = make_bench(session)
    lease = bench.acquire()
    sent = [bench.send() for _ in range(4)]
    for delivery in sent:
        bench.claim(lease, delivery)
        _, attempt_id = bench.mark(lease, delivery)
        bench.settle(delivery, "unconfirmed", attempt_id=attempt_id, outcome="unconfirmed")
        completion.complete_if_done(delivery.occurrence_id)
    old = datetime.now(UTC) - timedelta(minutes=16)
    ids = [delivery.id for delivery in sent[:3]]
    session.execute(update(Attempt).where(Attempt.delivery_id.in_(ids)).values(marked_at=old))
    assert session.scalars(select(Lane)).all() == []
    monkeypatch.setattr(resolutions, "MOST_AT_ONCE", 2)
    member = schedule_factory.member(bench.sender.workspace_id)
    both = Filters(statuses=["unconfirmed"], recipient_id=bench.person.id)
    first = resolutions.resolve_all(session, member, both, RESEND)
    assert (first.resolved, first.too_early, first.remaining) == (2, 1, 1)
    second = resolutions.resolve_all(session, member, both, RESEND)
    assert (second.resolved, second.too_early, second.remaining) == (1, 1, 0)
    assert len(session.scalars(select(Lane)).all()) == 3
    third = resolutions.resolve_all(session, member, both, MARK_FAILED)
    assert (third.resolved, third.too_early, third.remaining) == (1, 0, 0)
    assert [bench.status(delivery) for delivery in sent] == ["scheduled"] * 3 + ["failed"]
    stranger = schedule_factory.member(new_id())
    assert resolutions.resolve_all(session, stranger, Filters(), MARK_FAILED).resolved == 0
