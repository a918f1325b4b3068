"""One simulated campaign from its seed to the evidence that the judge reads."""

import random
from dataclasses import dataclass
from functools import partial

from app.domain.clock_guard import STOP_S
from chaos import checker, evidence
from chaos.checker import Violation
from chaos.evidence import Evidence
from chaos.simulation.database import Database
from chaos.simulation.loop import Dangers, Host, Loop, Steps
from chaos.simulation.merging import Inbox
from chaos.simulation.provider import Provider, Report
from chaos.simulation.rows import Delivery, Lane, Person, Sender
from chaos.simulation.rules import Rules
from chaos.simulation.users import Users
from chaos.simulation.workers import Workers

_SENDERS, _DISPATCHERS = 3, 3
_RATES = (5, 10, 20, 40, 80)
_LEAPS = (-400.0, -25.0, 5.0, 25.0, 120.0, 400.0)
_DANGERS = Dangers(die=1 / 2500, stop=1 / 1200)
_GIVE_UP_S = 1500.0
# Most fall due close together; where the clock is set, some must lie behind any leap.
_SPAN_S, _SPAN_OF_LEAPS_S = 40.0, 300.0
_CLOCK_IS_SET = 0.2


@dataclass(frozen=True, slots=True)
class Run:
    """How it ended; ``struck``: what was done to it, name -> how often."""

    evidence: Evidence
    violations: list[Violation]
    struck: dict[str, int]


class Campaign:
    """Everything of one run."""

    def __init__(self, seed: str, deliveries: int, rules: Rules) -> None:
        self._chance = chance = random.Random(seed)
        self._loop = loop = Loop(chance)
        loop.now = 1_000_000.0
        self._db = db = Database(loop, rules)
        self._api = Host("api", Dangers())
        self._inbox = Inbox(db)
        self._users = Users(db, self._api)
        self._provider = Provider(db, chance, self._hear)
        self._workers = Workers(db, self._inbox, self._pause_sender, _DANGERS)
        self._people: list[Person] = []
        self._struck = dict.fromkeys(("database crashed", "clock set", "api away"), 0)
        self._tolerance = 0.0
        self._rate = chance.choice(_RATES)
        self._leaps = chance.random() < _CLOCK_IS_SET
        self._plan(deliveries)
        first, last = loop.now, max(one.due_at for one in db.deliveries.values())
        self._storm_until = last + 1.5 * deliveries / _SENDERS / self._rate + 60
        self._api_away_until = 0.0
        db.cut = 0.003
        self._workers.start(_DISPATCHERS, self._provider)
        self._schedule_mishaps(first, last)
        loop.at(self._storm_until, self._calm)

    def run(self) -> Run:
        """To the end."""
        self._loop.run()
        found = self._evidence()
        unknown = [
            Violation("I5", "moves", f"{before} to {after} stands in no table")
            for before, after in sorted(self._db.unknown_moves)
        ]
        struck = {"workers killed": self._workers.deaths, **self._struck}
        return Run(found, checker.judge(found) + unknown, struck)

    def _plan(self, deliveries: int) -> None:
        db, chance = self._db, self._chance
        span = _SPAN_OF_LEAPS_S if self._leaps else _SPAN_S
        each = max(1, round((deliveries / _SENDERS) ** 0.5 * 2))
        lanes = max(1, round(deliveries / _SENDERS / each))
        for _ in range(_SENDERS):
            sender = Sender(db.new_id(), self._rate)
            db.senders.append(sender)
            people = [Person(db.new_id()) for _ in range(each)]
            self._people += people
            for _ in range(lanes):
                self._open(sender, people, self._loop.now + chance.uniform(2, span))

    def _open(self, sender: Sender, people: list[Person], due_at: float) -> None:
        chance, db = self._chance, self._db
        most = chance.choice((None, None, max(1, self._rate // 2)))
        lane = Lane(db.new_id(), db.new_id(), sender, chance.randrange(3), most)
        lane.counts["scheduled"] = len(people)
        sender.lanes.append(lane)
        expires_at = due_at + chance.choice((120.0, 14_400.0, 14_400.0))
        for person in people:
            one = Delivery(db.new_id(), lane, person, due_at, expires_at)
            db.deliveries[one.id] = one
            lane.deliveries.append(one)
            db.make_due(one, due_at)

    def _schedule_mishaps(self, first: float, last: float) -> None:
        chance, loop, users = self._chance, self._loop, self._users
        for person in chance.sample(self._people, len(self._people) // 8):
            self._sometime(first, users.opt_out(person))
        for lane in self._db.lanes():
            drawn = chance.random()
            if drawn < 0.15:
                self._soon_after(lane, users.cancel(lane))
            elif drawn < 0.5:
                self._soon_after(lane, users.pause(lane, chance.uniform(0.1, 20)))
            elif drawn < 0.6:
                self._soon_after(lane, users.edit(lane))
        for _ in range(chance.randrange(6)):
            loop.at(chance.uniform(first, self._storm_until), self._crash)
        for _ in range(chance.randrange(4)):
            loop.at(chance.uniform(first, self._storm_until), self._api_goes)
        if self._leaps:
            self._tolerance = STOP_S + 0.1
            loop.at(chance.uniform(first, last), self._set_clock)

    def _sometime(self, first: float, steps: Steps) -> None:
        self._loop.start(self._api, steps, self._chance.uniform(0, self._storm_until - first))

    def _soon_after(self, lane: Lane, steps: Steps) -> None:
        # While it sends: a stop that nothing is sent under proves little.
        length = 2 * len(lane.deliveries) / self._rate
        at = lane.deliveries[0].due_at + self._chance.uniform(-1, length)
        self._loop.start(self._api, steps, at - self._loop.now)

    def _crash(self) -> None:
        self._struck["database crashed"] += 1
        self._db.crash(self._chance.uniform(0.1, 3))

    def _api_goes(self) -> None:
        self._struck["api away"] += 1
        self._api_away_until = self._loop.now + self._chance.uniform(0.5, 60)

    def _hear(self, report: Report) -> None:
        if self._loop.now < self._api_away_until:
            # Answered with an error or not at all: WhatsApp tells it again.
            self._provider.reports_under_way += 1
            self._loop.after(self._chance.uniform(5, 30), partial(self._hear_again, report))
        else:
            self._inbox.store(report)

    def _hear_again(self, report: Report) -> None:
        self._provider.reports_under_way -= 1
        self._hear(report)

    def _set_clock(self) -> None:
        self._struck["clock set"] += 1
        self._db.offset = self._chance.choice(_LEAPS)
        self._loop.after(self._chance.uniform(20, 90), self._set_clock_right)

    def _set_clock_right(self) -> None:
        self._db.offset = 0.0
        self._loop.start(self._api, self._confirm())

    def _confirm(self) -> Steps:
        """A person has looked into it; while workers still see the jump, again."""
        for _ in range(100):
            yield 30.0
            if self._db.held_for is not None:
                self._db.held_for = self._db.high_water = None

    def _pause_sender(self, sender: Sender) -> None:
        self._loop.start(self._api, self._users.pause_sender(sender, 20.0))

    def _calm(self) -> None:
        self._db.cut = 0.0
        self._workers.calm()
        for lane in self._db.lanes():
            self._loop.start(self._api, self._users.resume(lane))
        self._loop.after(5.0, self._end_if_quiet)

    def _end_if_quiet(self) -> None:
        quiet = not self._provider.reports_under_way and not self._inbox.pending
        ended = all(lane.status != "running" for lane in self._db.lanes())
        given_up = self._loop.now > self._storm_until + _GIVE_UP_S
        if given_up or (quiet and ended and not self._inbox.unmatched):
            self._loop.over = True
            return
        if quiet and ended:
            # What found nothing so far is tried once more, for the last time.
            self._inbox.retry()
            self._loop.after(2.0, partial(setattr, self._loop, "over", True))
            return
        self._loop.after(5.0, self._end_if_quiet)

    def _evidence(self) -> Evidence:
        db = self._db
        return Evidence(
            requests=self._provider.requests,
            deliveries=[_shown(one, self._tolerance) for one in db.deliveries.values()],
            attempts=[
                evidence.Attempt(
                    str(one.id), str(one.delivery.id), str(one.delivery.lane.id),
                    str(one.delivery.lane.sender.id), one.worker, one.epoch, one.marked_at,
                    one.outcome, one.settled_at, one.wamid,
                ) for one in db.attempts.values()
            ],
            history=db.history,
            occurrences=[
                evidence.Occurrence(str(one.id), str(one.schedule), one.status, len(one.deliveries))
                for one in db.lanes()
            ],
            acts=self._users.acts,
            counts={str(one.id): dict(one.counts) for one in db.lanes()},
            left_over={
                "claims": sum(len(one.claims) for one in db.senders),
                "callbacks": len(self._inbox.pending),
            },
            planned=len(db.deliveries),
        )  # fmt: skip


def _shown(one: Delivery, tolerance: float) -> evidence.Delivery:
    # A clock that is wrong by less than the guard bears makes things due earlier by as much.
    return evidence.Delivery(
        str(one.id), str(one.lane.id), str(one.person.id), str(one.lane.sender.id), one.status,
        one.due_at - tolerance, one.expires_at, one.reason, one.wamid, one.next_at is not None,
        one.claim is not None,
    )  # fmt: skip


def simulate(seed: str, deliveries: int, rules: Rules | None = None) -> Run:
    """Run one campaign; the same seed gives the same history."""
    return Campaign(seed, deliveries, rules or Rules()).run()
