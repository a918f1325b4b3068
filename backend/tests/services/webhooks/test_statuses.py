"""One status, one delivery: what each report makes of the row."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.domain import status_merge
from app.domain.status_merge import Fact
from app.models.deliveries import Attempt, DeliveryCount, DeliveryEvent, StopOrder
from app.models.recipients import Recipient
from app.models.senders import Sender
from tests.factories import callbacks, deliveries
from tests.factories.deliveries import Sent
from tests.services.webhooks.rows import NOON, shown

pytestmark = pytest.mark.usefixtures("only_known_moves")


def counted(session: Session) -> dict[str, int]:
    rows = session.execute(
        select(DeliveryCount.status, func.sum(DeliveryCount.n)).group_by(DeliveryCount.status)
    )
    return {status: int(n) for status, n in rows if n}


def events(session: Session) -> list[str]:
    return sorted(session.scalars(select(DeliveryEvent.event)))


def attempt(session: Session, sent: Sent) -> Attempt:
    return session.get_one(Attempt, (sent.attempt.occurrence_id, sent.attempt.id))


def test_a_callback_before_the_settle(
    session: Session, sent: Sent, take: Callable[..., None]
) -> None:
    take(callbacks.status(sent, "sent", NOON))
    row = shown(session, sent)
    assert (row.status, row.sent_at, row.wamid) == ("sent", NOON, "wamid.A")
    assert (attempt(session, sent).outcome, attempt(session, sent).wamid) == ("accepted", "wamid.A")
    assert counted(session) == {"sent": 1}
    assert events(session) == ["sent"]


def test_unconfirmed_is_resolved(
    session: Session, sender: Sender, ana: Recipient, take: Any
) -> None:
    doubted = deliveries.sending(session, sender, ana, status="unconfirmed", outcome="unconfirmed")
    take(callbacks.status(doubted, "delivered", NOON))
    assert shown(session, doubted).status == "delivered"
    assert attempt(session, doubted).outcome == "accepted"


def test_an_exact_copy_changes_nothing(session: Session, sent: Sent, take: Any) -> None:
    item = callbacks.status(sent, "delivered", NOON)
    take(item)
    before = shown(session, sent).updated_at
    take(item | {"new_field_of_meta": 1})
    assert shown(session, sent).updated_at == before
    assert events(session) == ["delivered"]
    assert counted(session) == {"delivered": 1}


def test_failed_then_delivered(session: Session, sent: Sent, take: Any) -> None:
    take(callbacks.status(sent, "failed", NOON, code=131026))
    row = shown(session, sent)
    assert (row.status, row.reason, row.meta_code) == ("failed", "undeliverable", 131026)
    assert row.detail == "Why"
    take(callbacks.status(sent, "delivered", NOON + timedelta(seconds=5)))
    row = shown(session, sent)
    assert (row.status, row.reason, row.meta_code, row.detail) == ("delivered", None, None, None)
    assert row.failed_at == NOON
    assert counted(session) == {"delivered": 1}


@pytest.mark.parametrize(
    ("code", "reason", "what"),
    [
        (131047, "window_closed", None),
        (131050, "opted_out", "recipient_opted_out"),
        (131026, "undeliverable", "recipient_unreachable"),
        (131049, "marketing_limit", "recipient_cooled"),
        (131042, "payment_problem", "account_paused"),
        (132000, "template_mismatch", "occurrence_held"),
        (132015, "template_unavailable", "template_paused"),
        (131000, "meta_unavailable", None),
        (999999, "unknown_error", None),
    ],
)
def test_what_must_stop_is_written_down_once(
    session: Session,
    sent: Sent,
    take: Any,
    rung: list[str],
    code: int,
    reason: str,
    what: str | None,
) -> None:
    item = callbacks.status(sent, "failed", NOON, code=code)
    take(item, item | {"again": True})
    take(item | {"later": True})
    assert shown(session, sent).reason == reason
    orders = session.scalars(select(StopOrder)).all()
    assert [order.what for order in orders] == ([what] if what else [])
    assert ("dispatch.obey" in rung) == bool(what)
    for order in orders:
        assert (order.recipient_id is not None) == order.what.startswith("recipient")
        of_occurrence = order.what in ("occurrence_held", "template_paused")
        assert (order.occurrence_id is not None) == of_occurrence


def test_an_old_failure_stops_no_sender(session: Session, sent: Sent, take: Any) -> None:
    take(callbacks.status(sent, "failed", NOON - timedelta(hours=3), code=131042))
    assert shown(session, sent).reason == "payment_problem"
    assert session.scalars(select(StopOrder)).all() == []


def test_a_retry_is_not_sent_when_the_first_left_after_all(
    session: Session, sender: Sender, ana: Recipient, take: Any
) -> None:
    waiting = deliveries.sending(session, sender, ana, status="scheduled", outcome="not_sent")
    session.execute(text("UPDATE deliveries SET next_attempt_at = clock_timestamp()"))
    session.commit()
    take(callbacks.status(waiting, "sent", NOON))
    row = shown(session, waiting)
    assert (row.status, row.next_attempt_at, row.claim_id) == ("sent", None, None)


def test_the_callback_of_a_refusal_says_nothing_new(
    session: Session, sender: Sender, ana: Recipient, take: Any
) -> None:
    waiting = deliveries.sending(session, sender, ana, status="scheduled", outcome="refused")
    take(callbacks.status(waiting, "failed", NOON, code=131056))
    assert shown(session, waiting).status == "scheduled"


@pytest.mark.parametrize("had_failed", [False, True])
@pytest.mark.parametrize("fact", [Fact.SENT, Fact.DELIVERED, Fact.READ, Fact.FAILED])
def test_of_a_superseded_attempt_only_news_counts(
    session: Session, sender: Sender, ana: Recipient, take: Any, fact: Fact, had_failed: bool
) -> None:
    old = deliveries.sending(
        session,
        sender,
        ana,
        status="scheduled",
        outcome="unconfirmed",
        superseded_at=NOON,
        meta_code=131026 if had_failed else None,
    )
    take(callbacks.status(old, fact.value, NOON, code=131047 if fact is Fact.FAILED else None))
    counts = status_merge.survives(fact, had_failed=had_failed)
    assert shown(session, old).status == (fact.value if counts else "scheduled")
