"""`make bench`: measure the real processes beside something simple.

python -m bench: everything, into one table of ratios, docs/bench/table.md, and a page each of
what has figures of its own. python -m bench NAME...: some of it; the table is only printed. A
missed goal (of a ratio the "must") or a wrong count ends the run with 1.
"""

import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from bench import fan_out, intake, line, pacing, punctuality, reading, report, sending
from bench.line import Line
from bench.report import Table

T = TypeVar("T")

LINES: Mapping[str, Callable[[Path], list[Line]]] = {
    "sending": sending.run,
    "fan_out": fan_out.run,
    "reading": reading.run,
}
PAGES: Mapping[str, Callable[[Path], Table]] = {
    "pacing": pacing.run,
    "punctuality": punctuality.run,
    "intake": intake.run,
}


def main(names: list[str]) -> int:
    """Run what is named, or all; the exit code."""
    known = [*LINES, *PAGES]
    unknown = set(names) - set(known)
    if unknown:
        print(f"No such workload: {', '.join(sorted(unknown))}. There are: {', '.join(known)}.")
        return 2
    about = report.surroundings()
    wanted = names or known
    lines = [one for name in wanted if name in LINES for one in _in_folder(LINES[name])]
    missed: list[str] = []
    for name in wanted:
        if name in PAGES:
            surroundings = report.surroundings()
            page = _in_folder(PAGES[name])
            print(report.save(name, page, surroundings))
            missed += page.missed
            lines += page.lines if isinstance(page, line.Page) else []
    if lines:
        table = line.table(lines)
        print(report.text("", table, about) if names else report.save("", table, about))
        missed += table.missed
    print("\n".join(f"MISSED {goal}" for goal in missed))
    return int(bool(missed))


def _in_folder(run: Callable[[Path], T]) -> T:
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        return run(Path(folder))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
