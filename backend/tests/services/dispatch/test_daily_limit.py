"""WhatsApp's limit of people a day: who leaves, who waits until when, what gives places back."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from app.core import clock
from app.core.ids import new_id
from app.integrations.whatsapp.answers import Ambiguous, Answer, NotSent, Refused
from app.integrations.whatsapp.errors import MetaError
from app.models.daily_limits import DailyWait, PersonReached, Portfolio
from app.models.deliveries import Delivery
from app.models.recipients import ServiceWindow
from app.models.senders import Sender, SenderDrain
from app.repositories import claims, daily_limits, lanes
from app.repositories import drains as leases
from app.services import schedule_changes, schedules
from app.services import senders as sender_service
from app.services.dispatch import account, daily_limit, drain
from app.services.dispatch.keeper import Keeper
from app.services.dispatch.settle import Returned
from app.services.dispatch.state import State
from tests.factories import senders
from tests.services.dispatch import drains
from tests.services.dispatch.campaigns import Campaign, Shop, shop
from tests.services.dispatch.conftest import Bench
from tests.services.dispatch.drains import Desk, Wire

pytestmark = pytest.mark.usefixtures("only_known_moves", "rung")


def small(session: Session, limit: int | None = 3, **of_sender: Any) -> Shop:
    return shop(session, messaging_limit=limit, throughput_mps=1000, **of_sender)


async def serve(sender: Sender, wire: Wire | None = None) -> int:
    desk = Desk(wire or Wire())
    await drain.serve(sender.id, desk)
    return len(desk.wire.sent)


def waiting(campaign: Campaign) -> list[datetime]:
    return [row.next_attempt_at for row in campaign.deliveries if row.next_attempt_at is not None]


def used(session: Session) -> int:
    """As counted; and it is what the table holds."""
    counted = session.scalar(select(func.coalesce(func.sum(Portfolio.used), 0)))
    assert counted == session.scalar(select(func.count()).select_from(PersonReached))
    return counted or 0


def a_day_passes(session: Session) -> None:
    """All that is written down happened a day, and the margin, earlier."""
    day = timedelta(hours=24, minutes=6)
    session.execute(update(PersonReached).values(counted_at=PersonReached.counted_at - day))
    moved = {name: getattr(Delivery, name) - day for name in ("due_at", "expires_at")}
    moved["next_attempt_at"] = Delivery.next_attempt_at - day
    waits = update(Delivery).where(Delivery.next_attempt_at.is_not(None)).values(**moved)
    session.execute(waits.execution_options(synchronize_session=False))
    session.commit()


async def test_so_many_leave_and_the_rest_waits_for_the_moving_day(session: Session) -> None:
    mine = small(session)
    before = clock.now()
    campaign = mine.campaign(mine.people(8), expires_after_s=600)
    assert await serve(mine.sender) == 3
    assert campaign.counts() == {"accepted": 3, "scheduled": 5}
    for row in campaign.deliveries:
        if row.status == "scheduled":
            assert row.reason == "daily_limit"
            assert row.next_attempt_at == row.due_at
            day = row.due_at - before
            assert timedelta(hours=24) < day < timedelta(hours=24, minutes=6)
            assert row.expires_at == row.due_at + timedelta(seconds=600)
    seen = schedules.get(session, campaign.ref)
    assert (seen.blocked_by, seen.waits_until) == ("daily_limit", min(waiting(campaign)))
    [use] = sender_service.uses(session, mine.workspace_id, [mine.sender]).values()
    assert use.used == 3
    assert use.room_at is not None
    assert seen.waits_until is not None
    assert abs(use.room_at - seen.waits_until) < timedelta(seconds=1)
    for left in (3, 2, 0):
        a_day_passes(session)
        assert await serve(mine.sender) == min(left, 3)
    assert campaign.counts() == {"accepted": 8}
    assert campaign.occurrence.status == "completed"
    assert {row.reason for row in campaign.deliveries} == {None}
    assert schedules.get(session, campaign.ref).waits_until is None


async def test_stop_leaves_the_rest_out(session: Session) -> None:
    mine = small(session)
    campaign = mine.campaign(mine.people(8), daily_limit="stop")
    assert await serve(mine.sender) == 3
    assert campaign.counts() == {"accepted": 3, "skipped": 5}
    assert {row.reason for row in campaign.deliveries} == {None, "daily_limit"}


async def test_no_limit_costs_and_counts_nothing(session: Session, statements: list[str]) -> None:
    mine = small(session, None)
    campaign = mine.campaign(mine.people(8))
    statements.clear()
    assert await serve(mine.sender) == 8
    assert not [one for one in statements if "portfolio" in one]
    assert campaign.counts() == {"accepted": 8}


async def test_a_batch_costs_one_statement_more(session: Session, statements: list[str]) -> None:
    mine = small(session, 100)
    mine.campaign(mine.people(20))
    statements.clear()
    assert await serve(mine.sender) == 20
    _, *batches = [one for one in statements if "people_reached" in one]
    claimed = [one for one in statements if claims._CLAIM.execute in one]
    assert len(batches) <= len(claimed)


def test_places_are_taken_without_walking_through_all_for_each(session: Session) -> None:
    mine = small(session)
    mine.campaign(mine.people(1))
    lease = leases.acquire(session, mine.sender.id, "w", 60)
    assert lease is not None
    lanes.due(session, mine.sender.id, 60)
    key = daily_limits.open_portfolio(session, lease)
    assert session.scalar(text("SHOW enable_hashjoin")) == "off"
    assert daily_limits.reserve(session, lease, key, new_id(), []) == set()
    assert session.scalar(text("SHOW enable_hashjoin")) == "on"


async def test_the_same_people_count_once(session: Session) -> None:
    mine = small(session)
    people = mine.people(3)
    for _ in range(2):
        mine.campaign(people)
        assert await serve(mine.sender) == 3
    assert used(session) == 3
    assert mine.campaign(mine.people(1)).counts() == {"scheduled": 1}
    assert await serve(mine.sender) == 0


async def test_people_with_an_open_window_need_no_room(session: Session) -> None:
    mine = small(session, 1)
    people = mine.people(4)
    for person in people[:3]:
        session.add(
            ServiceWindow(
                workspace_id=mine.workspace_id,
                recipient_id=person.id,
                sender_id=mine.sender.id,
                last_inbound_at=clock.now(),
            )
        )
    session.flush()
    campaign = mine.campaign(people)
    assert await serve(mine.sender) == 4
    assert campaign.counts() == {"accepted": 4}
    assert used(session) == 1


async def test_two_numbers_of_a_portfolio_share(session: Session) -> None:
    mine = small(session, business_id="77")
    other = senders.sender(
        session, mine.workspace_id, waba_id="300", business_id="77", messaging_limit=3
    )
    alone = senders.sender(
        session, mine.workspace_id, waba_id="400", business_id="78", messaging_limit=3
    )
    sent = []
    for sender in (mine.sender, other, alone):
        mine.campaign(mine.people(2), sender)
        sent.append(await serve(sender))
    assert sent == [2, 1, 2]
    last = mine.campaign(mine.people(1), other)
    assert await serve(other) == 0
    seen = schedules.get(session, last.ref)
    assert (seen.schedule.status, seen.blocked_by) == ("scheduled", "daily_limit")


async def test_the_urgent_goes_first(session: Session) -> None:
    mine = small(session)
    campaign = mine.campaign(mine.people(5))
    urgent = mine.campaign(mine.people(2), priority="transactional")
    assert await serve(mine.sender) == 3
    assert urgent.counts() == {"accepted": 2}
    assert campaign.counts() == {"accepted": 1, "scheduled": 4}


def refused(code: int) -> Refused:
    return Refused(MetaError(code, None, "no", "no", None, False, 400))


@pytest.mark.parametrize(
    ("answer", "counted"), [(refused(131026), 0), (Ambiguous("timeout"), 1), (refused(190), 0)]
)
async def test_what_was_refused_gives_its_place_back(
    session: Session, answer: Answer, counted: int
) -> None:
    mine = small(session)
    mine.campaign(mine.people(1))
    assert await serve(mine.sender, Wire(lambda _: answer)) == 1
    assert used(session) == counted


async def test_what_never_left_takes_its_place_again(session: Session) -> None:
    mine = small(session, 1)
    answers: list[Answer] = [NotSent("refused")]
    accept: Callable[..., Answer] = Wire().answer
    campaign = mine.campaign(mine.people(1))
    await serve(mine.sender, Wire(lambda one: answers.pop() if answers else accept(one)))
    assert campaign.counts() == {"accepted": 1}
    assert used(session) == 1


async def test_a_drain_that_died_after_its_claim_leaks_nothing(session: Session) -> None:
    mine = small(session)
    campaign = mine.campaign(mine.people(3))
    _claim_and_die(session, mine.sender)
    assert used(session) == 3
    session.execute(text("UPDATE claims SET leased_until = clock_timestamp() - interval '1 s'"))
    claims.recover(session, None, all_of_sender=False, doubt_s=60)
    assert used(session) == 0
    session.execute(update(SenderDrain).values(leased_until=None))
    assert await serve(mine.sender) == 3
    assert (campaign.counts(), used(session)) == ({"accepted": 3}, 3)


def _claim_and_die(session: Session, sender: Sender) -> None:
    lease = account.ring_and_acquire(session, sender.id, "worker-1")
    assert lease is not None
    opened = account.open_account(session, lease)
    assert opened is not None
    jobs, _ = Keeper(State(opened, Desk()))._turn(session, Returned())
    assert len(jobs) == 3


async def test_a_tier_raised_meanwhile_wakes_those_who_wait(session: Session) -> None:
    mine = small(session)
    campaign = mine.campaign(mine.people(8), expires_after_s=600)
    await serve(mine.sender)
    daily_limit.wake()
    [wait] = session.scalars(select(DailyWait))
    assert waiting(campaign) == [wait.until] * 5
    assert wait.until > clock.now()
    session.execute(update(Sender).values(messaging_limit=6))
    daily_limit.wake()
    assert len([at for at in waiting(campaign) if at <= clock.now()]) == 3
    assert await serve(mine.sender) == 3
    session.execute(update(Sender).values(messaging_limit=None))
    daily_limit.wake()
    assert await serve(mine.sender) == 2
    assert campaign.counts() == {"accepted": 8}
    rows = session.scalars(select(Delivery)).all()
    assert all(row.expires_at - row.due_at == timedelta(seconds=600) for row in rows)


async def test_who_was_written_to_before_there_was_a_limit_counts(session: Session) -> None:
    mine = small(session, None)
    mine.campaign(mine.people(2))
    assert await serve(mine.sender) == 2
    session.execute(update(Sender).values(messaging_limit=3))
    campaign = mine.campaign(mine.people(2))
    assert await serve(mine.sender) == 1
    assert campaign.counts() == {"accepted": 1, "scheduled": 1}


async def test_nothing_left_to_wait_for_is_forgotten(session: Session) -> None:
    mine = small(session)
    mine.campaign(mine.people(2))
    await serve(mine.sender)
    daily_limit.wake()
    assert used(session) == 2
    session.execute(update(Sender).values(messaging_limit=None))
    daily_limit.wake()
    assert (used(session), session.scalar(select(func.count()).select_from(Portfolio))) == (0, 0)


async def test_free_text_takes_no_place(bench: Bench) -> None:
    bench.sender.messaging_limit = 1
    bench.session.flush()
    sent = drains.crowd(bench, 3)
    assert await serve(bench.sender) == 3
    assert drains.statuses(bench.session, sent) == {"accepted"}
    assert used(bench.session) == 0


async def test_stop_chosen_later_leaves_out_who_waits(session: Session) -> None:
    mine = small(session)
    campaign = mine.campaign(mine.people(5))
    assert await serve(mine.sender) == 3
    schedule_changes.change(session, campaign.ref, {"daily_limit": "stop"}, None)
    daily_limit.wake()
    assert await serve(mine.sender) == 0
    assert campaign.counts() == {"accepted": 3, "skipped": 2}
    assert {row.reason for row in campaign.deliveries} == {None, "daily_limit"}
