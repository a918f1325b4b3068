"""A drain on one connection: a host without threads, and a wire that answers as told."""

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import TypeVar
from uuid import UUID

from sqlalchemy import func, update
from sqlalchemy.orm import Session

from app.integrations.whatsapp.answers import Accepted, Answer, NotSent
from app.integrations.whatsapp.transport import SendRequest
from app.models.deliveries import Delivery
from app.models.senders import SenderDrain
from app.repositories.settlements import Settlement
from app.services.dispatch import account
from app.services.dispatch.keeper import Keeper
from app.services.dispatch.marker import Marker
from app.services.dispatch.state import State
from tests.factories import recipients
from tests.services.dispatch.conftest import Bench

T = TypeVar("T")
_wamids, _phones = count(1), count(61000)


def accept(_: SendRequest) -> Answer:
    return Accepted(f"wamid.{next(_wamids)}", None, None)


@dataclass
class Wire:
    """``sent`` holds each request with its (monotonic) time; ``hold`` delays their answers,
    ``connecting`` their connections.

    Without ``begins`` no first byte leaves, as when every connection is waited for.
    """

    answer: Callable[[SendRequest], Answer] = accept
    sent: list[tuple[float, SendRequest]] = field(default_factory=list)
    warmed: list[tuple[float, int]] = field(default_factory=list)
    hold: asyncio.Event | None = None
    begins: bool = True
    connecting: asyncio.Event | None = None

    async def send(self, request: SendRequest) -> Answer:
        assert request.admit is not None
        assert request.on_begun is not None
        if self.connecting is not None:
            await self.connecting.wait()
        if self.begins and not await request.admit():
            return NotSent("no turn")
        self.sent.append((time.monotonic(), request))
        if self.begins:
            request.on_begun()
        if self.hold is not None:
            await self.hold.wait()
        return self.answer(request)

    async def warm(self, connections: int) -> None:
        self.warmed.append((time.monotonic(), connections))


@dataclass
class Desk:
    """A host whose blocking work is done at once: the test's connection is one."""

    wire: Wire = field(default_factory=Wire)
    name: str = "worker-1"
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    def transport(self) -> Wire:
        return self.wire

    async def in_thread(self, work: Callable[[], T]) -> T:
        return work()


def begin(bench: Bench, desk: Desk) -> State:
    """Acquire the sender's lease and make what keeper and marker share."""
    lease = account.ring_and_acquire(bench.session, bench.sender.id, desk.name)
    assert lease is not None
    opened = account.open_account(bench.session, lease)
    assert opened is not None
    return State(opened, desk)


def parts(bench: Bench, desk: Desk) -> tuple[State, Keeper, Marker]:
    state = begin(bench, desk)
    return state, Keeper(state), Marker(state)


def crowd(bench: Bench, size: int, due_at: datetime | None = None) -> list[Delivery]:
    """Direct sends to as many people."""
    return list(_crowd(bench, size, due_at))


def _crowd(bench: Bench, size: int, due_at: datetime | None) -> Iterator[Delivery]:
    workspace_id = bench.sender.workspace_id
    for _ in range(size):
        phone = f"+4420794{next(_phones)}"
        bench.person = recipients.recipient(bench.session, workspace_id, phone)
        yield bench.send(due_at)


def statuses(session: Session, deliveries: list[Delivery]) -> set[str]:
    session.expire_all()
    return {delivery.status for delivery in deliveries}


def given_back(bench: Bench, delivery: Delivery) -> Settlement:
    """What is settled of a delivery that was claimed and not marked."""
    return Settlement(delivery.occurrence_id, delivery.id, bench.claim_id, "scheduled")


def take_over(bench: Bench, owner: str) -> None:
    """Let the lease run out and another have it."""
    ran_out = {"leased_until": func.clock_timestamp() - timedelta(seconds=1)}
    bench.session.execute(update(SenderDrain).values(ran_out))
    assert free(bench, owner)


def free(bench: Bench, owner: str) -> UUID | None:
    """Whether another could take the lease: takes it."""
    lease = account.ring_and_acquire(bench.session, bench.sender.id, owner)
    return lease.sender_id if lease else None
