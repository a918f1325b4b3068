"""`make chaos ARGS=simulate`: a million deliveries, a thousand each from a seed of its own.

python -m chaos simulate [--deliveries N] [--seed N] [--only N]     N deliveries; or one campaign

First each safeguard is dropped once: the simulation has to find that, or it proves nothing.
"""

import argparse
import os
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from math import ceil

from chaos import report
from chaos.machine import here
from chaos.simulation.rules import FAULTS
from chaos.simulation.simulate import simulate
from devstack.console import say

EACH = 1000
# What that comes to: three senders, 37 people each, nine schedules.
_EXACTLY = 999
_FAULT_DELIVERIES, _FAULT_CAMPAIGNS, _SHOWN = 300, 60, 20


@dataclass(slots=True)
class Totals:
    """Of many campaigns. ``violations``: ``campaign: what``."""

    campaigns: int = 0
    deliveries: int = 0
    requests: int = 0
    accepted: int = 0
    doubted: int = 0
    violations: list[str] = field(default_factory=list)
    struck: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Totals") -> None:
        """Sum up."""
        for name in ("campaigns", "deliveries", "requests", "accepted", "doubted"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.violations += other.violations
        self.struck += other.struck
        self.statuses += other.statuses


def main(arguments: list[str]) -> int:
    """Simulate; 0 when nothing was violated and every fault was found."""
    parser = argparse.ArgumentParser(prog="make chaos ARGS=simulate", description=__doc__)
    parser.add_argument("--deliveries", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, help="one campaign of the seed, by its number")
    given = parser.parse_args(arguments)
    if given.only is not None:
        return _tell(one(given.seed, given.only))
    found = {name: campaigns_until_found(name, given.seed) for name in FAULTS}
    for name, n in found.items():
        say(f"{name}: {'NOT FOUND' if n is None else f'found in campaign {n}'}")
    began = time.monotonic()
    totals = Totals()
    for part in _all(given.seed, ceil(given.deliveries / _EXACTLY)):
        totals.add(part)
        if totals.campaigns % 50 == 0:
            say(f"{time.monotonic() - began:5.0f} s  {totals.deliveries:,} deliveries")
    seconds = time.monotonic() - began
    if given.deliveries >= EACH * 1000:
        command = f'make chaos ARGS="{" ".join(["simulate", *arguments])}"'
        report.put_in(command, _rows(given.seed, totals, seconds, found))
    return _tell(totals) or int(None in found.values())


def one(seed: int, number: int, deliveries: int = EACH) -> Totals:
    """One campaign, of the whole protocol."""
    run = simulate(f"{seed}/{number}", deliveries)
    requests = run.evidence.requests
    return Totals(
        campaigns=1,
        deliveries=len(run.evidence.deliveries),
        requests=len(requests),
        accepted=sum(request.accepted for request in requests),
        doubted=sum(change.after == "unconfirmed" for change in run.evidence.history
                    if change.kind == "outcome"),
        violations=[f"campaign {number}: {violation}" for violation in run.violations],
        struck=Counter(run.struck),
        statuses=Counter(str(delivery.status) for delivery in run.evidence.deliveries),
    )  # fmt: skip


def campaigns_until_found(name: str, seed: int) -> int | None:
    """In which campaign the judge found that a safeguard is missing; None: in none."""
    rules, breaks = FAULTS[name]
    for number in range(_FAULT_CAMPAIGNS):
        run = simulate(f"{seed}/{number}", _FAULT_DELIVERIES, rules)
        if breaks & {violation.rule for violation in run.violations}:
            return number
    return None


def _all(seed: int, campaigns: int) -> Iterator[Totals]:
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        yield from pool.map(one, [seed] * campaigns, range(campaigns), chunksize=5)


def _rows(
    seed: int, totals: Totals, seconds: float, found: dict[str, int | None]
) -> list[tuple[str, str]]:
    rules = Counter(violation.split(": ")[1].split()[0] for violation in totals.violations)
    return [
        *here().items(),
        ("seed", str(seed)),
        ("campaigns, deliveries", f"{totals.campaigns:,}, {totals.deliveries:,}"),
        ("requests, accepted", f"{totals.requests:,}, {totals.accepted:,}"),
        ("took", f"{seconds:.0f} s with {os.cpu_count()} processes"),
        ("struck", ", ".join(f"{name} {n:,}" for name, n in sorted(totals.struck.items()))),
        ("ended as", ", ".join(f"{name} {n:,}" for name, n in sorted(totals.statuses.items()))),
        *((f"{rule}: {what}", str(rules[rule])) for rule, what in report.RULES.items()),
        ("in doubt at some time", f"{totals.doubted:,}"),
        ("safeguards whose loss is found", f"{sum(n is not None for n in found.values())} "
         f"of {len(found)}"),
    ]  # fmt: skip


def _tell(totals: Totals) -> int:
    say(f"struck: {dict(totals.struck)}")
    for violation in totals.violations[:_SHOWN]:
        say(violation)
    say(f"{totals.deliveries:,} deliveries, {len(totals.violations)} violations")
    return 1 if totals.violations else 0
