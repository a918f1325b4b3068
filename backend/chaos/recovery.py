"""How long the system takes to get up again, one fault at a time, while a campaign runs.

Measured from the instant at which the broken part is back (or, for what stays dead, at which it
died) to the next request that reaches WhatsApp.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from chaos import history, nemeses
from chaos.crew import BEATS
from chaos.nemeses import busy_worker
from chaos.stage import Stage
from chaos.world import World, send_now
from devstack.processes import wait_until

_PEOPLE, _RATE = 100, 10
_PATIENCE_S = 180.0


@dataclass(frozen=True, slots=True)
class Recovery:
    """``seconds`` None: it did not recover within three minutes."""

    part: str
    seconds: float | None
    at_most: float

    @property
    def in_time(self) -> bool:
        """Whether it kept to its bound."""
        return self.seconds is not None and self.seconds <= self.at_most


def measure(stage: Stage, world: World) -> list[Recovery]:
    """Break and mend each part once; leaves everything running and quiet."""
    trials: list[tuple[str, float, Callable[[Stage, World], float]]] = [
        ("a killed worker", 15, _worker),
        ("Redis, killed", 15, _broker),
        ("PostgreSQL, killed", 30, _database),
        ("both beats, dead", 120, _beats),
    ]
    found = []
    for part, at_most, trial in trials:
        back_at = trial(stage, world)
        found.append(Recovery(part, _until_next_request(stage, back_at), at_most))
        nemeses.heal(stage)
        wait_until(lambda: not history.still_open(stage), seconds=_PATIENCE_S, every=0.5)
    return found


def _worker(stage: Stage, world: World) -> float:
    _send(stage, world)
    name = busy_worker(stage)
    stage.crew.kill(name)
    died_at = time.time()
    stage.crew.start(name)
    return died_at


def _broker(stage: Stage, world: World) -> float:
    # Planned while it is away: the doorbell is lost.
    stage.broker.kill()
    _plan(world)
    stage.restart_broker()
    return time.time()


def _database(stage: Stage, world: World) -> float:
    _send(stage, world)
    stage.database.kill()
    stage.restart_database()
    return time.time()


def _beats(stage: Stage, world: World) -> float:
    for name in BEATS:
        stage.crew.kill(name)
    died_at = time.time()
    stage.broker.kill()
    _plan(world)
    stage.restart_broker()
    stage.flush_broker()
    return died_at


def _send(stage: Stage, world: World) -> None:
    """A campaign that is under way."""
    seen = len(stage.simulator.ledger())
    _plan(world)
    stage.simulator.wait_for_requests(seen + _RATE, _PATIENCE_S)


def _plan(world: World) -> None:
    name = f"recovery {datetime.now(UTC).isoformat()}"
    send_now(world, name, world.people[:_PEOPLE], max_rate_mps=_RATE)


def _until_next_request(stage: Stage, since: float) -> float | None:
    found: list[float] = []

    def has_come() -> bool:
        found[:] = [
            row["received_at"] for row in stage.simulator.ledger() if row["received_at"] > since
        ][:1]
        return bool(found)

    wait_until(has_come, seconds=_PATIENCE_S, every=0.1)
    return found[0] - since if found else None
