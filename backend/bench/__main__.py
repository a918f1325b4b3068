"""`make bench`: run workloads against the real processes; a table each under docs/bench.

python -m bench [WORKLOAD...]: all of them when none is named.
"""

import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from bench import pacing, punctuality, report
from bench.report import Table

WORKLOADS: Mapping[str, Callable[[Path], Table]] = {
    "pacing": pacing.run,
    "punctuality": punctuality.run,
}


def main(names: list[str]) -> int:
    """Run the named workloads; the exit code."""
    unknown = set(names) - WORKLOADS.keys()
    if unknown:
        print(f"No such workload: {', '.join(sorted(unknown))}. There are: {', '.join(WORKLOADS)}.")
        return 2
    for name in names or WORKLOADS:
        with tempfile.TemporaryDirectory(prefix="bench") as folder:
            about = report.surroundings()
            table = WORKLOADS[name](Path(folder))
        print(report.save(name, table, about))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
