"""Claim, mark, settle, recover: what each may and may not do, on real rows."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import event, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.core import clock
from app.core.ids import new_id
from app.models.deliveries import Attempt, Delivery
from app.models.recipients import Recipient
from app.models.schedules import Lane
from app.repositories import claims, drains, lanes
from tests.services.dispatch.conftest import Bench, make_bench

pytestmark = pytest.mark.usefixtures("only_known_moves")


def test_a_lease_has_one_holder_and_its_epoch_bars_the_one_before(bench: Bench) -> None:
    first = bench.acquire()
    assert drains.acquire(bench.session, bench.sender.id, "worker-2", 10) is None
    assert drains.end(bench.session, first, slot_in=0)
    second = bench.acquire("worker-2")
    assert second.epoch == first.epoch + 1
    assert drains.renew(bench.session, first, 10, 0) is None
    assert drains.renew(bench.session, second, 10, 0) is not None


def test_a_drain_ends_only_when_no_doorbell_came(bench: Bench) -> None:
    lease = bench.acquire()
    drains.ring(bench.session, bench.sender.id)
    assert not drains.end(bench.session, lease, 0, rung=lease.rung)
    assert drains.end(bench.session, lease, 0, rung=lease.rung + 1)


def test_a_row_is_claimed_once(bench: Bench) -> None:
    lease, delivery = bench.acquire(), bench.send()
    assert [row.id for row in bench.claim(lease, delivery)] == [delivery.id]
    assert bench.claim(lease, delivery) == []


def test_what_is_due_later_is_not_claimed(bench: Bench) -> None:
    lease = bench.acquire()
    delivery = bench.send(due_at=clock.now() + timedelta(seconds=30))
    assert bench.claim(lease, delivery) == []


def test_nothing_is_marked_before_it_is_due(bench: Bench) -> None:
    lease = bench.acquire()
    delivery = bench.send(due_at=clock.now() + timedelta(milliseconds=900))
    assert bench.claim(lease, delivery)
    assert bench.mark(lease, delivery)[0] == "release"
    assert bench.attempts(delivery) == []


def test_the_way_of_an_accepted_message(bench: Bench) -> None:
    _, delivery, attempt_id = bench.sending()
    assert bench.status(delivery) == "sending"
    assert bench.attempts(delivery) == [None]
    assert bench.counts(delivery) == {"sending": 1}
    status = bench.settle(
        delivery, "accepted", attempt_id=attempt_id, outcome="accepted", wamid="wamid.1"
    )
    assert status == "accepted"
    assert bench.attempts(delivery) == ["accepted"]
    assert bench.counts(delivery) == {"accepted": 1}


def test_a_zombie_of_an_older_epoch_marks_nothing(bench: Bench) -> None:
    old, delivery = bench.acquire(), bench.send()
    bench.claim(old, delivery)
    drains.end(bench.session, old, 0)
    bench.acquire("worker-2")
    assert bench.mark(old, delivery)[0] == "lost"
    assert bench.status(delivery) == "scheduled"


def test_another_claims_row_is_not_marked(bench: Bench) -> None:
    lease, delivery = bench.acquire(), bench.send()
    bench.claim(lease, delivery)
    bench.claim_id = new_id()
    assert bench.mark(lease, delivery)[0] == "lost"


def test_an_opt_out_after_the_claim_holds(bench: Bench) -> None:
    lease, delivery = bench.acquire(), bench.send()
    bench.claim(lease, delivery)
    bench.session.execute(update(Recipient).values(consent_all="opted_out"))
    assert bench.mark(lease, delivery)[0] == "opted_out"
    assert bench.attempts(delivery) == []


@pytest.mark.parametrize(
    ("consent", "verdict"),
    [("opted_out", "opted_out"), ("unknown", "no_consent"), ("opted_in", "mark")],
)
def test_marketing_needs_consent_at_the_moment_of_sending(
    session: Session, consent: str, verdict: str
) -> None:
    bench = make_bench(session, "marketing")
    lease, delivery = bench.acquire(), bench.send()
    bench.claim(lease, delivery)
    session.execute(update(Recipient).values(consent_marketing=consent))
    assert bench.mark(lease, delivery)[0] == verdict


@pytest.mark.parametrize(
    "change",
    [{"state": "paused"}, {"state": "held"}, {"sender_active": False}, {"version": 2}],
)
def test_a_stopped_or_edited_lane_lets_nothing_leave(
    bench: Bench, change: dict[str, object]
) -> None:
    lease, delivery = bench.acquire(), bench.send()
    bench.claim(lease, delivery)
    bench.session.execute(update(Lane).values(**change))
    assert bench.mark(lease, delivery)[0] == "release"
    assert bench.status(delivery) == "scheduled"


def test_a_cancelled_lane_counts_as_cancelled_at_once(bench: Bench) -> None:
    lease, delivery = bench.acquire(), bench.send()
    bench.claim(lease, delivery)
    lanes.set_state(bench.session, delivery.occurrence_id, "cancelled")
    assert bench.counts(delivery) == {"cancelled": 1}
    assert bench.mark(lease, delivery)[0] == "release"


def test_past_its_expiry_nothing_leaves(bench: Bench) -> None:
    lease, delivery = bench.acquire(), bench.send()
    bench.claim(lease, delivery)
    bench.session.execute(update(Delivery).values(expires_at=clock.now()))
    assert bench.mark(lease, delivery)[0] == "expired"


def test_a_second_open_attempt_is_impossible_even_for_a_bug(bench: Bench) -> None:
    _, _, attempt_id = bench.sending()
    first = bench.session.scalars(select(Attempt).where(Attempt.id == attempt_id)).one()
    columns = {c.key: getattr(first, c.key) for c in Attempt.__table__.columns}
    with pytest.raises(IntegrityError, match="uq_attempts_open"), bench.session.begin_nested():
        bench.session.execute(insert(Attempt).values({**columns, "id": new_id(), "number": 2}))


def test_a_lost_answer_leaves_it_unconfirmed_and_not_due(bench: Bench) -> None:
    _, delivery, attempt_id = bench.sending()
    bench.settle(delivery, "unconfirmed", attempt_id=attempt_id, outcome="unconfirmed")
    assert bench.status(delivery) == "unconfirmed"
    assert delivery.next_attempt_at is None


def test_a_proven_not_sent_is_due_again_and_no_try(bench: Bench) -> None:
    _, delivery, attempt_id = bench.sending()
    bench.settle(delivery, "scheduled", attempt_id=attempt_id, outcome="not_sent", wait_s=2)
    assert bench.status(delivery) == "scheduled"
    assert delivery.next_attempt_at is not None
    assert (delivery.tries, delivery.deferrals) == (0, 1)


def test_tries_are_bounded(bench: Bench) -> None:
    lease, delivery, attempt_id = bench.sending()
    for answers in range(1, 4):
        refusal = {"attempt_id": attempt_id, "outcome": "refused", "max_tries": 2}
        status = bench.settle(delivery, "scheduled", **refusal)
        if answers == 3:
            break
        assert status == "scheduled"
        bench.claim(lease, delivery)
        verdict, attempt_id = bench.mark(lease, delivery)
        assert verdict == "mark"
    assert status == "failed"
    assert bench.status(delivery) == "failed"
    assert delivery.reason == "retries_exhausted"
    assert bench.counts(delivery) == {"failed": 1}


@pytest.mark.parametrize("becomes", ["unconfirmed", "scheduled", "failed"])
def test_a_callback_that_came_first_is_not_taken_back(bench: Bench, becomes: str) -> None:
    _, delivery, attempt_id = bench.sending()
    bench.session.execute(update(Delivery).values(status="delivered", delivered_at=clock.now()))
    bench.settle(delivery, becomes, attempt_id=attempt_id, outcome="unconfirmed")
    assert bench.status(delivery) == "delivered"


def test_accepted_after_delivered_only_adds_a_fact(bench: Bench) -> None:
    _, delivery, attempt_id = bench.sending()
    bench.session.execute(update(Delivery).values(status="delivered", delivered_at=clock.now()))
    bench.settle(delivery, "accepted", attempt_id=attempt_id, outcome="accepted", wamid="wamid.1")
    assert bench.status(delivery) == "delivered"
    assert delivery.wamid == "wamid.1"
    assert delivery.accepted_at is not None


def test_recovery_frees_the_unmarked_and_doubts_the_marked(bench: Bench) -> None:
    lease, marked, _ = bench.sending()
    unmarked = bench.send()
    bench.claim(lease, unmarked)
    recover = partial(
        claims.recover, bench.session, bench.sender.id, all_of_sender=True, doubt_s=60
    )
    assert recover() == 0
    assert bench.status(unmarked) == "scheduled"
    assert unmarked.next_attempt_at is not None
    assert bench.status(marked) == "sending"
    bench.session.execute(
        update(Delivery)
        .where(Delivery.id == marked.id)
        .values(marked_at=clock.now() - timedelta(seconds=61))
    )
    assert recover() == 1
    assert bench.status(marked) == "unconfirmed"
    assert bench.attempts(marked) == ["unconfirmed"]
    assert bench.counts(marked) == {"unconfirmed": 1}


def test_a_claim_that_still_holds_a_row_is_not_forgotten(bench: Bench) -> None:
    lease, unmarked = bench.acquire(), bench.send()
    bench.claim(lease, unmarked)
    claims.finish(bench.session, [bench.claim_id])
    claims.recover(bench.session, bench.sender.id, all_of_sender=True, doubt_s=60)
    assert bench.status(unmarked) == "scheduled"
    assert unmarked.next_attempt_at is not None


def test_live_claims_of_others_are_left_alone(bench: Bench) -> None:
    lease, delivery = bench.acquire(), bench.send()
    bench.claim(lease, delivery)
    claims.recover(bench.session, None, all_of_sender=False, doubt_s=60)
    bench.status(delivery)
    assert delivery.next_attempt_at is None


def test_due_is_found_by_an_index_condition(bench: Bench) -> None:
    lease, delivery = bench.acquire(), bench.send()
    _among_many_that_wait(bench.session, delivery)
    ran: list[tuple[str, Any]] = []

    def note(_c: object, _k: object, statement: str, parameters: Any, *_: object) -> None:
        ran.append((statement, parameters))

    connection = bench.session.connection()
    event.listen(connection, "before_cursor_execute", note)
    bench.claim(lease, delivery)
    event.remove(connection, "before_cursor_execute", note)
    statement, parameters = ran[-1]
    planner, execute = statement.rsplit("; ", 1)
    plan = connection.exec_driver_sql(f"{planner}; EXPLAIN {execute}", parameters).scalars()
    conditions = [line for line in plan if "Index Cond" in line]
    assert any("next_attempt_at <=" in line for line in conditions), conditions


def _among_many_that_wait(session: Session, delivery: Delivery) -> None:
    """Thousands beside it that are due tomorrow: of few rows any plan is as cheap as another."""
    copies = text("""
        INSERT INTO deliveries
        SELECT (jsonb_populate_record(d, jsonb_build_object(
                  'id', uuidv7(), 'recipient_id', uuidv7(),
                  'next_attempt_at', d.next_attempt_at + interval '1 day'))).*
          FROM deliveries d, generate_series(1, 5000)
         WHERE d.occurrence_id = :occurrence_id AND d.id = :id
    """)
    session.execute(copies, {"occurrence_id": delivery.occurrence_id, "id": delivery.id})
    session.execute(text("ANALYZE deliveries"))
