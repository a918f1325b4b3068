"""Each fault for `make chaos ARGS=mutants` still fits the product; running them is left to that."""

from pathlib import Path

import pytest

from chaos import mutants
from chaos.checker import RULES
from chaos.mutations import CONTROLS, MUTANTS, Mutant
from chaos.scenes import SCENES


def test_there_are_ten_at_least_with_names_of_their_own() -> None:
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS) >= 10
    assert RULES


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_it_fits_and_is_still_python(mutant: Mutant, tmp_path: Path) -> None:
    source = mutants.copy(tmp_path, mutant)
    for file, before, after in mutant.edits:
        text = (source / "app" / file).read_text()
        compile(text, file, "exec")
        assert after in text
        assert before not in text or before in after


def test_each_scene_is_known_and_played_without_a_fault_too() -> None:
    played = {mutant.size["scene"] for mutant in MUTANTS if "scene" in mutant.size}
    assert played <= SCENES.keys()
    assert played == {control.size["scene"] for control in CONTROLS}
    assert mutants.Outcome(CONTROLS[0], {}, 1).caught
    assert not mutants.Outcome(CONTROLS[0], {"I1": 1}, 1).caught
    assert not mutants.Outcome(MUTANTS[0], {}, 1).caught


def test_one_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    mutant = Mutant("misfit", (("core/clock.py", "no such text", ""),), frozenset({"I1"}))
    with pytest.raises(LookupError, match="misfit"):
        mutants.copy(tmp_path, mutant)
