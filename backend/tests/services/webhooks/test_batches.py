"""Whole batches: any order and copies, bodies that can't be merged, the cost."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import reduce
from random import Random
from typing import Any

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.orm import Session

from app.core.ids import new_id
from app.domain import status_merge
from app.domain.states import DeliveryStatus
from app.domain.status_merge import Event, Fact, Facts
from app.models.callbacks import InboxItem, UnmatchedStatus
from app.models.deliveries import DeliveryEvent
from app.models.senders import Sender
from app.services.webhooks import merge, statuses
from tests.factories import callbacks, deliveries, recipients
from tests.factories.deliveries import Sent
from tests.services.webhooks.rows import NOON, NUMBER, shown


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
