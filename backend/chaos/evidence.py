"""What a run left behind: the ledger, the database, what users did, and what was killed.

Plain values that can be written to a file and judged later; times are epoch seconds of the one
machine's clock, which is the database's clock too.
"""

import base64
import gzip
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Request:
    """One POST as the imitated API saw it. ``delivery`` and ``attempt`` by the opaque id."""

    received_at: float
    outcome: str
    delivery: str | None = None
    attempt: str | None = None
    http_status: int = 0
    error_code: int | None = None
    fault: str | None = None
    destiny: str | None = None
    wamid: str | None = None

    @property
    def accepted(self) -> bool:
        """Whether there is a message now."""
        return self.outcome in ("accepted", "held")


@dataclass(frozen=True, slots=True)
class Delivery:
    """A row of ``deliveries`` at the end."""

    id: str
    occurrence: str
    recipient: str
    sender: str
    status: str
    due_at: float
    expires_at: float
    reason: str | None = None
    wamid: str | None = None
    due: bool = False
    claimed: bool = False


@dataclass(frozen=True, slots=True)
class Attempt:
    """A row of ``attempts`` at the end; ``worker`` is ``host:pid``."""

    id: str
    delivery: str
    occurrence: str
    sender: str
    worker: str
    epoch: int
    marked_at: float
    outcome: str | None
    settled_at: float | None = None
    wamid: str | None = None
    superseded: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """A committed move, see history.py. ``kind``: status, mark, outcome, consent or lane."""

    id: int
    kind: str
    subject: str
    committed_at: float
    occurrence: str | None = None
    before: str | None = None
    after: str | None = None
    attempt: str | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """What a user did: ``cancel`` of a schedule or ``opt_out`` of a recipient.

    ``confirmed_at`` is when the API had answered that it is done; None when it never did.
    """

    kind: str
    subject: str
    asked_at: float
    confirmed_at: float | None


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A row of ``occurrences`` at the end."""

    id: str
    schedule: str
    status: str
    audience: int | None


@dataclass(frozen=True, slots=True)
class Death:
    """A killed process."""

    name: str
    pid: int
    at: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """All of it. ``counts``: occurrence -> status -> n; ``left_over``: what -> n."""

    requests: list[Request] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    history: list[Change] = field(default_factory=list)
    occurrences: list[Occurrence] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    deaths: list[Death] = field(default_factory=list)
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    left_over: dict[str, int] = field(default_factory=dict)
    planned: int = 0

    def save(self, file: Path) -> None:
        """Write it for a later look."""
        with gzip.open(file, "wt") as out:
            json.dump(asdict(self), out)

    @classmethod
    def load(cls, file: Path) -> "Evidence":
        """Read what ``save`` wrote."""
        with gzip.open(file, "rt") as source:
            raw: dict[str, Any] = json.load(source)
        rows: dict[str, Any] = {
            name: [kind(**row) for row in raw[name]] for name, kind in _KINDS.items()
        }
        rest: dict[str, Any] = {name: raw[name] for name in ("counts", "left_over", "planned")}
        return cls(**rows, **rest)


_KINDS: dict[str, Any] = {
    "requests": Request,
    "deliveries": Delivery,
    "attempts": Attempt,
    "history": Change,
    "occurrences": Occurrence,
    "acts": Act,
    "deaths": Death,
}


def request_of(row: Any) -> Request:
    """From a row of the simulator's ledger."""
    delivery, attempt = _ids(row["opaque"])
    return Request(
        row["received_at"], row["outcome"], delivery, attempt, row["http_status"],
        row["error_code"], row["fault"], row["destiny"], row["wamid"],
    )  # fmt: skip


def _ids(opaque: str | None) -> tuple[str | None, str | None]:
    # Read here once more, apart from the product: v1.<occurrence>.<delivery>.<attempt>.<mac>.
    words = (opaque or "").split(".")
    if len(words) != 5:
        return None, None
    _, delivery, attempt = (
        str(UUID(bytes=base64.urlsafe_b64decode(f"{word}=="))) for word in words[1:4]
    )
    return delivery, attempt
