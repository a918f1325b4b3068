"""One line of the table: ours beside something else, in the same run."""

import statistics
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
    """``wrong`` lists what was not as it had to be: empty when the counts are right.

    Without ``goals`` it only tells.
    """

    what: str
    ours: str
    beside: str
    ratio: float
    goals: Goals | None = None
    wrong: list[str] = field(default_factory=list)

    @property
    def met(self) -> str:
        """The best goal it meets."""
        return self.goals.met(self.ratio) if self.goals else "–"

    @property
    def failed(self) -> bool:
        """Whether the whole run must fail."""
        return bool(self.wrong) or self.met == "missed"

    def why(self) -> str:
        """What to say of one that failed."""
        return f"{self.what}: {self.ratio:.2f} {self.met}{'; '.join(['', *self.wrong])}"

    def cells(self) -> list[str]:
        """As a row under ``HEAD``."""
        goals = self.goals
        wanted = f"{goals.must:g} / {goals.target:g} / {goals.ambition:g}" if goals else "–"
        return [
            self.what, self.ours, self.beside, f"{self.ratio:.2f}", wanted, self.met,
            "; ".join(self.wrong) or "yes",
        ]  # fmt: skip


@dataclass(frozen=True)
class Page(Table):
    """A page with figures of its own, of which ``lines`` go into the table too."""

    lines: Sequence[Line] = ()


HEAD = ["line", "ours", "beside", "ratio", "must / target / ambition", "met", "counts right"]
_INTRO = (
    "Ours beside something simple that does part of the same, in one run on one machine: compare "
    "ratios only, with a fifth of doubt. Processor time is user and system time of every process "
    "of ours that took part, servers included; medians of three rounds, ours and theirs in turn."
)


def table(lines: Sequence[Line]) -> Table:
    """All lines of a run."""
    missed = [one.why() for one in lines if one.failed]
    return Table("Ours beside others", _INTRO, [HEAD, *(one.cells() for one in lines)], missed)


def middle(spent: Sequence[dict[str, float]]) -> dict[str, float]:
    """The round in the middle, by all that was spent in it."""
    return sorted(spent, key=lambda one: sum(one.values()))[len(spent) // 2]


def each(seconds: Sequence[float], count: int) -> float:
    """The median of rounds, for one of ``count``."""
    return statistics.median(seconds) / count


def micro(seconds: float) -> str:
    """Seconds as microseconds."""
    return f"{seconds * 1e6:,.0f} µs" if seconds >= 1e-5 else f"{seconds * 1e6:.1f} µs"


def parts(spent: dict[str, float], count: int) -> str:
    """Processor time of one of ``count``, and whose it was."""
    names = ", ".join(f"{name} {micro(used / count)}" for name, used in spent.items())
    return f"{micro(sum(spent.values()) / count)} ({names})"


def unequal(expected: dict[str, tuple[object, object]]) -> list[str]:
    """What is (first) not as it should be (second)."""
    return [f"{what}: {is_} not {should}" for what, (is_, should) in expected.items()
            if is_ != should]  # fmt: skip
