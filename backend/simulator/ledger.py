"""The ledger: every POST /messages that arrived, in order, refused ones included.

Tests judge exactly-once by it, so a row is written for what happened here, not for what the
sender was told.
"""

import json
from collections import Counter
from dataclasses import dataclass, fields
from typing import Any, Literal

from simulator.behaviours import Reach
from simulator.journal import Journal
from simulator.watch import Watch

Outcome = Literal["accepted", "held", "refused", "dropped", "noted"]


@dataclass(slots=True)
class Entry:
    """One request.

    ``received_at`` epoch seconds when it arrived, as the kernel saw it; ``http_status`` 0 when
    no answer left whole; ``outcome`` dropped: it vanished before acceptance, noted: a read
    receipt.
    ``destiny`` and ``destiny_code``: the furthest status this message will get; None when not
    accepted or still held.
    """

    seq: int
    received_at: float
    connection_id: int
    phone_number_id: str
    to: str | None = None
    wa_id: str | None = None
    type: str | None = None
    template: str | None = None
    opaque: str | None = None
    wamid: str | None = None
    outcome: Outcome = "refused"
    http_status: int = 0
    error_code: int | None = None
    fault: str | None = None
    destiny: Reach | None = None
    destiny_code: int | None = None
    body: Any = None

    @property
    def accepted(self) -> bool:
        return self.outcome in ("accepted", "held")

    def as_json(self) -> dict[str, Any]:
        # dataclasses.asdict copies deeply, which costs more than the request itself.
        return {name: getattr(self, name) for name in _NAMES}


_NAMES = tuple(field.name for field in fields(Entry))


class Ledger:
    """Append-only; kept in memory, copied to the journal."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.entries = [Entry(**json.loads(body)) for body in journal.ledger_rows()]
        self._watch = Watch()

    def open(self, received_at: float, connection_id: int, phone_number_id: str) -> Entry:
        """A new row; the caller fills it before giving the loop away."""
        entry = Entry(len(self.entries) + 1, received_at, connection_id, phone_number_id)
        self.entries.append(entry)
        self.save(entry)
        return entry

    def save(self, entry: Entry) -> None:
        self._journal.append(entry.seq, lambda: json.dumps(entry.as_json()))
        self._watch.notify()

    async def page(self, after: int, limit: int, wait_s: float = 0) -> list[Entry]:
        """Rows after ``after``; with ``wait_s`` waits that long for the first."""
        if wait_s:
            await self._watch.until(lambda: len(self.entries) > after, wait_s)
        return self.entries[after : after + limit]

    def clear(self) -> None:
        self.entries.clear()

    def summary(self) -> dict[str, Any]:
        """Counts over all rows; ``accepted_twice`` lists opaque ids with two messages."""
        accepted = [e for e in self.entries if e.accepted]
        times = Counter(e.opaque for e in accepted if e.opaque is not None)
        seconds = Counter((e.phone_number_id, int(e.received_at)) for e in accepted)
        return {
            "requests": len(self.entries),
            "accepted": len(accepted),
            "by_outcome": Counter(e.outcome for e in self.entries),
            "by_error_code": Counter(str(e.error_code) for e in self.entries if e.error_code),
            "by_destiny": Counter(e.destiny for e in accepted if e.destiny),
            "distinct_opaque": len(times),
            "accepted_twice": sorted(opaque for opaque, n in times.items() if n > 1),
            "peak_per_second": max(seconds.values(), default=0),
            "first_at": self.entries[0].received_at if self.entries else None,
            "last_at": self.entries[-1].received_at if self.entries else None,
        }
