"""docs/bench/chaos.md: the figures of a run, with all that is needed to run it again."""

import re
from pathlib import Path

from chaos.figures import MOST_PER_KILL, RESOLVED_AT_LEAST
from chaos.run import Verdict
from devstack.layout import ROOT

FILE = ROOT / "docs" / "bench" / "chaos.md"
RULES = {
    "I1": "accepted twice",
    "I2": "lost or never ended",
    "I3": "early",
    "I4": "marked after an opt-out, cancel or pause",
    "I5": "a status or count that lies",
    "I6": "outcomes that don't sum to the audience",
    "I7": "marked by a drain that was taken over from",
}
_HEAD = """# Chaos: measured

Written by `make chaos` (docs/chaos.md says what the words mean). Load on the machine lengthens
waits and recoveries and can't hide a violation.
"""


def write(verdict: Verdict, command: str, file: Path = FILE) -> None:
    """Put a run's part into the file; other commands' parts stay."""
    put_in(command, [*verdict.versions.items(), *_what_happened(verdict), *_judged(verdict)], file)


def put_in(command: str, rows: list[tuple[str, str]], file: Path = FILE) -> None:
    """Put a command's table into the file; other commands' parts stay."""
    old = file.read_text() if file.exists() else _HEAD
    lines = ["| | |", "| --- | --- |", *(f"| {name} | {value} |" for name, value in rows)]
    section = f"\n## `{command}`\n\n" + "\n".join(lines) + "\n"
    pattern = re.compile(rf"\n## `{re.escape(command)}`\n.*?(?=\n## |\Z)", re.DOTALL)
    text = pattern.sub(lambda _: section, old) if pattern.search(old) else old + section
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text.rstrip("\n") + "\n")


def _what_happened(verdict: Verdict) -> list[tuple[str, str]]:
    size, struck = verdict.size, verdict.struck
    return [
        ("seed", str(size.seed)),
        ("deliveries", f"{sum(verdict.figures.statuses.values()):,}"),
        ("requests, accepted", f"{verdict.figures.requests:,}, {verdict.figures.accepted:,}"),
        ("storm and calm", f"{verdict.seconds:.0f} s"),
        ("struck", ", ".join(f"{name} {n}" for name, n in sorted(struck.items()))),
        ("ended as", ", ".join(f"{k} {n:,}" for k, n in sorted(verdict.figures.statuses.items()))),
    ]


def _judged(verdict: Verdict) -> list[tuple[str, str]]:
    found = [violation.rule for violation in verdict.violations]
    judged = [(f"{rule}: {what}", str(found.count(rule))) for rule, what in RULES.items()]
    return judged + _doubts(verdict) + [
        (f"recovery: {one.part}", f"{_seconds(one.seconds)} (at most {one.at_most:.0f} s)")
        for one in verdict.recoveries
    ]  # fmt: skip


def _doubts(verdict: Verdict) -> list[tuple[str, str]]:
    figures = verdict.figures
    share = f"{figures.resolved:,} of {figures.told:,} ({figures.resolved_share:.2%})"
    return [
        ("in doubt at some time", f"{figures.ambiguous:,}"),
        ("of those accepted and reported on: resolved", f"{share}, goal {RESOLVED_AT_LEAST:.1%}"),
        ("of those accepted and never reported on with our id", f"{figures.untold:,}"),
        (
            "marked and unsent, a kill and sender: mean, most",
            f"{_spread(figures.unsent_per_kill)}, goal at most {MOST_PER_KILL}",
        ),
        ("the same with those on the wire: mean, most", _spread(figures.open_per_kill)),
    ]


def _spread(values: list[int]) -> str:
    return f"{sum(values) / len(values):.1f}, {values[0]}" if values else "none"


def _seconds(value: float | None) -> str:
    return "not at all" if value is None else f"{value:.1f} s"
