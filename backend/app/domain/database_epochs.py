"""Whether the database is the one that was last used, and has not gone back in time.

A database restored from a backup knows nothing of what was sent since and would send it again.
So it counts its ticks, and others remember the last one: a database behind them was restored.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True, slots=True, order=True)
class Tick:
    """The database's age: an epoch that a person began, and a count within it."""

    epoch: UUID
    ticks: int


@dataclass(frozen=True, slots=True)
class Known:
    """What the database says of itself; ``tick`` None when it was never used."""

    tick: Tick | None
    used_at: str | None
    superseded: frozenset[UUID] = field(default_factory=frozenset)


def went_back(known: Known, home: str, witnesses: Iterable[Tick]) -> str | None:
    """Why a person must look: ``restored``, ``other_database``; None when all is as it was.

    ``home`` is where the database lives now. Witnesses of an epoch that a person has ended are
    late, not contradicting.
    """
    if known.tick is None:
        return None
    for witness in witnesses:
        if witness.epoch == known.tick.epoch:
            if witness.ticks > known.tick.ticks:
                return "restored"
        elif witness.epoch not in known.superseded:
            return "restored"
    return "other_database" if known.used_at not in (None, home) else None
