"""Callbacks: stored before WhatsApp is answered, merged in batches, kept if they find nothing."""

from dataclasses import dataclass, field
from functools import partial

from app.domain.states import DeliveryStatus
from app.domain.status_merge import Event, Fact, merge, shown_status
from chaos.simulation.database import Database, LostError, moment
from chaos.simulation.loop import Steps
from chaos.simulation.provider import Report
from chaos.simulation.rows import Attempt

_EVERY_S, _RETRY_S, _BATCH = 0.5, 30.0, 200


@dataclass
class Inbox:
    """``pending`` is stored and not merged; ``unmatched`` waits until something fits."""

    db: Database
    pending: list[Report] = field(default_factory=list)
    unmatched: list[Report] = field(default_factory=list)
    tried_at: float = 0.0

    def store(self, report: Report) -> None:
        """What the API commits before it answers 200."""
        self.pending.append(report)

    def merges(self) -> Steps:
        """The worker's part, for ever."""
        while True:
            yield _EVERY_S
            due = self.unmatched and self.db.loop.now - self.tried_at >= _RETRY_S
            if not self.pending and not due:
                continue
            batch = self.pending[:_BATCH]
            if any(self._is_locked(report) for report in batch):
                continue
            try:
                self.db.commit(partial(self._merge, batch))
            except LostError:
                continue

    def retry(self) -> None:
        """As if the half minute were over."""
        self.tried_at = -_RETRY_S

    def _is_locked(self, report: Report) -> bool:
        attempt = self._find(report)
        return attempt is not None and attempt.delivery.locked_by is not None

    def _find(self, report: Report) -> Attempt | None:
        if report.attempt is not None:
            return self.db.attempts.get(report.attempt)
        return self.db.by_wamid.get(report.wamid)

    def _merge(self, batch: list[Report]) -> None:
        again: list[Report] = []
        if self.db.loop.now - self.tried_at >= _RETRY_S:
            again, self.unmatched, self.tried_at = self.unmatched, [], self.db.loop.now
        del self.pending[: len(batch)]
        for report in (*batch, *again):
            attempt = self._find(report)
            if attempt is not None:
                self._merge_one(attempt, report)
            elif self.db.rules.unmatched_kept:
                self.unmatched.append(report)

    def _merge_one(self, attempt: Attempt, report: Report) -> None:
        db, delivery = self.db, attempt.delivery
        counts = attempt.outcome not in ("refused", "not_sent") or report.fact is not Fact.FAILED
        if attempt.outcome in (None, "unconfirmed"):
            db.close(attempt, "accepted", report.wamid)
        elif attempt.wamid is None:
            db.close(attempt, attempt.outcome, report.wamid)
        if not counts:
            return
        if delivery.attempt == attempt.id:
            delivery.wamid = delivery.wamid or report.wamid
        delivery.facts = merge(delivery.facts, Event(report.fact, moment(report.at)))
        becomes = shown_status(delivery.facts, DeliveryStatus(delivery.status))
        if not db.rules.facts_grow:
            becomes = DeliveryStatus(report.fact.value)
        if delivery.status == "scheduled" and becomes != "scheduled":
            delivery.claim = delivery.next_at = None
        db.move(delivery, becomes.value)
