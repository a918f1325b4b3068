"""Several merges and the settle at once, on real connections: no deadlock, no wrong sum."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, text
from sqlalchemy.orm import Session

from app.core import db, queue
from app.core.ids import new_id
from app.models.callbacks import InboundMessage, InboxItem
from app.models.deliveries import Attempt, Delivery, DeliveryCount, DeliveryEvent
from app.models.recipients import ConsentEvent, Recipient, ServiceWindow
from app.models.senders import Sender, SenderDrain
from app.models.workspaces import Workspace
from app.repositories import settlements
from app.repositories.settlements import Settlement
from app.services.webhooks import merge
from tests.factories import callbacks, deliveries, recipients, senders, workspaces
from tests.factories.deliveries import Sent

NUMBER = "106540352242922"
NOON = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=10)
PEOPLE = 60


@pytest.fixture
def under_way(stack: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Sent]]:
    """Deliveries of one occurrence on their way, committed."""
    monkeypatch.setattr(queue, "publish", lambda *_, **__: True)
    # Small batches, so that several merges have something to do.
    monkeypatch.setattr(merge, "_MOST", 3)
    with db._sessions()() as session:
        workspace_id = workspaces.workspace(session).id
        sender = senders.sender(session, workspace_id, phone_number_id=NUMBER)
        occurrence_id = new_id()
        people = [
            recipients.recipient(session, workspace_id, f"+1415555{n:04}") for n in range(PEOPLE)
        ]
        yield [
            deliveries.sending(session, sender, person, occurrence_id=occurrence_id)
            for person in people
        ]
        session.rollback()
    _clear(workspace_id)


def _clear(workspace_id: UUID) -> None:
    tables = (
        InboundMessage, Delivery, Attempt, DeliveryCount,
        DeliveryEvent, ConsentEvent, ServiceWindow, Recipient, SenderDrain, Sender,
    )  # fmt: skip
    with db.transaction() as session:
        session.execute(delete(InboxItem))
        for table in tables:
            session.execute(delete(table).where(table.workspace_id == workspace_id))
        session.execute(delete(Workspace).where(Workspace.id == workspace_id))


def test_merges_and_settles_side_by_side(under_way: list[Sent]) -> None:
    with db._sessions()() as session:
        _report(session, under_way)
    with ThreadPoolExecutor(4) as pool:
        work: list[Future[Any]] = [pool.submit(merge.run) for _ in range(3)]
        work += [pool.submit(_settle, under_way[at : at + 10]) for at in range(0, PEOPLE, 10)]
        work += [pool.submit(merge.run)]
        for one in work:
            one.result(timeout=60)
    with db.reading() as session:
        statuses = dict(_rows(session, "SELECT status, count(*) FROM deliveries GROUP BY 1"))
        counted = _rows(session, "SELECT status, sum(n) FROM delivery_counts GROUP BY 1")
        states = dict(_rows(session, "SELECT state, count(*) FROM webhook_inbox GROUP BY 1"))
        unsettled = _rows(
            session,
            "SELECT outcome, count(*) FROM attempts WHERE outcome <> 'accepted' GROUP BY 1",
        )
        opted_out = _rows(session, "SELECT consent_all, count(*) FROM recipients GROUP BY 1")
    assert statuses == {"read": PEOPLE}
    assert {status: n for status, n in counted if n} == statuses
    assert set(states) == {"merged"}
    assert unsettled == []
    assert opted_out == [("opted_out", PEOPLE)]


def _rows(session: Session, statement: str) -> list[tuple[str, int]]:
    return [(status, int(n)) for status, n in session.execute(text(statement))]


def _report(session: Session, under_way: list[Sent]) -> None:
    random = Random(7)
    stamp = str(int(NOON.timestamp()))
    items = [
        callbacks.status(sent, name, NOON, wamid=f"wamid.{n}", copy=copy)
        for n, sent in enumerate(under_way)
        for name in ("sent", "delivered", "read")
        for copy in range(2)
    ]
    letters = [
        {"from": f"1415555{n:04}", "id": f"wamid.in.{n}", "timestamp": stamp, "type": "text",
         "text": {"body": "stop"}}
        for n in range(PEOPLE)
    ]  # fmt: skip
    random.shuffle(items)
    random.shuffle(letters)
    bodies = [callbacks.body(NUMBER, statuses=items[at : at + 9]) for at in range(0, len(items), 9)]
    bodies += [callbacks.body(NUMBER, messages=letters[at : at + 7]) for at in range(0, PEOPLE, 7)]
    random.shuffle(bodies)
    callbacks.store(session, *bodies)


def _settle(some: list[Sent]) -> None:
    with db.transaction() as session:
        settlements.settle(
            session,
            [
                Settlement(
                    occurrence_id=sent.attempt.occurrence_id,
                    delivery_id=sent.attempt.delivery_id,
                    claim_id=sent.attempt.claim_id,
                    becomes="accepted",
                    attempt_id=sent.attempt.id,
                    outcome="accepted",
                    wamid="wamid.settled",
                )
                for sent in some
            ],
        )
