"""One run from an empty folder to a verdict."""

import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg2

from chaos import checker, evidence, history, points, recovery, scenes, world
from chaos.acts import Acts
from chaos.checker import Violation
from chaos.evidence import Act, Evidence
from chaos.figures import Figures, figures
from chaos.machine import versions
from chaos.recovery import Recovery
from chaos.size import Size
from chaos.stage import BACKEND, Stage, opened
from chaos.storm import Storm
from chaos.world import World
from devstack.processes import wait_until

EVIDENCE = "evidence.json.gz"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a run ended. ``seconds`` of the storm and the calm after it."""

    size: Size
    violations: list[Violation]
    figures: Figures
    struck: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    recoveries: list[Recovery] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)


def run(
    folder: Path,
    size: Size,
    *,
    source: Path = BACKEND,
    fsync: bool = True,
    say: Callable[[str], None] = print,
) -> Verdict:
    """Start all, let it storm, wait until it is quiet, judge. The evidence stays in ``folder``."""
    with opened(folder, size, source=source, fsync=fsync) as stage:
        history.watch(stage)
        stage.crew.start_all()
        world.spoil(stage)
        built = world.build(stage)
        say(f"{built.planned} deliveries planned; storming")
        began = time.monotonic()
        done, struck = _scene(stage, built) if size.scene else _storm(stage, built, say)
        seconds = time.monotonic() - began
        recoveries = recovery.measure(stage, built) if size.recovery else []
        if recoveries:
            settle_down(stage)
        found = collect(stage, built, done)
        on = versions(stage)
    found.save(folder / EVIDENCE)
    struck += points.struck(folder)
    return Verdict(size, checker.judge(found), figures(found), struck, seconds, recoveries, on)


def _storm(
    stage: Stage, built: World, say: Callable[[str], None]
) -> tuple[list[Act], Counter[str]]:
    with Acts(stage, built) as acts:
        storm = Storm(stage, built)
        storm.blow()
        say(f"struck: {dict(storm.struck)}; waiting for quiet")
        settle_down(stage)
    return acts.done, storm.struck


def _scene(stage: Stage, built: World) -> tuple[list[Act], Counter[str]]:
    acts = scenes.SCENES[stage.size.scene](stage, built)
    settle_down(stage)
    return acts, Counter({stage.size.scene: 1})


def settle_down(stage: Stage) -> None:
    """Wait until nothing is open, then let all callbacks come that were kept back.

    They come later than every time-out: a doubt resolved too early hides a second sending.
    """
    stage.crew.disarm()
    patience = 120.0 if stage.size.hurry else 300.0
    wait_until(lambda: _is_quiet(stage), seconds=patience, every=0.3)
    wait_until(lambda: _all_is_told(stage), seconds=patience, every=0.3)
    history.hasten_unmatched(stage)
    wait_until(lambda: _all_is_told(stage), seconds=patience, every=0.3)


def _is_quiet(stage: Stage) -> bool:
    stage.crew.revive()
    # The last mishap may have been PostgreSQL's: it recovers, and doesn't answer meanwhile.
    with suppress(psycopg2.Error):
        return not history.still_open(stage)
    return False


def _all_is_told(stage: Stage) -> bool:
    stage.crew.revive()
    if stage.simulator.callbacks()["pending"]:
        # Again and again: a request may arrive long after its sender gave it up.
        stage.simulator.flush_callbacks()
        return False
    return not history.still_unmerged(stage)


def collect(stage: Stage, built: World, acts: list[Act]) -> Evidence:
    """Everything the checker needs."""
    rows = history.dump(stage)
    people = {row["external_id"]: row["id"] for row in rows["people"]}
    counts: dict[str, dict[str, int]] = {}
    for row in rows["counts"]:
        counts.setdefault(row["occurrence"], {})[row["status"]] = row["n"]
    return Evidence(
        requests=[evidence.request_of(row) for row in stage.simulator.ledger()],
        deliveries=[evidence.Delivery(**row) for row in rows["deliveries"]],
        attempts=[evidence.Attempt(**row) for row in rows["attempts"]],
        history=[evidence.Change(**row) for row in rows["history"]],
        occurrences=[evidence.Occurrence(**row) for row in rows["occurrences"]],
        acts=[
            Act(one.kind, people.get(one.subject, one.subject), one.asked_at, one.confirmed_at)
            for one in acts
        ],
        deaths=[evidence.Death(d.name, d.pid, d.at) for d in stage.crew.deaths],
        counts=counts,
        left_over={row["what"]: row["n"] for row in rows["left_over"]},
        planned=built.planned,
    )
