"""How long each step of a send may take, and why these numbers must fit each other.

A mark older than its bound counts as unconfirmed and an expired claim is given to others. Were
either bound shorter than a send can take, a message still on the wire would be judged too early.
"""

from dataclasses import dataclass

_MARGIN_S = 10.0


@dataclass(frozen=True, slots=True)
class SendTiming:
    """Seconds, and the most messages that are marked together (K).

    ``deadline_s``: a request that has not begun to leave this long after its mark never does.
    ``doubt_s``: a mark without a settle for this long leaves its delivery unconfirmed.
    ``horizon_s``: rows whose slot is within it are marked together.
    """

    deadline_s: float = 10.0
    connect_s: float = 5.0
    read_s: float = 20.0
    claim_lease_s: float = 60.0
    doubt_s: float = 60.0
    horizon_s: float = 0.25
    max_batch: int = 25

    def contradictions(self) -> list[str]:
        """What makes these numbers unsafe, a sentence each; empty when they fit."""
        longest = self.deadline_s + self.connect_s + self.read_s + _MARGIN_S
        parts = (
            f"{longest:g} s = {self.deadline_s:g} s until the first byte + {self.connect_s:g} s "
            f"to connect + {self.read_s:g} s to answer + {_MARGIN_S:g} s to spare"
        )
        bounds = {
            "A claim is leased for": self.claim_lease_s,
            "A marked message counts as unconfirmed after": self.doubt_s,
        }
        found = [
            f"{what} {bound:g} s, but one send may take {parts}: "
            "a message still on its way would be given up."
            for what, bound in bounds.items()
            if bound < longest
        ]
        if self.max_batch < 1 or self.horizon_s <= 0:
            found.append(
                f"K, the messages marked together, would be 0 (at most {self.max_batch}, within "
                f"{self.horizon_s:g} s): nothing would ever be sent."
            )
        return found


TIMING = SendTiming()
