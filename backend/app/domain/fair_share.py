"""How many messages each lane may take of what a sender can send in the next moment."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Claimant(Generic[K]):
    """A lane with work; ``most`` is what its own speed allows it, None for no limit."""

    key: K
    priority: int
    most: int | None = None


def divide(total: int, claimants: Sequence[Claimant[K]]) -> list[tuple[K, int]]:
    """Divide ``total``: the more urgent first, equals equally, nobody past their own limit.

    Claimants come in order of urgency; lower ``priority`` is more urgent. Shares of 0 are
    left out.
    """
    shares: list[tuple[K, int]] = []
    for _, group in groupby(claimants, key=lambda claimant: claimant.priority):
        waiting = sorted(group, key=lambda c: total if c.most is None else c.most)
        for position, claimant in enumerate(waiting):
            # Rounded up, so that few messages still reach somebody.
            share = -(-total // (len(waiting) - position))
            if claimant.most is not None:
                share = min(share, claimant.most)
            if share > 0:
                shares.append((claimant.key, share))
                total -= share
    return shares
