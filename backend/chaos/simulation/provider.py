"""WhatsApp: accepts or not, answers or not, and reports later, twice, in any order or never."""

import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from app.domain.send_timing import TIMING
from app.domain.status_merge import PRECEDENCE, Fact, reported
from app.integrations.whatsapp.answers import Accepted, Ambiguous, Answer, NotSent, Refused
from app.integrations.whatsapp.errors import MetaError
from chaos.evidence import Request
from chaos.simulation.database import Database
from chaos.simulation.rows import Delivery, Sender

# What a request comes to, by weight: see ``_receive``.
_FATES = {
    "accepted": 900, "refused": 40, "unreachable": 10, "silence": 12, "lost": 6,
    "reset": 10, "reset before": 6, "html": 6, "overtaken": 4,
}  # fmt: skip
# The last pauses the sender.
_CODES = (130429,) * 8 + (131000,) * 6 + (131056,) * 6 + (131026,) * 4 + (190,)
_DESTINIES = {"read": 60, "delivered": 25, "sent": 6, "silent": 5, "failed": 8}
_REPORTS: dict[str, tuple[str, ...]] = {
    "read": ("sent", "delivered", "read"), "delivered": ("sent", "delivered"), "sent": ("sent",),
    "silent": (), "failed": ("sent", "failed"), "after all": ("sent", "failed", "delivered"),
}  # fmt: skip
_ACCEPTING = frozenset({"accepted", "silence", "reset", "html", "overtaken"})
_LOST, _TWICE, _LATE, _ARRIVES_AFTER_ALL = 0.05, 0.2, 0.2, 0.2


@dataclass(frozen=True, slots=True)
class Report:
    """One status of a callback; a failure doesn't carry our id, as far as anybody has seen."""

    fact: Fact
    at: float
    wamid: str
    attempt: UUID | None


class Provider:
    """``hear`` takes a report in, as the API does."""

    def __init__(self, db: Database, chance: random.Random, hear: Callable[[Report], None]) -> None:
        self.requests: list[Request] = []
        self.reports_under_way = 0
        self._db, self._chance, self._hear = db, chance, hear
        self._fates = list(_FATES), list(_cumulated(_FATES))
        self._destinies = list(_DESTINIES), list(_cumulated(_DESTINIES))
        self._pairs: dict[UUID, dict[UUID, float]] = defaultdict(dict)

    def recent_pairs(self, sender: Sender, now: float) -> dict[UUID, float]:
        """Recipients this sender wrote to in the last minute -> seconds since."""
        pairs = self._pairs[sender.id]
        recent = {person: now - at for person, at in pairs.items() if now - at < 60}
        self._pairs[sender.id] = {person: now - ago for person, ago in recent.items()}
        return recent

    def post(self, delivery: Delivery, attempt: UUID, now: float) -> tuple[Answer, float]:
        """What the sender of a request gets to know, and after how many seconds."""
        fate = self._chance.choices(self._fates[0], cum_weights=self._fates[1])[0]
        self._pairs[delivery.lane.sender.id][delivery.person.id] = now
        answer_in = self._chance.uniform(0.02, 0.2)
        if fate == "unreachable":
            return NotSent("refused"), answer_in
        if fate == "overtaken":
            # It arrives when its sender has long given it up.
            late = self._chance.uniform(TIMING.read_s, 90.0)
            self._db.loop.after(late, partial(self._arrive, delivery, attempt, fate))
        else:
            wamid = self._receive(delivery, attempt, fate)
            if fate == "accepted":
                return Accepted(wamid, None, None), answer_in
            if fate == "refused":
                code = self.requests[-1].error_code or 0
                return Refused(MetaError(code, None, "", "", None, False, 400)), answer_in
        waits = fate in ("silence", "lost", "overtaken")
        return Ambiguous(fate), TIMING.read_s if waits else answer_in

    def _arrive(self, delivery: Delivery, attempt: UUID, fate: str) -> None:
        self._receive(delivery, attempt, fate)

    def _receive(self, delivery: Delivery, attempt: UUID, fate: str) -> str:
        accepted = fate in _ACCEPTING
        wamid = f"wamid.{len(self.requests)}"
        told: list[str] = self._plan_reports(attempt, wamid) if accepted else []
        code = self._chance.choice(_CODES) if fate == "refused" else None
        self.requests.append(
            Request(
                received_at=self._db.loop.now,
                outcome="accepted" if accepted else "refused" if code else "dropped",
                delivery=str(delivery.id),
                attempt=str(attempt),
                http_status=200 if accepted else 400,
                error_code=code,
                fault=None if fate == "accepted" else fate,
                destiny=_shown(told),
                wamid=wamid if accepted else None,
            )
        )
        return wamid

    def _plan_reports(self, attempt: UUID, wamid: str) -> list[str]:
        chance = self._chance
        destiny = chance.choices(self._destinies[0], cum_weights=self._destinies[1])[0]
        if destiny == "failed" and chance.random() < _ARRIVES_AFTER_ALL:
            destiny = "after all"
        told = [kind for kind in _REPORTS[destiny] if chance.random() >= _LOST]
        happened = self._db.loop.now
        for kind in told:
            happened += chance.uniform(0.0, 1.0)
            fact = reported(kind)
            if fact is None:
                continue
            report = Report(fact, happened, wamid, None if kind == "failed" else attempt)
            for _ in range(3 if chance.random() < _TWICE else 1):
                # Later than every time-out, so that nothing is settled by luck.
                late = chance.uniform(90, 400) if chance.random() < _LATE else chance.random()
                self.reports_under_way += 1
                self._db.loop.at(happened + late, partial(self._tell, report))
        return told

    def _tell(self, report: Report) -> None:
        self.reports_under_way -= 1
        self._hear(report)


def _shown(told: list[str]) -> str:
    return next((fact.value for fact in PRECEDENCE if fact.value in told), "silent")


def _cumulated(weights: dict[str, int]) -> list[int]:
    sums: list[int] = []
    for weight in weights.values():
        sums.append((sums[-1] if sums else 0) + weight)
    return sums
