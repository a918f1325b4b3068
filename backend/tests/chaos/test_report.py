"""The page of figures: one part for each command, written anew by that command alone."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

from chaos import report
from chaos.checker import judge
from chaos.figures import figures
from chaos.recovery import Recovery
from chaos.run import Verdict
from chaos.size import BIG
from tests.chaos.histories import good


def verdict() -> Verdict:
    return Verdict(BIG, judge(good()), figures(good()), Counter({"worker killed": 200}), 60)


def test_each_command_has_its_part(tmp_path: Path) -> None:
    file = tmp_path / "bench" / "chaos.md"
    report.write(verdict(), "make chaos", file)
    report.write(verdict(), 'make chaos ARGS="points"', file)
    late = Recovery("Redis, killed", None, 15)
    report.write(replace(verdict(), recoveries=[late]), "make chaos", file)
    text = file.read_text()
    assert text.count("## `make chaos`") == text.count('## `make chaos ARGS="points"`') == 1
    assert text.count("worker killed 200") == 2
    assert "| recovery: Redis, killed | not at all (at most 15 s) |" in text


def test_violations_are_counted_by_rule(tmp_path: Path) -> None:
    broken = replace(good(), planned=3)
    report.write(replace(verdict(), violations=judge(broken)), "make chaos", tmp_path / "c.md")
    assert "| I2: lost or never ended | 1 |" in (tmp_path / "c.md").read_text()
