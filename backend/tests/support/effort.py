"""How hard hostile input is tried: once in `make test`, many times over in `make fuzz`."""

import os
from collections.abc import Sequence
from typing import TypeVar

_T = TypeVar("_T")
# Multiplies the number of made-up inputs.
FACTOR = int(os.environ.get("FUZZ_FACTOR", "1"))


def share_of(items: Sequence[_T], turn: int, one_in: int) -> Sequence[_T]:
    """Every ``one_in``-th item, other ones at each turn; all of them in `make fuzz`."""
    return items if FACTOR > 1 else items[turn % one_in :: one_in]


def times(few: int, many: int) -> int:
    """``few`` tries in `make test`; ``many`` for each unit of `make fuzz`'s factor."""
    return few if FACTOR == 1 else many * FACTOR
