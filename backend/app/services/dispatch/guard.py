"""The guard: nothing is sent on a clock or a database that can't be trusted.

Some reasons pass by themselves (clocks that differ). After others a person must look, for what
is due may have been sent already, or not be due at all: then one row of the database holds
every drain, until somebody confirms.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import TypeVar

from sqlalchemy.orm import Session

from app.core import clock
from app.core.db import transaction
from app.domain import clock_guard, database_epochs
from app.domain.clock_guard import Reading
from app.domain.database_epochs import Known, Tick
from app.integrations.whatsapp import provider_clock
from app.repositories import dispatch_guard as rows
from app.repositories import durability
from app.repositories.dispatch_guard import State
from app.services.dispatch import witnesses

logger = logging.getLogger(__name__)

StateT = TypeVar("StateT", State, State | None)

# The Date header says whole seconds, and an answer travels.
PROVIDER_DOUBT_S = 2.0
CONFIRM = "Look into it, then: scheduler dispatch confirm"
WHY = {
    "restored": "the database has gone back in time, as after restoring a backup",
    "other_database": "the data were copied to another database or server",
    "clock_stepped_back": "the database's clock was set back",
    "clock_leapt": "the database's clock leapt ahead",
    "by_person": "a person stopped all sending",
    "clock_differs": "the database's clock and this host's differ by more than 30 s",
    "provider_clock_differs": "WhatsApp's clock and this host's differ by more than 30 s",
    "database_forgets": "the database may forget after a crash what was sent (fsync)",
}


class Guard:
    """What one process remembers. Threads may share it: each look compares by itself."""

    def __init__(
        self,
        host_now: Callable[[], datetime] = clock.now,
        elapsed: Callable[[], float] | None = None,
    ) -> None:
        self._host_now, self._elapsed = host_now, elapsed or _elapsed
        self._tick: Tick | None = None
        self._reading: Reading | None = None
        self._forgets = False
        self._kept = False

    def refusal(self, session: Session) -> str | None:
        """Why nothing may be marked now (a key of ``WHY``); None when all is well.

        One read of one row; what a person must look into is written down for all others.
        """
        if not self._kept:
            self.keep()
        tick, before = self._tick, self._reading
        state, reading = self._look(lambda: rows.read(session))
        if state is None:
            # Somebody emptied the table: the next look makes the row anew.
            self._kept = False
            return None
        if state.held_for is not None:
            self._reading = reading
            return state.held_for
        known = [tick] if tick else []
        found = _person_needed(state, state.home or "", known, before, reading)
        if found is not None:
            with transaction() as own:
                _hold(own, found, known, reading)
            return found
        self._remember(state, reading)
        return self._passing(reading)

    def keep(self) -> None:
        """Compare with all witnesses and count a tick: at start, and with each sweep."""
        # Asked before the row is read: what they know was committed by then.
        outside = witnesses.read()
        before, own = self._reading, self._tick
        tick: Tick | None = None
        with transaction() as session:
            self._forgets = bool(durability.lost_by_a_crash(session))
            home = rows.home(session)
            state, reading = self._look(lambda: rows.lock(session))
            known = [*outside, own] if own else outside
            if state.held_for is None:
                found = _person_needed(state, home, known, before, reading)
                if found is None:
                    tick = Tick(*rows.tick(session, home))
                else:
                    _hold(session, found, known, reading)
        self._reading, self._kept = reading, True
        if tick is not None:
            self._tick = tick
            witnesses.write(tick)

    def measure(self, session: Session) -> Reading | None:
        """How the clocks stand now; None before the database was used."""
        state, reading = self._look(lambda: rows.read(session))
        return None if state is None else reading

    def _look(self, read: Callable[[], "StateT"]) -> tuple["StateT", Reading]:
        started, host = self._elapsed(), self._host_now()
        state = read()
        ended, host_after = self._elapsed(), self._host_now()
        middle = host + (host_after - host) / 2
        now = state.now if state is not None else middle
        return state, Reading(now, middle, (started + ended) / 2, (ended - started) / 2)

    def _remember(self, state: State, reading: Reading) -> None:
        self._reading = reading
        if state.epoch is not None:
            seen = Tick(state.epoch, state.ticks)
            same = self._tick is not None and self._tick.epoch == seen.epoch
            if not same or self._tick is None or self._tick.ticks < seen.ticks:
                self._tick = seen

    def _passing(self, reading: Reading) -> str | None:
        if self._forgets:
            return "database_forgets"
        if clock_guard.certainly(reading.ahead_s, reading.doubt_s) > clock_guard.STOP_S:
            return "clock_differs"
        return "provider_clock_differs" if provider_is_far() else None


def provider_is_far() -> bool:
    """Whether WhatsApp's clock, last heard, is too far from this host's."""
    ahead = provider_clock.ahead_s()
    far = clock_guard.certainly(ahead or 0.0, PROVIDER_DOUBT_S)
    return far > clock_guard.STOP_S


@lru_cache(maxsize=1)
def guard() -> Guard:
    """The process's guard."""
    return Guard()


def _person_needed(
    state: State, home: str, known: list[Tick], before: Reading | None, reading: Reading
) -> str | None:
    tick = Tick(state.epoch, state.ticks) if state.epoch else None
    says = Known(tick, state.home, frozenset(state.superseded))
    back = database_epochs.went_back(says, home, known)
    return back or clock_guard.jumped(before, reading, state.high_water)


def _hold(session: Session, reason: str, known: list[Tick], reading: Reading) -> None:
    detail = f"{WHY[reason]} (database {reading.database:%Y-%m-%d %H:%M:%S}Z, "
    detail += f"host {reading.host:%Y-%m-%d %H:%M:%S}Z)"
    # Who confirms accepts that these end; until then they don't matter.
    if rows.hold(session, reason, detail, [tick.epoch for tick in known]):
        logger.error("all sending is held: %s. %s", detail, CONFIRM)


def _elapsed() -> float:
    # Counts on while a machine sleeps, unlike the monotonic clock on Linux.
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))
