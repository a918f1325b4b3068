"""A schedule's own resend of what stayed in doubt: once, and only when silence tells something."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from app.core import clock
from app.models.callbacks import CallbackMinute, InboxItem
from app.models.deliveries import Attempt, Delivery, DeliveryEvent
from app.repositories import resends as rows
from app.services import resends, schedule_control
from app.services.dispatch import completion
from tests.factories import deliveries, recipients
from tests.services.test_control import Planned

pytestmark = pytest.mark.usefixtures("only_known_moves", "rung")


class Doubted:
    """The only delivery of a schedule, marked 20 minutes ago, and nobody knows whether it left."""

    def __init__(self, session: Session, **rules: Any) -> None:
        wanted = {"when_unconfirmed": "resend", "resend_after_s": 900} | rules
        self.session = session
        self.planned = Planned(session, **wanted).open()
        self.lease = self.planned.bench.acquire()
        self.doubt()

    def doubt(self) -> None:
        bench, delivery = self.planned.bench, self.planned.delivery
        assert bench.claim(self.lease, delivery)
        verdict, attempt_id = bench.mark(self.lease, delivery)
        assert verdict == "mark"
        bench.settle(delivery, "unconfirmed", attempt_id=attempt_id, outcome="unconfirmed")
        completion.complete_if_done(delivery.occurrence_id)
        self.session.execute(
            update(Attempt)
            .where(Attempt.id == attempt_id)
            .values(marked_at=clock.now() - timedelta(minutes=20))
        )

    def heard(self, minutes: int) -> None:
        """Callbacks about the number came as they should in so many of the last minutes."""
        sender = self.planned.bench.sender
        now = clock.now().replace(second=0, microsecond=0)
        self.session.execute(text("DELETE FROM callback_minutes"))
        self.session.add_all(
            CallbackMinute(
                sender_id=sender.id,
                workspace_id=sender.workspace_id,
                minute=now - timedelta(minutes=n),
            )
            for n in range(minutes)
        )
        self.session.flush()

    def others(self, reported_at: datetime | None) -> None:
        """Another message of the number was accepted, and perhaps reported on."""
        sender = self.planned.bench.sender
        person = recipients.recipient(self.session, sender.workspace_id, "+442079461234")
        sent = deliveries.sending(
            self.session,
            sender,
            person,
            status="accepted",
            outcome="accepted",
            marked_at=clock.now() - timedelta(minutes=5),
        )
        found = update(Delivery).where(Delivery.id == sent.delivery.id)
        self.session.execute(found.values(sent_at=reported_at))

    def unmerged(self, age_s: float) -> None:
        at = clock.now() - timedelta(seconds=age_s)
        self.session.add(InboxItem(digest=b"1", body=b"{}", received_at=at))
        self.session.flush()

    def minutes(self) -> int:
        rows.note_minute(self.session, resends.DEFAULT_S)
        return len(self.session.scalars(select(CallbackMinute.minute)).all())


@pytest.fixture
def doubted(session: Session) -> Doubted:
    return Doubted(session)


def test_it_is_sent_again_once_and_then_a_person_decides(doubted: Doubted) -> None:
    doubted.heard(15)
    assert resends.run() == 1
    assert doubted.planned.delivery.status == "scheduled"
    assert doubted.planned.states() == ("sending", "running", "runnable")
    noted = select(DeliveryEvent).where(DeliveryEvent.event == "resend")
    [event] = doubted.session.scalars(noted).all()
    assert (event.source, event.detail) == (
        "dispatcher",
        {"by": "rule", "before": "unconfirmed"},
    )
    doubted.doubt()
    assert doubted.planned.delivery.attempts == 2
    doubted.heard(15)
    assert resends.run() == 0
    assert doubted.planned.delivery.status == "unconfirmed"


def test_silence_counts_only_while_callbacks_come(doubted: Doubted) -> None:
    doubted.heard(14)
    assert resends.run() == 0
    doubted.heard(15)
    doubted.unmerged(age_s=60)
    assert resends.run() == 0


@pytest.mark.parametrize("rules", [{"when_unconfirmed": "hold"}, {"resend_after_s": None}])
def test_the_schedule_says_whether_and_when(session: Session, rules: dict[str, Any]) -> None:
    doubted = Doubted(session, **rules)
    doubted.heard(20)
    assert resends.run() == 0
    assert doubted.planned.delivery.status == "unconfirmed"


def test_it_never_leaves_later_than_it_may(doubted: Doubted) -> None:
    doubted.heard(15)
    doubted.session.execute(update(Delivery).values(expires_at=clock.now()))
    assert resends.run() == 0


def test_what_was_stopped_is_not_resent(doubted: Doubted) -> None:
    doubted.heard(15)
    doubted.session.execute(
        text("UPDATE occurrences SET status = 'running' WHERE status = 'completed'")
    )
    doubted.session.execute(text("UPDATE schedules SET status = 'sending'"))
    schedule_control.pause(doubted.session, doubted.planned.ref)
    assert resends.run() == 0


def test_minutes_without_news_of_others_dont_count(doubted: Doubted) -> None:
    assert doubted.minutes() == 0
    doubted.others(reported_at=None)
    assert doubted.minutes() == 0


def test_minutes_count_in_which_others_are_reported_on(doubted: Doubted) -> None:
    doubted.others(reported_at=clock.now())
    assert doubted.minutes() == 1
    assert doubted.minutes() == 1
    doubted.session.execute(text("DELETE FROM callback_minutes"))
    doubted.unmerged(age_s=60)
    assert doubted.minutes() == 0
