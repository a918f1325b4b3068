"""Opening a schedule for a crowd, beside a bare INSERT … SELECT and beside objects of an ORM."""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from bench import cpu
from bench.line import Goals, Line, micro, middle, parts, unequal
from bench.stage import Stage
from devstack.layout import ROOT

_ROUNDS = 3
_OBJECTS = 20_000
# The same columns, indexes and checks.
_TABLE = "CREATE TABLE bench_deliveries (LIKE deliveries INCLUDING ALL)"
_BARE = """
    INSERT INTO bench_deliveries (occurrence_id, id, workspace_id, recipient_id, sender_id, origin,
                                  status, due_at, next_attempt_at, expires_at)
    SELECT made.occurrence_id, uuidv7(), r.workspace_id, r.id, %s, 'schedule', 'scheduled', now(),
           now(), now() + interval '1 day'
      FROM (SELECT uuidv7() AS occurrence_id) made, group_members m
      JOIN recipients r ON r.workspace_id = m.workspace_id AND r.id = m.recipient_id
     WHERE m.group_id = %s
    ON CONFLICT (occurrence_id, recipient_id) DO NOTHING
"""


def run(folder: Path, *, people: int = 100_000) -> list[Line]:
    """Two lines."""
    spent: list[dict[str, float]] = []
    walls, bare, objects = [], [], []
    with Stage(folder, people=people) as stage:
        stage.execute(_TABLE)
        stage.trial.start("worker")
        stage.trial.ready("worker")
        for round_ in range(_ROUNDS):
            used, wall = _open(stage, round_ + 1)
            spent.append(used)
            walls.append(wall)
            began = time.monotonic()
            stage.execute(_BARE, [stage.senders[0], stage.shop.group_id])
            bare.append(time.monotonic() - began)
            objects.append(_add_all(stage) / _OBJECTS)
        wrong = _judge(stage, people)
    return _lines(people, spent, walls, bare, objects, wrong)


def _open(stage: Stage, number: int) -> tuple[dict[str, float], float]:
    before = stage.used("worker")
    stage.shop.schedule()
    began = time.monotonic()
    stage.wait("SELECT count(*) FROM lanes", number, every=0.01)
    wall = time.monotonic() - began
    return cpu.since(before, stage.used("worker")), wall


def _add_all(stage: Stage) -> float:
    before = stage.used()
    done = subprocess.run(
        [sys.executable, "-m", "bench.orm_rows", str(_OBJECTS)],
        cwd=ROOT / "backend", stdout=subprocess.PIPE, text=True, check=True,
        env={**os.environ, **stage.trial.environment, "BENCH_DATABASE": stage.sqlalchemy_url},
    )  # fmt: skip
    return float(done.stdout) + sum(cpu.since(before, stage.used()).values())


def _judge(stage: Stage, people: int) -> list[str]:
    total = _ROUNDS * people
    return unequal({
        "deliveries": (stage.scalar("SELECT count(*) FROM deliveries"), total),
        "people": (stage.scalar("SELECT count(DISTINCT recipient_id) FROM deliveries"), people),
        "counted": (stage.scalar("SELECT sum(n) FROM delivery_counts"), total),
        "in the table beside": (
            stage.scalar("SELECT count(*) FROM bench_deliveries"), total + _ROUNDS * _OBJECTS,
        ),
    })  # fmt: skip


def _lines(
    people: int, spent: list[dict[str, float]], walls: list[float], bare: list[float],
    objects: list[float], wrong: list[str],
) -> list[Line]:  # fmt: skip
    each = statistics.median(sum(one.values()) for one in spent) / people
    wall, plain, add_all = map(statistics.median, (walls, bare, objects))
    return [
        Line(f"opening a schedule for {people:,}, beside add_all of {_OBJECTS:,}, for one",
             parts(middle(spent), people), micro(add_all), add_all / each, Goals(6, 10, 13), wrong),
        Line("the same by the clock, beside a bare INSERT … SELECT", f"{wall:.2f} s",
             f"{plain:.2f} s", plain / wall, Goals(0.5, 0.7, 0.85), wrong),
    ]  # fmt: skip
