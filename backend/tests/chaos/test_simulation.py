"""The small edition of `make chaos ARGS=simulate`: a verdict, and the proof that it can be bad."""

import pytest

from chaos.simulation import command
from chaos.simulation.command import Totals
from chaos.simulation.rules import FAULTS
from chaos.simulation.simulate import simulate

SEED = 1


def test_the_same_seed_gives_the_same_history() -> None:
    once, again, other = (simulate(seed, 200).evidence for seed in ("a", "a", "b"))
    assert once == again
    assert once.history != other.history


def test_nothing_twice_lost_early_or_after_a_stop() -> None:
    totals = Totals()
    for number in range(5):
        totals.add(command.one(SEED, number, deliveries=500))
    assert totals.violations == []
    # It had teeth: workers died, answers got lost, commits were cut off by a crash.
    assert min(totals.struck["workers killed"], totals.struck["database crashed"]) > 0
    assert totals.doubted > 0
    assert totals.accepted > totals.deliveries / 2
    assert totals.statuses["read"] > 0


@pytest.mark.parametrize("fault", FAULTS)
def test_a_dropped_safeguard_is_found(fault: str) -> None:
    assert command.campaigns_until_found(fault, SEED) is not None
