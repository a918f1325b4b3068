"""Updates waiting for the business's server, ordered by the moment they are due."""

import asyncio
import heapq
import json
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any, Literal

from simulator.clock import Clock
from simulator.journal import Journal
from simulator.watch import Watch
from simulator.world import World

Json = dict[str, Any]
Slot = Literal["statuses", "messages", "user_preferences", "value"]
_COLLECTION = "updates"


@dataclass(slots=True)
class Update:
    """One thing to report to one app. ``item`` is a status, a message, or a whole value."""

    id: int
    app_id: str
    waba_id: str
    phone_number_id: str | None
    field: str
    slot: Slot
    item: Json
    contact: Json | None
    created_at: float
    due_at: float
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class News:
    """What is to be reported, before it is known to whom."""

    waba_id: str
    phone_number_id: str | None
    field: str
    slot: Slot
    item: Json
    contact: Json | None = None
    after_s: float = 0


class Queue:
    """Kept in memory and in the journal; gone from both once acknowledged."""

    def __init__(self, journal: Journal, clock: Clock, world: World) -> None:
        self._journal, self._clock, self._world = journal, clock, world
        self.watch = Watch()
        self.changed = asyncio.Event()
        self.counts: Counter[str] = Counter()
        self.pending: dict[int, Update] = {}
        self._heap: list[tuple[float, int]] = []
        for body in journal.documents(_COLLECTION).values():
            self._place(Update(**json.loads(body)))
        self._last_id = max(self.pending, default=0)

    def publish(self, news: News) -> list[int]:
        """Queue it for every app subscribed to the account; returns the updates' ids."""
        waba = self._world.wabas.get(news.waba_id)
        return [self._add(news, app_id) for app_id in (waba.subscriptions if waba else ())]

    def _add(self, news: News, app_id: str) -> int:
        self._last_id += 1
        now = self._clock.now()
        update = Update(
            self._last_id, app_id, news.waba_id, news.phone_number_id, news.field, news.slot,
            news.item, news.contact, now, now + news.after_s,
        )  # fmt: skip
        self.counts["queued"] += 1
        self._place(update)
        self._store(update)
        return update.id

    def take_due(self, most: int, linger_s: float) -> list[Update]:
        """Up to ``most`` due updates of one app; they stay pending until acknowledged.

        Lingers until the oldest has waited ``linger_s`` or a full batch is due.
        """
        now = self._clock.now()
        if not self._heap or self._heap[0][0] > now:
            return []
        if linger_s and self._heap[0][0] > now - linger_s and self._count_due(now) < most:
            return []
        return self._pop_due(now, most)

    def next_due_at(self) -> float | None:
        return self._heap[0][0] if self._heap else None

    def acknowledge(self, updates: list[Update], outcome: Literal["acked", "lost"]) -> None:
        for update in updates:
            # One that was cleared while under way belongs to a life that is over.
            if self.pending.pop(update.id, None) is not None:
                self._journal.delete(_COLLECTION, str(update.id))
                self.counts[outcome] += 1
        self.watch.notify()

    def put_back(self, update: Update, due_at: float) -> None:
        """Try again at ``due_at``, unless it was cleared meanwhile."""
        if update.id in self.pending:
            update.due_at = due_at
            self._place(update)
            self._store(update)

    def hasten(self) -> int:
        """Make everything that waits due now: back-off and delays fast-forwarded."""
        now, waiting = self._clock.now(), len(self._heap)
        for _, update_id in self._heap:
            self.pending[update_id].due_at = now
        self._heap = [(now, update_id) for _, update_id in sorted(self._heap)]
        self.changed.set()
        return waiting

    def clear(self) -> None:
        for update_id in self.pending:
            self._journal.delete(_COLLECTION, str(update_id))
        self.pending.clear()
        self._heap.clear()
        self.counts = Counter()
        self.watch.notify()

    def _pop_due(self, now: float, most: int) -> list[Update]:
        taken: list[Update] = []
        others: list[tuple[float, int]] = []
        while self._heap and self._heap[0][0] <= now and len(taken) < most:
            item = heapq.heappop(self._heap)
            update = self.pending[item[1]]
            if taken and update.app_id != taken[0].app_id:
                others.append(item)
            else:
                taken.append(update)
        for item in others:
            heapq.heappush(self._heap, item)
        return taken

    def _count_due(self, now: float) -> int:
        return sum(due_at <= now for due_at, _ in self._heap)

    def _place(self, update: Update) -> None:
        self.pending[update.id] = update
        heapq.heappush(self._heap, (update.due_at, update.id))
        self.changed.set()

    def _store(self, update: Update) -> None:
        self._journal.put(_COLLECTION, str(update.id), lambda: json.dumps(asdict(update)))
