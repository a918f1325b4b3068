"""Merging statuses on real PostgreSQL, against the pure function."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import reduce
from random import Random
from typing import Any

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.orm import Session

from app.core import queue
from app.core.ids import new_id
from app.domain import status_merge
from app.domain.states import DeliveryStatus
from app.domain.status_merge import Event, Fact, Facts
from app.models.callbacks import InboxItem, UnmatchedStatus
from app.models.deliveries import Attempt, Delivery, DeliveryCount, DeliveryEvent, StopOrder
from app.models.recipients import Recipient
from app.models.senders import Sender
from app.services.webhooks import merge, statuses, unmatched
from tests.factories import callbacks, deliveries, recipients, senders, workspaces
from tests.factories.deliveries import Sent

NOON = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=10)
NUMBER = "106540352242922"


@pytest.fixture(autouse=True)
def rung(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Doorbells given, in place of the broker."""
    given: list[str] = []
    monkeypatch.setattr(queue, "publish", lambda task, *_, **__: given.append(task))
    return given


@pytest.fixture
def sender(session: Session) -> Sender:
    return senders.sender(session, workspaces.workspace(session).id, phone_number_id=NUMBER)


@pytest.fixture
def ana(session: Session, sender: Sender) -> Recipient:
    return recipients.recipient(session, sender.workspace_id, "+14155550123")


@pytest.fixture
def sent(session: Session, sender: Sender, ana: Recipient) -> Sent:
    return deliveries.sending(session, sender, ana)


@pytest.fixture
def take(session: Session) -> Callable[..., None]:
    """Merge statuses, one body each."""

    def merged(*items: dict[str, Any]) -> None:
        callbacks.store(session, *(callbacks.body(NUMBER, statuses=[item]) for item in items))
        merge.run()
        session.expire_all()

    return merged


@pytest.fixture
def statements(session: Session) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_c: Any, _k: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE")):
            seen.append(statement)

    engine = session.get_bind().engine
    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def counted(session: Session) -> dict[str, int]:
    rows = session.execute(
        select(DeliveryCount.status, func.sum(DeliveryCount.n)).group_by(DeliveryCount.status)
    )
    return {status: int(n) for status, n in rows if n}


def events(session: Session) -> list[str]:
    return sorted(session.scalars(select(DeliveryEvent.event)))


def shown(session: Session, sent: Sent) -> Delivery:
    session.expire_all()
    return session.get_one(Delivery, (sent.delivery.occurrence_id, sent.delivery.id))


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
        (131042, "payment_problem", "sender_paused"),
        (132015, "template_unavailable", "occurrence_held"),
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
        assert (order.occurrence_id is not None) == (order.what == "occurrence_held")


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


def test_any_order_and_any_copies_give_the_row_of_the_pure_function(
    session: Session, sender: Sender
) -> None:
    """Random reports in random batches; every permutation must end as the pure function says."""
    random = Random(20261124)
    for round_ in range(12):
        person = recipients.recipient(session, sender.workspace_id, f"+1415555{round_:04}")
        occurrence_id = new_id()
        several = [
            deliveries.sending(
                session,
                sender,
                recipients.recipient(session, sender.workspace_id, f"+1415556{round_:02}{n:02}")
                if n
                else person,
                occurrence_id=occurrence_id,
                status=random.choice(["sending", "unconfirmed"]),
                outcome=random.choice([None, "unconfirmed"]),
            )
            for n in range(4)
        ]
        bases = {id(one): DeliveryStatus(one.delivery.status) for one in several}
        given = [_random_report(random, random.choice(several)) for _ in range(14)]
        copies = given + random.sample(given, 6)
        random.shuffle(copies)
        _merge_in_pieces(session, random, copies)
        session.expire_all()
        for one in several:
            _check(session, one, bases[id(one)], [e for about, e, _ in given if about is one])
        distinct = {(id(about), json.dumps(item, sort_keys=True)) for about, _, item in given}
        noted = session.scalars(
            select(DeliveryEvent.event).where(DeliveryEvent.occurrence_id == occurrence_id)
        ).all()
        # The wamid is in the detail, so copies under another form count as reports of their own.
        assert len(noted) == len(distinct)
        sums = session.execute(
            text(
                "SELECT status, sum(n) FROM delivery_counts WHERE occurrence_id = :id"
                " GROUP BY status HAVING sum(n) <> 0 ORDER BY status"
            ),
            {"id": occurrence_id},
        ).all()
        grouped = session.execute(
            text(
                "SELECT status, count(*) FROM deliveries WHERE occurrence_id = :id"
                " GROUP BY status ORDER BY status"
            ),
            {"id": occurrence_id},
        ).all()
        assert [(s, int(n)) for s, n in sums] == [(s, int(n)) for s, n in grouped]


def _random_report(random: Random, about: Sent) -> tuple[Sent, Event, dict[str, Any]]:
    fact = random.choice([Fact.SENT, Fact.DELIVERED, Fact.READ, Fact.FAILED])
    at = NOON + timedelta(seconds=random.randrange(4))
    code = random.choice([131026, 131047, 131049]) if fact is Fact.FAILED else None
    item = callbacks.status(about, fact.value, at, code=code)
    return about, Event(fact, at, frozenset({code}) if code else frozenset()), item


def _merge_in_pieces(session: Session, random: Random, copies: list[Any]) -> None:
    while copies:
        size = random.randrange(1, 8)
        piece, copies = copies[:size], copies[size:]
        callbacks.store(session, callbacks.body(NUMBER, statuses=[item for *_, item in piece]))
        merge.run()


def _check(session: Session, one: Sent, base: DeliveryStatus, reported: list[Event]) -> None:
    expected = reduce(status_merge.merge, reported, Facts())
    row = shown(session, one)
    found = Facts(
        row.accepted_at,
        row.sent_at,
        row.delivered_at,
        row.read_at,
        row.failed_at,
        frozenset(error["code"] for error in row.errors or ()),
    )
    assert found == expected
    assert row.status == status_merge.shown_status(expected, base)
    assert (row.reason is not None) == (row.status == "failed")


def test_three_statuses_among_a_thousand_cost_no_more_statements(
    session: Session, sent: Sent, statements: list[str]
) -> None:
    def run(items: list[dict[str, Any]]) -> int:
        callbacks.store(session, callbacks.body(NUMBER, statuses=items))
        statements.clear()
        merge.run()
        return len(statements)

    known = [callbacks.status(sent, name, NOON) for name in ("sent", "delivered", "read")]
    few = run([*known, callbacks.status(None, "sent", NOON, wamid="wamid.other")])
    many = [
        callbacks.status(None, "sent", NOON, wamid=f"wamid.{n}", recipient_id="14155550123")
        for n in range(997)
    ]
    later = [callbacks.status(sent, "sent", NOON - timedelta(seconds=n)) for n in (1, 2, 3)]
    assert run([*later, *many]) <= few + 1  # senders are known: one look-up by number and person
    assert shown(session, sent).sent_at == NOON - timedelta(seconds=3)
    assert session.scalar(select(func.count()).select_from(UnmatchedStatus)) == 998


def test_matched_by_wamid_and_a_form_of_the_number(
    session: Session, sender: Sender, take: Any
) -> None:
    diego = recipients.recipient(session, sender.workspace_id, "+525512345678")
    sent = deliveries.sending(session, sender, diego, wamid="wamid.MX", outcome="accepted")
    take(callbacks.status(None, "read", NOON, wamid="wamid.MX", recipient_id="5215512345678"))
    assert shown(session, sent).status == "read"


def test_matched_by_user_id(session: Session, sender: Sender, take: Any) -> None:
    eve = recipients.recipient(
        session, sender.workspace_id, "+14155550999", whatsapp_user_id="US.9"
    )
    sent = deliveries.sending(session, sender, eve, wamid="wamid.U", outcome="accepted")
    take(callbacks.status(None, "read", NOON, wamid="wamid.U", recipient_user_id="US.9"))
    assert shown(session, sent).status == "read"


def test_unmatched_is_kept_and_matched_later(
    session: Session, sender: Sender, ana: Recipient, take: Any
) -> None:
    item = callbacks.status(None, "delivered", NOON, wamid="wamid.L", recipient_id="14155550123")
    take(item)
    take(item | {})  # an exact copy of the body: stored once
    kept = session.scalars(select(UnmatchedStatus)).one()
    assert (kept.wamid, kept.tries) == ("wamid.L", 0)
    sent = deliveries.sending(session, sender, ana, wamid="wamid.L", outcome="accepted")
    assert unmatched.retry() == 0  # not yet due
    session.execute(text("UPDATE unmatched_statuses SET next_try_at = clock_timestamp()"))
    session.commit()
    assert unmatched.retry() == 1
    assert shown(session, sent).status == "delivered"
    assert session.scalars(select(UnmatchedStatus)).all() == []


def test_tries_come_further_apart_and_end(session: Session, sender: Sender, take: Any) -> None:
    take(callbacks.status(None, "delivered", NOON, wamid="wamid.?", recipient_id="14155550123"))
    waits = []
    for _ in range(9):
        session.execute(text("UPDATE unmatched_statuses SET next_try_at = clock_timestamp()"))
        session.commit()
        unmatched.retry()
        waits.append(
            session.execute(
                text(
                    "SELECT round(extract(epoch FROM next_try_at - clock_timestamp()))"
                    " FROM unmatched_statuses"
                )
            ).scalar_one()
        )
    assert waits[:3] == [60, 120, 240]
    assert waits[-1] == 3600
    session.execute(
        text(
            "UPDATE unmatched_statuses SET next_try_at = clock_timestamp(),"
            " first_seen_at = clock_timestamp() - interval '9 days'"
        )
    )
    session.commit()
    unmatched.retry()
    session.expire_all()
    assert session.scalars(select(UnmatchedStatus)).one().next_try_at is None


@pytest.mark.parametrize("open_attempts", [1, 2])
def test_a_failure_without_our_id_is_inferred_only_when_sure(
    session: Session, sender: Sender, ana: Recipient, take: Any, open_attempts: int
) -> None:
    doubted = [
        deliveries.sending(session, sender, ana, status="unconfirmed", outcome="unconfirmed")
        for _ in range(open_attempts)
    ]
    at = datetime.now(UTC)
    take(callbacks.status(None, "failed", at, code=131026, recipient_id="14155550123"))
    becomes = {shown(session, one).status for one in doubted}
    assert becomes == ({"failed"} if open_attempts == 1 else {"unconfirmed"})
    if open_attempts == 1:
        noted = session.scalars(select(DeliveryEvent)).one()
        assert noted.detail is not None
        assert noted.detail["inferred"] is True


def test_a_forged_id_of_ours_is_no_match(session: Session, sent: Sent, take: Any) -> None:
    forged = sent.opaque[:-1] + ("A" if sent.opaque[-1] != "A" else "B")
    take(callbacks.status(None, "read", NOON, biz_opaque_callback_data=forged))
    assert shown(session, sent).status == "sending"


def test_what_is_not_json_is_set_aside(session: Session, sent: Sent) -> None:
    good = callbacks.body(NUMBER, statuses=[callbacks.status(sent, "sent", NOON)])
    callbacks.store(session, b"not json", good, b"[" * 100_000, b'{"object":"page"}')
    assert merge.has_pending(session)
    merge.run()
    session.expire_all()
    states = {bytes(i.body)[:8]: (i.state, i.error) for i in session.scalars(select(InboxItem))}
    assert states[b"not json"] == ("quarantined", "not JSON")
    assert states[b"[[[[[[[["][0] == "quarantined"
    assert states[good[:8]][0] == "merged"
    assert states[b'{"object'][0] == "merged"
    assert not merge.has_pending(session)
    assert shown(session, sent).status == "sent"


def test_poison_is_set_aside_alone(
    session: Session, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = statuses.seen

    def choke(event: Any, received_at: datetime) -> Any:
        if event.wamid == "wamid.poison":
            raise ValueError("can't be digested")
        return reading(event, received_at)

    monkeypatch.setattr(statuses, "seen", choke)
    bad = callbacks.body(
        NUMBER, statuses=[callbacks.status(None, "sent", NOON, wamid="wamid.poison")]
    )
    good = callbacks.body(NUMBER, statuses=[callbacks.status(sent, "sent", NOON)])
    callbacks.store(session, bad, good)
    merge.run()
    session.expire_all()
    states = {bytes(i.body) == bad: i.state for i in session.scalars(select(InboxItem))}
    assert states == {True: "quarantined", False: "merged"}
    assert shown(session, sent).status == "sent"


@pytest.mark.parametrize(
    "odd",
    [
        {"id": "w" * 5000},
        {"timestamp": "0"},
        {"timestamp": None},
        {"errors": [{"code": 10**12}]},
        {"errors": [{"code": -5, "title": "\x00"}]},
        {"pricing": {"type": 7, "category": ["x"]}},
        {"recipient_id": "not a number \x00"},
    ],
)
def test_odd_statuses_hold_up_nothing(session: Session, sent: Sent, take: Any, odd: Any) -> None:
    failed = callbacks.status(sent, "failed", NOON, code=1) | odd
    other = callbacks.status(None, "failed", NOON, wamid="wamid.B", recipient_id="1") | odd
    take(failed, other, callbacks.status(sent, "read", NOON))
    assert shown(session, sent).status == "read"
    assert {item.state for item in session.scalars(select(InboxItem))} == {"merged"}
