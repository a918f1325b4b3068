"""The simulator's clock: real time plus what a test has fast-forwarded."""

import time


class Clock:
    """Windows, limits, back-off and expiry run on ``now``; the ledger keeps real time."""

    def __init__(self) -> None:
        self.offset_s = 0.0

    def now(self) -> float:
        """Epoch seconds as the imitated Meta sees them."""
        return time.time() + self.offset_s

    def advance(self, seconds: float) -> None:
        self.offset_s += seconds
