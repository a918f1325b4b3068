"""Each fault for `make chaos ARGS=mutants` still fits the product; running them is left to that."""

from pathlib import Path

import pytest

from chaos import mutants
from chaos.checker import RULES
from chaos.mutations import MUTANTS, Mutant


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


def test_one_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    mutant = Mutant("misfit", (("core/clock.py", "no such text", ""),), frozenset({"I1"}))
    with pytest.raises(LookupError, match="misfit"):
        mutants.copy(tmp_path, mutant)
