"""The rows, as far as the protocol reads or writes them. Times are epoch seconds."""

from collections import Counter
from dataclasses import dataclass, field
from uuid import UUID

from app.domain.status_merge import Facts


@dataclass(slots=True, eq=False)
class Sender:
    """A business number with its lease, a row of ``sender_drains``."""

    id: UUID
    rate: int
    epoch: int = 0
    leased_until: float = 0.0
    next_slot: float = 0.0
    rung: int = 0
    lanes: list["Lane"] = field(default_factory=list)
    claims: dict[UUID, "Claim"] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Lane:
    """An open occurrence and its lane. ``due``: a heap of ``(at, n, delivery)``, stale ones too.

    ``readers`` and ``writer``: who holds the row's lock, shared or alone.
    """

    id: UUID
    schedule: UUID
    sender: Sender
    priority: int
    max_rate: int | None
    state: str = "runnable"
    sender_active: bool = True
    version: int = 1
    status: str = "running"
    deliveries: list["Delivery"] = field(default_factory=list)
    due: list[tuple[float, int, "Delivery"]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    readers: int = 0
    writer: object = None

    @property
    def stopped(self) -> str:
        """Its state as a mark sees it."""
        return self.state if self.sender_active else "sender"


@dataclass(slots=True, eq=False)
class Person:
    """A recipient."""

    id: UUID
    opted_out: bool = False
    readers: int = 0
    writer: object = None


@dataclass(slots=True, eq=False)
class Attempt:
    """A row of ``attempts``."""

    id: UUID
    delivery: "Delivery"
    worker: str
    epoch: int
    marked_at: float
    outcome: str | None = None
    settled_at: float | None = None
    wamid: str | None = None


@dataclass(slots=True, eq=False)
class Delivery:
    """A row of ``deliveries``; ``next_at`` is ``next_attempt_at``, None unless it is due."""

    id: UUID
    lane: Lane
    person: Person
    due_at: float
    expires_at: float
    status: str = "scheduled"
    reason: str | None = None
    next_at: float | None = None
    claim: "Claim | None" = None
    attempt: UUID | None = None
    marked_at: float = 0.0
    attempts: int = 0
    tries: int = 0
    facts: Facts = field(default_factory=Facts)
    wamid: str | None = None
    locked_by: object = None


@dataclass(slots=True, eq=False)
class Claim:
    """What a drain has taken."""

    id: UUID
    leased_until: float
    deliveries: list[Delivery]

    def holds(self) -> bool:
        """Whether a row is still in its hands."""
        return any(
            one.claim is self and one.status in ("scheduled", "sending") for one in self.deliveries
        )
