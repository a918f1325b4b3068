"""The workers: dispatchers with drains and a patrol, one for sweeps and merges; all restarted."""

from collections.abc import Callable
from functools import partial

from chaos.simulation import commits
from chaos.simulation.database import Database, LostError
from chaos.simulation.drain import Keeper
from chaos.simulation.guard import Guard
from chaos.simulation.loop import Dangers, Host, Steps
from chaos.simulation.marker import Marker
from chaos.simulation.merging import Inbox
from chaos.simulation.provider import Provider
from chaos.simulation.rows import Lane, Sender
from chaos.simulation.state import POLL_S, STEP_S, State, Surroundings

_PATROL_S, _PATROL_AHEAD_S, _SWEEP_S, _SWEEP_AHEAD_S = 3.0, 4.0, 60.0, 180.0
_DOORBELL_LOST = 0.2


class Workers:
    """``deaths`` counts the killed, ``dangers`` are theirs from the next start on."""

    def __init__(
        self, db: Database, inbox: Inbox, pause_sender: Callable[[Sender], None], dangers: Dangers
    ) -> None:
        self.db, self.inbox, self.dangers = db, inbox, dangers
        self.provider: Provider
        self.deaths = 0
        self.hosts: list[Host] = []
        self._pause_sender, self._starts = pause_sender, 0

    def start(self, dispatchers: int, provider: Provider) -> None:
        """Start all."""
        self.provider = provider
        for number in range(dispatchers):
            self._begin(f"dispatch{number}", self._dispatch)
        self._begin("worker", self._sweep_and_merge)

    def calm(self) -> None:
        """Nobody dies or stops any more."""
        self.dangers = Dangers()
        for host in self.hosts:
            host.dangers, host.stopped_until = Dangers(), 0.0

    def ring(self, sender: Sender, delay: float = 0.0) -> None:
        """A doorbell: it may get lost, and whoever hears it looks."""
        dispatchers = [host for host in self.hosts if host.name.startswith("dispatch")]
        chance = self.db.loop.chance
        if dispatchers and chance.random() >= _DOORBELL_LOST:
            host = chance.choice(dispatchers)
            guard = Guard(self.db)
            self.db.loop.start(host, self._serve(host, guard, sender), delay)

    def _begin(self, role: str, work: Callable[[Host], None]) -> None:
        self._starts += 1
        host = Host(f"{role}:{self._starts}", self.dangers)
        self.hosts.append(host)
        host.at_death.append(partial(self._bury, host, role, work))
        work(host)

    def _bury(self, host: Host, role: str, work: Callable[[Host], None]) -> None:
        self.deaths += 1
        self.hosts.remove(host)
        restart_in = self.db.loop.chance.uniform(0.5, 15.0)
        self.db.loop.after(restart_in, partial(self._begin, role, work))

    def _dispatch(self, host: Host) -> None:
        self.db.loop.start(host, self._patrol(host), self.db.loop.chance.uniform(0, _PATROL_S))

    def _sweep_and_merge(self, host: Host) -> None:
        self.db.loop.start(host, self._sweeps())
        self.db.loop.start(host, self.inbox.merges())

    def _patrol(self, host: Host) -> Steps:
        guard = Guard(self.db)
        while True:
            for sender in self.db.senders:
                if sender.leased_until < self.db.now and self._is_forsaken(sender):
                    self.db.loop.start(host, self._serve(host, guard, sender))
            yield _PATROL_S

    def _is_forsaken(self, sender: Sender) -> bool:
        held = any(
            one.claim is claim and one.status == "scheduled"
            for claim in sender.claims.values() for one in claim.deliveries
        )  # fmt: skip
        return held or bool(commits.due_lanes(self.db, sender, _PATROL_AHEAD_S))

    def _serve(self, host: Host, guard: Guard, sender: Sender) -> Steps:
        try:
            lease = self.db.commit(lambda: commits.acquire(self.db, sender))
            yield STEP_S
            if lease is None:
                return
            if guard.refusal() is not None:
                commits.end(self.db, sender, lease.epoch, 0)
                return
            while commits.is_locked(list(sender.claims.values())):
                yield POLL_S
            self.db.commit(lambda: commits.recover(self.db, sender, all_of_sender=True))
            yield STEP_S
        except LostError:
            return
        around = Surroundings(self.db, host, guard, self.provider, self._pause_sender)
        state = State(around, sender, lease)
        self.db.loop.start(host, Marker(state).mark())
        yield from Keeper(state).keep()
        self.ring(sender)

    def _sweeps(self) -> Steps:
        guard = Guard(self.db)
        while True:
            yield self.db.loop.chance.uniform(0.9, 1.0) * _SWEEP_S
            guard.keep()
            for sender in self.db.senders:
                yield STEP_S
                if not commits.is_locked(list(sender.claims.values())):
                    commits.recover(self.db, sender, all_of_sender=False)
                for lane in sender.lanes:
                    yield STEP_S
                    self._turn_over(lane)
                if commits.due_lanes(self.db, sender, _SWEEP_AHEAD_S):
                    self.ring(sender)

    def _turn_over(self, lane: Lane) -> None:
        """Cancel what a cancelled lane still holds; complete what has nothing left to send."""
        cancelled = lane.state == "cancelled"
        for one in lane.deliveries if cancelled else ():
            if one.next_at is not None and one.locked_by is None:
                one.next_at, one.reason = None, "cancelled"
                self.db.move(one, "cancelled")
        if lane.status == "running" and not lane.counts["scheduled"] + lane.counts["sending"]:
            lane.status = "cancelled" if cancelled else "completed"
