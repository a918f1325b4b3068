"""The clock guard, as ``services.dispatch.guard``: each host's memory, one row for all."""

from app.domain import clock_guard
from app.domain.clock_guard import Reading
from chaos.simulation.database import Database, moment

_DOUBT_S = 0.002


class Guard:
    """What one host remembers."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._before: Reading | None = None

    def refusal(self) -> str | None:
        """Why nothing may be claimed now."""
        db = self._db
        reading = Reading(moment(db.now), moment(db.loop.now), db.loop.now, _DOUBT_S)
        if not db.rules.clock_guarded:
            return None
        if db.held_for is None:
            db.held_for = clock_guard.jumped(self._before, reading, db.high_water)
        self._before = reading
        if db.held_for is not None:
            return db.held_for
        far = clock_guard.certainly(reading.ahead_s, reading.doubt_s) > clock_guard.STOP_S
        return "clock_differs" if far else None

    def keep(self) -> None:
        """With each sweep: remember how late it is."""
        if self.refusal() is None:
            now = moment(self._db.now)
            self._db.high_water = max(now, self._db.high_water or now)
