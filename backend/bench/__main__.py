"""`make bench`: run workloads against the real processes; a table each under docs/bench.

python -m bench [WORKLOAD...]: all of them when none is named. Those that have lines go into one
table of ratios. A missed goal (of a ratio the "must") or a wrong count ends the run with 1.
"""

import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from bench import intake, line, pacing, punctuality, report, sending
from bench.line import Line
from bench.report import Table

T = TypeVar("T")

WORKLOADS: Mapping[str, Callable[[Path], Table]] = {
    "pacing": pacing.run,
    "punctuality": punctuality.run,
    "intake": intake.run,
}
LINES: Mapping[str, Callable[[Path], list[Line]]] = {"sending": sending.run}


def main(names: list[str]) -> int:
    """Run the named workloads; the exit code."""
    known = [*LINES, *WORKLOADS]
    unknown = set(names) - set(known)
    if unknown:
        print(f"No such workload: {', '.join(sorted(unknown))}. There are: {', '.join(known)}.")
        return 2
    about = report.surroundings()
    lines = [one for name in names or known if name in LINES for one in _in_folder(LINES[name])]
    if lines:
        print(report.save("table", line.table(lines), about, " ".join(names)))
    missed = [f"{one.what}: {one.cells()[-2]}" for one in lines if one.failed]
    for name in names or known:
        if name in WORKLOADS:
            about = report.surroundings()
            table = _in_folder(WORKLOADS[name])
            print(report.save(name, table, about))
            missed += table.missed
    print("\n".join(f"MISSED {goal}" for goal in missed))
    return int(bool(missed))


def _in_folder(run: Callable[[Path], T]) -> T:
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        return run(Path(folder))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
