"""One line of the table: ours beside something else, in the same run."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bench.report import Table


@dataclass(frozen=True, slots=True)
class Goals:
    """What a ratio must be, should be and would ideally be; ``more`` says which way is better."""

    must: float
    target: float
    ambition: float
    more: bool = True

    def met(self, ratio: float) -> str:
        """The best goal that ``ratio`` meets; ``missed`` when none."""
        goals = {"ambition": self.ambition, "target": self.target, "must": self.must}
        for name, goal in goals.items():
            if ratio >= goal if self.more else ratio <= goal:
                return name
        return "missed"


@dataclass(frozen=True, slots=True)
class Line:
    """``wrong`` lists what was not as it had to be: empty when the counts are right."""

    what: str
    ours: str
    beside: str
    ratio: float
    goals: Goals
    wrong: list[str] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Whether the whole run must fail."""
        return bool(self.wrong) or self.goals.met(self.ratio) == "missed"

    def cells(self) -> list[str]:
        """As a row under ``HEAD``."""
        goals = self.goals
        return [
            self.what, self.ours, self.beside, f"{self.ratio:.2f}",
            f"{goals.must:g} / {goals.target:g} / {goals.ambition:g}",
            goals.met(self.ratio), "; ".join(self.wrong) or "yes",
        ]  # fmt: skip


HEAD = ["line", "ours", "beside", "ratio", "must / target / ambition", "met", "counts right"]
_INTRO = (
    "Ours beside something simple that does part of the same, in one run on one machine: compare "
    "ratios only, with a fifth of doubt. Processor time is user and system time of every process "
    "of ours that took part, servers included."
)


def table(lines: Sequence[Line]) -> Table:
    """All lines of a run."""
    return Table("Ours beside others", _INTRO, [HEAD, *(one.cells() for one in lines)])
