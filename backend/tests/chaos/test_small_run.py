"""The small edition of `make chaos`: real processes, forty kills, and a verdict."""

from pathlib import Path

import pytest

from chaos import run
from chaos.size import SMALL


@pytest.mark.stack
@pytest.mark.timeout(900)
def test_nothing_twice_lost_early_or_after_a_stop(tmp_path: Path) -> None:
    verdict = run.run(tmp_path, SMALL, fsync=False)
    assert [str(violation) for violation in verdict.violations] == []
    assert verdict.struck["worker killed"] == SMALL.kills
    assert verdict.struck["postgres crashed"] > 0
    summed = verdict.figures
    # The run had teeth: kills left something in doubt, and callbacks resolved it.
    assert summed.ambiguous > 0
    assert summed.resolved == summed.told > 0
