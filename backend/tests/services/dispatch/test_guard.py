"""What holds all sending, and what a person's word lets go on."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

import pytest
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from app.core import clock
from app.domain.database_epochs import Tick
from app.domain.errors import ConflictError
from app.integrations.whatsapp import provider_clock
from app.integrations.whatsapp.answers import Answer
from app.integrations.whatsapp.transport import SendRequest, Transport
from app.models.deliveries import Delivery
from app.models.dispatch_guard import DispatchGuard
from app.repositories import dispatch_guard
from app.services import health
from app.services.dispatch import account, clock_readings, expand, release, witnesses
from app.services.dispatch.guard import Guard, guard
from app.services.dispatch.keeper import Keeper
from app.services.dispatch.settle import Returned
from app.services.dispatch.state import State
from tests.services.dispatch.conftest import Bench, make_bench
from tests.services.dispatch.test_expand import _occurrence, _schedule

SetClock = Callable[[float], None]
T = TypeVar("T")


@pytest.fixture
def set_clock(session: Session) -> SetClock:
    """Sets the database's clock ahead by seconds: its functions are found in a schema of ours."""
    session.execute(text("CREATE SCHEMA set_clock"))
    session.execute(text("CREATE TABLE set_clock.ahead AS SELECT 0::float8 AS seconds"))
    session.execute(
        text("""
          CREATE FUNCTION set_clock.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE
          AS 'SELECT pg_catalog.clock_timestamp() + make_interval(secs => seconds)
                FROM set_clock.ahead'
        """)
    )
    session.execute(text("GRANT USAGE ON SCHEMA set_clock TO PUBLIC"))
    session.execute(text("GRANT SELECT ON set_clock.ahead TO PUBLIC"))
    session.execute(text("SET LOCAL search_path = set_clock, public, pg_catalog"))

    def ahead(seconds: float) -> None:
        session.execute(text("UPDATE set_clock.ahead SET seconds = :s"), {"s": seconds})

    return ahead


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> list[Tick]:
    """What file and Redis remember."""
    remembered: list[Tick] = []
    monkeypatch.setattr(witnesses, "read", lambda: list(remembered))
    monkeypatch.setattr(witnesses, "write", remembered.append)
    return remembered


def _held_for(session: Session) -> str | None:
    state = dispatch_guard.read(session)
    assert state is not None
    return state.held_for


def test_when_all_is_well_nothing_is_held(session: Session, outside: list[Tick]) -> None:
    one, two = Guard(), Guard()
    assert one.refusal(session) is None
    two.keep()
    one.keep()
    assert one.refusal(session) is None
    assert [tick.ticks for tick in outside] == [1, 2, 3]
    assert len({tick.epoch for tick in outside}) == 1


def test_held_by_a_person_nothing_is_opened_nor_marked(bench: Bench) -> None:
    lease, delivery = bench.acquire(), bench.send()
    bench.claim(lease, delivery)
    assert release.hold("the offer is wrong")
    assert not release.hold("again")
    assert bench.mark(lease, delivery)[0] == "release"
    assert account.open_account(bench.session, lease) is None
    assert "the offer is wrong" in health.of_system()[health.DISPATCH]
    assert release.confirm().reason == "by_person"
    assert account.open_account(bench.session, lease) is not None
    assert health.of_system()[health.DISPATCH] == health.WELL
    bench.claim(lease, delivery)
    assert bench.mark(lease, delivery)[0] == "mark"
    with pytest.raises(ConflictError):
        release.confirm()


@pytest.mark.parametrize(
    ("ahead", "reason"),
    [(-3.0, None), (-3600.0, "clock_stepped_back"), (3600.0, "clock_leapt")],
)
def test_a_clock_that_jumps_holds_everything(
    session: Session, set_clock: SetClock, ahead: float, reason: str | None
) -> None:
    running, sweeping = Guard(), Guard()
    assert running.refusal(session) is None
    sweeping.keep()
    set_clock(ahead)
    assert running.refusal(session) == reason
    assert _held_for(session) == reason


def test_once_confirmed_the_new_time_is_the_time(session: Session, set_clock: SetClock) -> None:
    running = Guard(host_now=lambda: clock.now() - timedelta(hours=1))
    set_clock(0)
    Guard().keep()
    set_clock(-3600)
    assert running.refusal(session) == "clock_stepped_back"
    release.confirm()
    assert running.refusal(session) is None
    running.keep()
    assert _held_for(session) is None


def test_a_clock_set_back_while_nothing_ran_is_noticed(
    session: Session, set_clock: SetClock
) -> None:
    Guard().keep()
    set_clock(-60)
    Guard().keep()
    assert _held_for(session) == "clock_stepped_back"


@pytest.mark.parametrize(("apart", "refusal"), [(29, None), (31, "clock_differs")])
def test_clocks_apart_stop_sending_until_they_agree(
    session: Session, apart: float, refusal: str | None
) -> None:
    behind = timedelta(seconds=apart)
    here: list[Callable[[], datetime]] = [lambda: clock.now() - behind]
    judging = Guard(host_now=lambda: here[0]())
    assert judging.refusal(session) == refusal
    assert _held_for(session) is None
    here[0] = clock.now
    assert judging.refusal(session) is None


def test_readiness_says_whose_clock_is_wrong(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = Guard(host_now=lambda: clock.now() - timedelta(seconds=90))
    wrong.keep()
    monkeypatch.setattr(clock_readings, "guard", lambda: wrong)
    clock_readings.note(session, "dispatch@box")
    said = health.of_system()[health.DISPATCH]
    assert "dispatch@box" in said
    assert "90 s apart" in said


def test_whatsapps_clock_counts_too(session: Session) -> None:
    date = clock.now() + timedelta(seconds=60)
    provider_clock.forget()
    provider_clock.listen(f"{date:%a, %d %b %Y %H:%M:%S} GMT")
    assert Guard().refusal(session) == "provider_clock_differs"
    provider_clock.forget()
    assert Guard().refusal(session) is None
    provider_clock.listen("yesterday, perhaps")
    assert provider_clock.ahead_s() is None


def test_a_database_that_went_back_is_held_until_confirmed(
    session: Session, outside: list[Tick]
) -> None:
    bench = make_bench(session)
    Guard().keep()
    now = clock.now()
    past, future = bench.send(), bench.send(due_at=now + timedelta(hours=1))
    lease, claimed = bench.acquire(), bench.send()
    bench.claim(lease, claimed)
    ended = bench.send()
    session.execute(
        update(Delivery)
        .where(Delivery.id == ended.id)
        .values(due_at=now - timedelta(days=1), expires_at=now - timedelta(hours=20))
    )
    outside.append(Tick(outside[0].epoch, 500))
    Guard().keep()
    assert _held_for(session) == "restored"
    assert account.open_account(session, lease) is None
    done = release.confirm()
    assert (done.unconfirmed, done.expired) == (2, 1)
    shown = [bench.status(delivery) for delivery in (past, claimed, ended, future)]
    assert shown == ["unconfirmed", "unconfirmed", "expired", "scheduled"]
    assert bench.attempts(past) == ["unconfirmed"]
    assert bench.attempts(ended) == []
    for delivery, status in zip((past, claimed, ended, future), shown, strict=True):
        assert bench.counts(delivery) == {status: 1}
    # The late memory of the time before no longer matters, and the new epoch is known.
    assert guard().refusal(session) is None
    assert _held_for(session) is None
    assert outside[-1].epoch != outside[0].epoch


def test_data_copied_elsewhere_are_held(session: Session, outside: list[Tick]) -> None:
    Guard().keep()
    session.execute(update(DispatchGuard).values(home="7000000000000000000/5"))
    Guard().keep()
    assert _held_for(session) == "other_database"


def test_an_occurrence_of_before_a_restore_opens_unsent(session: Session) -> None:
    bench = make_bench(session)
    schedule_id = _schedule(bench, recipient_ids=[str(bench.person.id)])
    occurrence = _occurrence(session, schedule_id)
    dispatch_guard.doubt(session, clock.now() + timedelta(seconds=60))
    expand.open_occurrence(occurrence.id)
    later = _schedule(bench, recipient_ids=[str(bench.person.id)])
    expand.open_occurrence(_occurrence(session, later).id)
    rows = session.execute(text("SELECT schedule_id, status FROM deliveries"))
    assert {row.schedule_id: row.status for row in rows} == {
        schedule_id: "unconfirmed",
        later: "scheduled",
    }


class _Wire:
    async def send(self, request: SendRequest) -> Answer:
        raise AssertionError("nothing may be sent")

    async def warm(self, connections: int) -> None:
        return


class _Host:
    """A process without a network: only the keeper's bookkeeping is looked at."""

    name = "worker-1"

    def __init__(self) -> None:
        self.stopping = asyncio.Event()

    def transport(self) -> Transport:
        return _Wire()

    async def in_thread(self, work: Callable[[], T]) -> T:
        return work()


@pytest.mark.parametrize("leap", [0, 3600])
def test_what_only_a_leap_makes_due_is_not_claimed(
    session: Session, set_clock: SetClock, leap: float
) -> None:
    bench = make_bench(session)
    soon = bench.send(due_at=clock.now() + timedelta(minutes=30))
    now = bench.send()
    opened = account.open_account(session, bench.acquire())
    assert opened is not None
    state = State(opened, _Host())
    set_clock(leap)
    jobs, _ = Keeper(state)._turn(session, Returned())
    assert [job.row.id for job in jobs] == ([] if leap else [now.id])
    assert state.over() is bool(leap)
    assert _held_for(session) == ("clock_leapt" if leap else None)
    assert bench.status(soon) == "scheduled"
