"""Played scenes: workers are stopped at a named line, so that a window of milliseconds stays open.

A storm hits such a window by luck. Each scene ends with every process running and untrapped.
"""

import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from chaos import points
from chaos.evidence import Act
from chaos.stage import Stage
from chaos.world import World, send_now
from devstack.processes import StartError, wait_until

_PATIENCE_S = 90.0
_URGENT = 4
# What isn't barred is done at once; what is barred waits for as long as the worker is stopped.
_CHANCE_S = 3.0


def take_over(stage: Stage, world: World) -> list[Act]:
    """A worker is stopped between claim and mark, and wakes when its successor has marked.

    The successor is stopped after its first mark, of messages that are more urgent and came
    later: all that the one which wakes remembers is claimed by the other, and still unmarked.
    """
    first, second = _alone(stage)
    stage.crew.start(first, "claimed=stop:1")
    _until_stopped(stage, first, "claimed")
    # Slow as well, or its share would leave the successor no room to claim the others.
    urgent: dict[str, Any] = {"priority": "transactional", "max_rate_mps": _URGENT}
    send_now(world, "urgent", world.people[:_URGENT], **urgent)
    stage.crew.start(second, "marked=stop:1")
    _until_stopped(stage, second, "marked")
    stage.crew.signal(first, signal.SIGCONT)
    marked_before = "SELECT count(*) FROM attempts WHERE epoch < (SELECT max(epoch) FROM attempts)"
    wait_until(lambda: bool(_ask(stage, marked_before)), seconds=_CHANCE_S, every=0.05)
    _as_usual(stage)
    return []


def stopped_mark(stage: Stage, world: World) -> list[Act]:
    """A worker is stopped between a mark's checks and its commit; meanwhile users stop the send."""
    return _stop_meanwhile(stage, world, "marking")


def stopped_claim(stage: Stage, world: World) -> list[Act]:
    """A worker is stopped between claim and mark; when it wakes, users have stopped the send."""
    return _stop_meanwhile(stage, world, "claimed")


def _stop_meanwhile(stage: Stage, world: World, point: str) -> list[Act]:
    """One user opts out who is about to be marked, another cancels the schedule."""
    first, _ = _alone(stage)
    stage.crew.start(first, f"{point}=stop:1")
    _until_stopped(stage, first, point)
    person, schedule = _about_to_be_marked(stage)
    opt_out = {"all": "opted_out", "source": "api"}
    asks: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
        ("opt_out", person, f"recipients/external:{person}/consent", opt_out),
        ("cancel", schedule, f"schedules/{schedule}/cancel", {}),
    )
    acts: list[Act] = []
    with ThreadPoolExecutor(len(asks)) as users:
        for ask in asks:
            users.submit(partial(_act, world, acts, *ask))
        wait_until(lambda: len(acts) == len(asks), seconds=_CHANCE_S, every=0.05)
        stage.crew.signal(first, signal.SIGCONT)
        marked = "SELECT count(*) FROM attempts"
        wait_until(lambda: bool(_ask(stage, marked)), seconds=_CHANCE_S, every=0.05)
        _as_usual(stage)
    return acts


SCENES: dict[str, Callable[[Stage, World], list[Act]]] = {
    "take over": take_over,
    "stopped mark": stopped_mark,
    "stopped claim": stopped_claim,
    "every point": points.strike_each,
}


def _alone(stage: Stage) -> tuple[str, str]:
    """End all dispatch workers, before anything is due; the names of two."""
    for name in stage.crew.dispatchers:
        stage.crew.kill(name)
    first, second, *_ = stage.crew.dispatchers
    return first, second


def _until_stopped(stage: Stage, name: str, point: str) -> None:
    log = stage.folder / f"{name}.log"

    def has_stopped() -> bool:
        return log.exists() and f"crash point {point}: stop" in log.read_text(errors="replace")

    if not wait_until(has_stopped, seconds=_PATIENCE_S, every=0.01):
        raise StartError(f"{name} never came to {point}")


def _about_to_be_marked(stage: Stage) -> tuple[str, str]:
    """The person first in line of what is claimed (as external id), and the schedule."""
    row = _row(
        stage,
        "SELECT r.external_id, d.schedule_id::text FROM deliveries d"
        " JOIN recipients r ON r.id = d.recipient_id"
        " JOIN lanes l ON l.occurrence_id = d.occurrence_id"
        " WHERE d.claim_id IS NOT NULL ORDER BY l.priority, d.due_at, d.id LIMIT 1",
    )
    return str(row[0]), str(row[1])


def _act(
    world: World, acts: list[Act], kind: str, subject: str, path: str, body: dict[str, Any]
) -> None:
    asked_at = time.time()
    world.api.post(path, body)
    acts.append(Act(kind, subject, asked_at, time.time()))


def _as_usual(stage: Stage) -> None:
    stage.crew.disarm()
    for name in stage.crew.dispatchers:
        stage.crew.start(name)


def _ask(stage: Stage, statement: str) -> int:
    return int(_row(stage, statement)[0])


def _row(stage: Stage, statement: str) -> tuple[Any, ...]:
    with stage.connected() as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        row: tuple[Any, ...] | None = cursor.fetchone()
    if row is None:
        raise StartError(f"nothing found: {statement}")
    return row
