"""Whether clocks can be trusted: how far apart two are, and whether one has jumped.

One clock, the database's, decides what is due. Should it be wrong, everything would be sent at
the wrong time, so it is compared with others that are wrong for other reasons.
"""

from dataclasses import dataclass
from datetime import datetime

WARN_S = 2.0
STOP_S = 30.0
LEAP_S = 300.0


@dataclass(frozen=True, slots=True)
class Reading:
    """The database's clock as it was between two looks at the host's.

    ``elapsed_s`` counts on whatever anybody does to clocks, through suspension too; ``doubt_s``
    is half the time the question took.
    """

    database: datetime
    host: datetime
    elapsed_s: float
    doubt_s: float

    @property
    def ahead_s(self) -> float:
        """Seconds the database is ahead of the host; negative when behind."""
        return (self.database - self.host).total_seconds()


def certainly(ahead_s: float, doubt_s: float) -> float:
    """How far apart two clocks are at least, in seconds."""
    return max(0.0, abs(ahead_s) - doubt_s)


def jump_s(before: Reading, after: Reading) -> float:
    """Seconds the database's clock moved that did not pass; what a slow answer may explain, 0."""
    moved = (after.database - before.database).total_seconds()
    jumped = moved - (after.elapsed_s - before.elapsed_s)
    doubt = before.doubt_s + after.doubt_s
    return 0.0 if abs(jumped) <= doubt else jumped


def jumped(before: Reading | None, after: Reading, high_water: datetime | None) -> str | None:
    """Why a person must look: ``clock_stepped_back``, ``clock_leapt``; None when time just passed.

    Corrections up to the bound at which clocks count as different are borne: time servers make
    them. ``high_water`` is the latest time seen before, by whomever.
    """
    moved = jump_s(before, after) if before is not None else 0.0
    behind = (high_water - after.database).total_seconds() if high_water is not None else 0.0
    if moved < -STOP_S or behind > STOP_S:
        return "clock_stepped_back"
    return "clock_leapt" if moved > LEAP_S else None
