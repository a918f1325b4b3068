"""Taking a sender over: what is read, what is freed, and when nothing may be sent."""

from datetime import timedelta

from sqlalchemy import update

from app.core import clock
from app.models.deliveries import Delivery
from app.models.senders import Sender, SenderDrain
from app.services.dispatch import account
from app.services.dispatch.account import Account
from tests.factories.senders import TOKEN
from tests.services.dispatch.conftest import Bench


def take_over(bench: Bench) -> Account | None:
    bench.session.execute(update(SenderDrain).values(leased_until=clock.now()))
    lease = account.ring_and_acquire(bench.session, bench.sender.id, "worker-2")
    assert lease is not None
    return account.open_account(bench.session, lease)


def test_it_knows_whom_to_call_with_what_and_how_fast(bench: Bench) -> None:
    opened = take_over(bench)
    assert opened is not None
    assert opened.phone_number_id == bench.sender.phone_number_id
    assert (opened.access_token, opened.throughput_mps) == (TOKEN, 80)
    assert TOKEN not in repr(opened)


def test_a_doorbell_counts_even_when_another_drains(bench: Bench) -> None:
    lease = bench.acquire()
    assert account.ring_and_acquire(bench.session, bench.sender.id, "worker-2") is None
    drain = bench.session.get_one(SenderDrain, bench.sender.id, populate_existing=True)
    assert drain.rung == lease.rung + 1


def test_the_predecessors_unmarked_rows_are_due_again(bench: Bench) -> None:
    lease, delivery = bench.acquire(), bench.send()
    bench.claim(lease, delivery)
    assert take_over(bench) is not None
    assert bench.status(delivery) == "scheduled"
    assert delivery.next_attempt_at is not None
    assert bench.mark(lease, delivery)[0] == "lost"


def test_who_was_written_to_a_moment_ago_is_remembered(bench: Bench) -> None:
    bench.sending()
    opened = take_over(bench)
    assert opened is not None
    ago, count = opened.recent_pairs[bench.person.id]
    assert 0 <= ago < 60
    assert count == 1


def test_what_hangs_for_a_minute_becomes_unconfirmed(bench: Bench) -> None:
    _, delivery, _ = bench.sending()
    long_ago = clock.now() - timedelta(seconds=61)
    bench.session.execute(update(Delivery).values(marked_at=long_ago))
    assert take_over(bench) is not None
    assert bench.status(delivery) == "unconfirmed"


def test_a_paused_sender_is_not_sent_for(bench: Bench) -> None:
    bench.session.execute(update(Sender).values(status="paused"))
    assert take_over(bench) is None


def test_a_sender_of_another_api_is_paused(bench: Bench) -> None:
    bench.session.execute(update(Sender).values(api_base_url="http://127.0.0.1:1"))
    assert take_over(bench) is None
    bench.session.refresh(bench.sender)
    assert bench.sender.status == "paused"
