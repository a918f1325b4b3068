"""When to start an ended part again."""

from dataclasses import dataclass

FIRST_DELAY = 1.0
LONGEST_DELAY = 10.0
# A part that ran this long had recovered: its next end is a new story.
STEADY_SECONDS = 30.0


@dataclass
class Backoff:
    """1, 2, 4, 8, 10, 10 … seconds while a part keeps ending soon after its start."""

    ends_in_a_row: int = 0

    def after_end(self, ran_seconds: float) -> float:
        """Seconds to wait before the next start, given how long the part had run."""
        self.ends_in_a_row = 1 if ran_seconds >= STEADY_SECONDS else self.ends_in_a_row + 1
        # 2.0 ** 1024 overflows; the delay has long stopped growing by then.
        doublings = min(self.ends_in_a_row - 1, 10)
        return min(FIRST_DELAY * 2.0**doublings, LONGEST_DELAY)
