"""Faults put into the product on purpose: each must be found, or the harness proves nothing.

python -m chaos mutants [NAME...]: each is applied to a copy of the product, run and judged,
as many at once as the machine has cores, and one more.
"""

import multiprocessing
import os
import shutil
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from chaos import run
from chaos.machine import here
from chaos.mutations import CONTROLS, MUTANTS, Mutant
from chaos.size import SMALL, Size
from chaos.stage import BACKEND
from devstack.console import say
from devstack.processes import StartError

# A run waits most of its time for leases and time-outs to pass.
_AT_ONCE = (os.cpu_count() or 1) + 1
_SIZE = replace(SMALL, deliveries=800, people=100, kills=12, crashes=0, stops=2)


@dataclass(frozen=True, slots=True)
class Outcome:
    """``rules``: which rules were violated, and how often."""

    mutant: Mutant
    rules: dict[str, int]
    seconds: float

    @property
    def caught(self) -> bool:
        """Whether a rule that it was made to break was found broken; without a fault, none."""
        if not self.mutant.breaks:
            return not self.rules
        return bool(self.mutant.breaks & self.rules.keys())


def main(folder: Path, wanted: Sequence[str]) -> list[Outcome]:
    """Try the wanted mutants, or all, several at once; says of each how it was caught."""
    chosen = [one for one in (*CONTROLS, *MUTANTS) if not wanted or one.name in wanted]
    folders = [folder / one.name.replace(" ", "-") for one in chosen]
    # Not forked: each has threads, signals and caches of its own.
    fresh = multiprocessing.get_context("spawn")
    outcomes = []
    with ProcessPoolExecutor(_AT_ONCE, mp_context=fresh) as pool:
        for outcome in pool.map(_try, folders, chosen):
            outcomes.append(outcome)
            say(_line(outcome))
    return outcomes


def copy(folder: Path, mutant: Mutant) -> Path:
    """A copy of the product with the fault in it; raises LookupError where it doesn't fit."""
    source = folder / "product"
    for part in ("app", "migrations"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(BACKEND / part, source / part, ignore=ignored)
    for file, before, after in mutant.edits:
        path = source / "app" / file
        text = path.read_text()
        if text.count(before) != 1:
            raise LookupError(f"{mutant.name}: {file} holds {text.count(before)} times: {before}")
        path.write_text(text.replace(before, after))
    return source


def _try(folder: Path, mutant: Mutant) -> Outcome:
    size: Size = replace(_SIZE, **mutant.size)
    try:
        verdict = run.run(folder, size, source=copy(folder, mutant), fsync=False, say=_quiet)
    except StartError as error:
        # What doesn't even start proves nothing either way.
        say(f"{mutant.name}: did not start: {error}")
        return Outcome(mutant, {"did not start": 1}, 0)
    rules: dict[str, int] = {}
    for violation in verdict.violations:
        rules[violation.rule] = rules.get(violation.rule, 0) + 1
    return Outcome(mutant, rules, verdict.seconds)


def _quiet(_: str) -> None:
    pass


def _line(outcome: Outcome) -> str:
    verdict = "right" if outcome.caught else "WRONG"
    return f"{verdict}: {outcome.mutant.name}; {_how(outcome)}; {outcome.seconds:.0f} s"


def _how(outcome: Outcome) -> str:
    found = (f"{rule} {n} times" for rule, n in sorted(outcome.rules.items()))
    return ", ".join(found) or "nothing was found"


def rows(outcomes: Sequence[Outcome]) -> list[tuple[str, str]]:
    """For docs/bench: which rules each broke."""
    caught = [one.caught for one in outcomes if one.mutant.breaks]
    return [
        *here().items(),
        ("caught", f"{sum(caught)} of {len(caught)}"),
        *(
            (one.mutant.name, f"{'' if one.caught else '**wrong** '}{_how(one)}")
            for one in outcomes
        ),
    ]
