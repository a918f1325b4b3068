"""What keeper and marker of one drain share, and whom they deal with."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from app.domain.pacing import Pacer, PairLimits
from app.repositories.settlements import Settlement
from app.services.dispatch.backlog import Backlog
from app.services.dispatch.gate import Gate
from app.services.dispatch.jobs import Job
from app.services.dispatch.state import LIFE_S
from chaos.simulation.commits import Lease
from chaos.simulation.database import Database
from chaos.simulation.guard import Guard
from chaos.simulation.loop import Host
from chaos.simulation.provider import Provider
from chaos.simulation.rows import Sender

# Between two lines of code, and while a lock or an answer is waited for.
STEP_S, POLL_S = 0.002, 0.01


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Of one worker. ``pause_sender`` applies a stop order."""

    db: Database
    host: Host
    guard: Guard
    provider: Provider
    pause_sender: Callable[[Sender], None]


class State:
    """In the memory of one drain, lost with its process."""

    def __init__(self, around: Surroundings, sender: Sender, lease: Lease) -> None:
        self.around, self.db, self.sender = around, around.db, sender
        self.epoch, self.rung = lease.epoch, lease.rung
        now = self.now
        self.pacer = Pacer(sender.rate, now + max(0.0, lease.slot_in))
        self.pairs = PairLimits()
        for person_id, ago in around.provider.recent_pairs(sender, now).items():
            self.pairs.mark(person_id, now - ago)
        self.backlog = Backlog(Gate(self.pacer), self.pairs)
        self.returned: list[Settlement] = []
        self.open_rows: Counter[UUID] = Counter()
        self.sending = 0
        self.stopped = self.lost = False
        self.ends_at, self.renewed_at = now + LIFE_S, now

    @property
    def now(self) -> float:
        """The host's monotonic clock."""
        return self.db.loop.now

    def over(self) -> bool:
        """Whether nothing may be marked any more."""
        return self.stopped or self.lost or self.now >= self.ends_at

    def slot_in(self) -> float:
        """Seconds until the pace allows the next send."""
        return self.pacer.resume_at(self.now) - self.now

    def give_up(self, job: Job, wait_s: float = 0) -> None:
        """Let a claimed job go, unsent."""
        self.returned.append(job.unmarked("scheduled", wait_s=wait_s))
