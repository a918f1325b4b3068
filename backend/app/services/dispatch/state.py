"""What keeper and marker of one drain share, all on one event loop."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable
from typing import Protocol, TypeVar
from uuid import UUID

from app.domain import stops
from app.domain.pacing import Pacer, PairLimits, climbed
from app.integrations.whatsapp.transport import Transport
from app.repositories.settlements import Settlement
from app.services.dispatch.account import Account
from app.services.dispatch.backlog import Backlog
from app.services.dispatch.gate import Gate
from app.services.dispatch.jobs import Job
from app.services.dispatch.settle import Returned
from app.services.dispatch.stop_orders import Order
from app.services.dispatch.warmth import Warmth

logger = logging.getLogger(__name__)

T = TypeVar("T")

LIFE_S = 30.0


class Host(Protocol):
    """What the process around a drain offers."""

    name: str
    stopping: asyncio.Event

    def transport(self) -> Transport:
        """The HTTP client of this event loop."""

    async def in_thread(self, work: Callable[[], T]) -> T:
        """Run blocking database work in the bounded pool."""


class State:
    """``look`` wakes the keeper, ``work`` the marker; ``stopped`` ends all marking.

    ``leased_until`` (monotonic) is when another may take the lease, unless it is renewed.
    """

    def __init__(self, account: Account, host: Host) -> None:
        self.account, self.host, self.lease = account, host, account.lease
        now = time.monotonic()
        self.pacer = _pacer(account, now)
        self.pairs = PairLimits()
        for recipient_id, (ago, count) in account.recent_pairs.items():
            self.pairs.mark(recipient_id, now - ago, count)
        self.gate = Gate(self.pacer)
        self.backlog = Backlog(self.gate, self.pairs)
        self.returned = Returned()
        self.warmth = Warmth(host.transport(), account.throughput_mps)
        self.open_rows: Counter[UUID] = Counter()  # of each claim, not settled yet
        self.sending: set[asyncio.Task[None]] = set()
        self.errands: set[asyncio.Task[None]] = set()
        self.look, self.work = asyncio.Event(), asyncio.Event()
        self.stopped = False
        self.lease_lost = False
        self.leased_until = account.leased_until
        self._ends_at = now + LIFE_S

    def over(self) -> bool:
        """Whether nothing may be marked any more."""
        late = time.monotonic() >= min(self._ends_at, self.leased_until)
        return self.stopped or self.lease_lost or late or self.host.stopping.is_set()

    def stop(self) -> None:
        """Mark nothing from now on; what is on the wire is still awaited."""
        self.stopped = True
        self.work.set()
        self.look.set()

    def share(self) -> float:
        """What part of the limit is used now, for a successor."""
        return self.pacer.share(time.monotonic())

    def slot_in(self) -> float:
        """Seconds until the pace allows the next send, for a successor."""
        now = time.monotonic()
        return self.pacer.resume_at(now) - now

    def settle_later(self, settlement: Settlement) -> None:
        """Hand a result to the keeper."""
        self.returned.settlements.append(settlement)

    def obey(self, order: Order) -> None:
        """Stop what must stop: at once here, in the database with the next settle."""
        self.returned.orders.append(order)
        if order.what in stops.OF_SENDERS:
            self.stop()
        elif order.occurrence_id is not None:
            for job in self.backlog.drop_lane(order.occurrence_id):
                self.give_up(job, wait_s=1)
        self.look.set()

    def bar(self, country: str) -> None:
        """Nothing more goes to this country: what waits is looked at again."""
        self.account.barred_countries.add(country)
        for job in self.backlog.drop_country(country):
            self.give_up(job)

    def behind(self, work: Callable[[], None]) -> None:
        """Do blocking work nobody waits for, and which the sweep does as well."""
        errand = asyncio.create_task(self._errand(work))
        self.errands.add(errand)
        errand.add_done_callback(self.errands.discard)

    async def _errand(self, work: Callable[[], None]) -> None:
        try:
            await self.host.in_thread(work)
        except Exception:
            logger.warning("an errand of a drain failed", exc_info=True)

    def give_up(self, job: Job, wait_s: float = 0) -> None:
        """Let a claimed job go, unsent."""
        self.settle_later(job.unmarked("scheduled", wait_s=wait_s))


def _pacer(account: Account, now: float) -> Pacer:
    """One that goes on as the drain before."""
    lease = account.lease
    share = climbed(lease.share, max(0.0, -lease.slot_in))
    pacer = Pacer(account.throughput_mps, now + max(0.0, lease.slot_in), share)
    if lease.braked_in > 0:
        pacer.pause(now + lease.braked_in)
    return pacer
