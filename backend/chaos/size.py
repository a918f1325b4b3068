"""How large a run is and what is done to it. Everything random follows from ``seed``."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """``rate`` is messages a second of each sender; with ``hurry`` the product's waits are
    shortened (see hurry.py), so that a take-over and a doubt fit into a test. With ``recovery``
    the time to get up is measured at the end.
    ``scene`` is played in place of the storm, see scenes.py.
    """

    deliveries: int
    kills: int
    crashes: int
    stops: int
    seed: int
    senders: int = 4
    workers: int = 3
    rate: int = 80
    people: int = 2500
    flush_every_s: float = 5
    hurry: bool = False
    recovery: bool = False
    scene: str = ""

    @property
    def people_each(self) -> int:
        """People of each sender: nobody is shared, so no pair has to wait long."""
        return max(1, min(self.people, self.deliveries // self.senders))

    @property
    def rounds(self) -> int:
        """Schedules of each sender."""
        return max(1, round(self.deliveries / self.senders / self.people_each))


BIG = Size(deliveries=100_000, kills=200, crashes=20, stops=20, seed=1, recovery=True)
SMALL = Size(
    deliveries=1_600, kills=40, crashes=2, stops=3, seed=1, rate=100, people=200, hurry=True
)
