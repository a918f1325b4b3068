"""The tables, their history in the order of commits, and transactions that hold locks.

A commit is one instant. Its answer may be lost, before it was done or after; a crash rolls back
whatever is open.
"""

import heapq
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import TypeVar
from uuid import UUID

from app.domain.states import DELIVERY_MOVES, DeliveryStatus
from chaos.evidence import Change
from chaos.simulation.loop import Host, Loop
from chaos.simulation.rows import Attempt, Delivery, Lane, Person, Sender
from chaos.simulation.rules import Rules

T = TypeVar("T")
# What PostgreSQL is told of transactions that sit idle.
_IDLE_TRANSACTION_S = 60.0


class LostError(Exception):
    """The connection broke: nobody knows whether it was committed."""


class Database:
    """``offset``: seconds its clock is wrong. ``cut``: how likely a commit's answer is lost."""

    def __init__(self, loop: Loop, rules: Rules) -> None:
        self.loop, self.rules = loop, rules
        self.offset = 0.0
        self.cut = 0.0
        self.down_until = 0.0
        self.senders: list[Sender] = []
        self.deliveries: dict[UUID, Delivery] = {}
        self.attempts: dict[UUID, Attempt] = {}
        self.by_wamid: dict[str, Attempt] = {}
        self.history: list[Change] = []
        self.unknown_moves: set[tuple[str, str]] = set()
        self.held_for: str | None = None
        self.high_water: datetime | None = None
        self._open: set[Transaction] = set()
        self._pushed = self._begun = 0
        self._ids = 0

    @property
    def now(self) -> float:
        """``clock_timestamp()``."""
        return self.loop.now + self.offset

    def new_id(self) -> UUID:
        """The next id."""
        self._ids += 1
        return UUID(int=self._ids)

    def lanes(self) -> list[Lane]:
        """Of all senders."""
        return [lane for sender in self.senders for lane in sender.lanes]

    def commit(self, work: Callable[[], T]) -> T:
        """Do ``work`` in one transaction; raises LostError when the connection breaks."""
        drawn = self.loop.chance.random()
        if drawn < self.cut or self.loop.now < self.down_until:
            raise LostError
        result = work()
        if drawn < 2 * self.cut:
            raise LostError
        return result

    def begin(self, host: Host) -> "Transaction":
        """A transaction that stays open for a while."""
        self._begun += 1
        transaction = Transaction(self, host, self._begun)
        self._open.add(transaction)
        host.at_death.append(transaction.end)
        self.loop.after(_IDLE_TRANSACTION_S, transaction.end)
        return transaction

    def forget(self, transaction: "Transaction") -> None:
        """It has ended."""
        self._open.discard(transaction)

    def crash(self, seconds: float) -> None:
        """Every open transaction is rolled back, and nothing is committed for so long."""
        self.down_until = self.loop.now + seconds
        for transaction in sorted(self._open, key=lambda one: one.number):
            transaction.end()

    def note(self, kind: str, subject: UUID, lane: Lane | None, **more: str | None) -> None:
        """What the history's triggers write."""
        occurrence = str(lane.id) if lane else None
        number = len(self.history) + 1
        self.history.append(Change(number, kind, str(subject), self.loop.now, occurrence, **more))

    def move(self, delivery: Delivery, status: str, *, counted: bool = True) -> None:
        """Change a delivery's status."""
        before = delivery.status
        if before == status:
            return
        if DeliveryStatus(status) not in DELIVERY_MOVES[DeliveryStatus(before)]:
            self.unknown_moves.add((before, status))
        delivery.status = status
        self.note("status", delivery.id, delivery.lane, before=before, after=status,
                  attempt=str(delivery.attempt))  # fmt: skip
        if counted:
            delivery.lane.counts[before] -= 1
            delivery.lane.counts[status] += 1

    def make_due(self, delivery: Delivery, at: float) -> None:
        """Have a delivery found by claims from then on."""
        delivery.next_at = at
        self._pushed += 1
        heapq.heappush(delivery.lane.due, (at, self._pushed, delivery))

    def close(self, attempt: Attempt, outcome: str | None, wamid: str | None = None) -> None:
        """Write what came of an attempt."""
        if outcome != attempt.outcome:
            self.note("outcome", attempt.delivery.id, attempt.delivery.lane,
                      before=attempt.outcome, after=outcome, attempt=str(attempt.id))  # fmt: skip
        attempt.outcome = outcome
        attempt.settled_at = self.loop.now
        attempt.wamid = attempt.wamid or wamid
        if attempt.wamid:
            self.by_wamid[attempt.wamid] = attempt


class Transaction:
    """Holds locks until it ends; over when it was committed, rolled back or its host died."""

    def __init__(self, database: Database, host: Host, number: int) -> None:
        self.over = False
        self.number = number
        self._database, self._host = database, host
        self._read: list[Lane | Person] = []
        self._written: list[Lane | Person] = []
        self._deliveries: list[Delivery] = []

    def share(self, rows: Iterable[Lane | Person], deliveries: list[Delivery]) -> bool:
        """FOR SHARE, and alone on the deliveries; False when one has to wait, and nothing taken."""
        wanted = list(rows)
        if any(row.writer for row in wanted) or any(one.locked_by for one in deliveries):
            return False
        for row in wanted:
            row.readers += 1
        for one in deliveries:
            one.locked_by = self
        self._read, self._deliveries = wanted, deliveries
        return True

    def take(self, rows: list[Lane | Person]) -> bool:
        """For oneself; False when one has to wait, and nothing was taken."""
        if any(row.readers or row.writer for row in rows):
            return False
        for row in rows:
            row.writer = self
        self._written = rows
        return True

    def commit(self, work: Callable[[], None]) -> None:
        """Do ``work`` and let go; raises LostError when it was over or the connection breaks."""
        if self.over:
            raise LostError
        try:
            self._database.commit(work)
        finally:
            self.end()

    def end(self) -> None:
        """Let go of all locks."""
        if self.over:
            return
        self.over = True
        for row in self._read:
            row.readers -= 1
        for row in self._written:
            row.writer = None
        for one in self._deliveries:
            one.locked_by = None
        self._host.at_death.remove(self.end)
        self._database.forget(self)


def moment(at: float) -> datetime:
    """Epoch seconds as the product's functions want it."""
    return datetime.fromtimestamp(at, UTC)
