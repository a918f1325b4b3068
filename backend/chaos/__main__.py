"""`make chaos`: prove under fire that nothing is sent twice, lost, early or after a stop.

python -m chaos [--deliveries N] [--kills N] [--seed N] [--small]    one run
python -m chaos points                                               die at each named point
python -m chaos mutants [NAME...]                                    is every fault found?
python -m chaos simulate [--deliveries N] [--seed N]                 a million, without processes
python -m chaos judge FILE                                           judge evidence again

A whole run, points, mutants and simulate write their figures into docs/bench/chaos.md.
"""

import argparse
import shlex
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from chaos import checker, figures, mutants, points, report, run
from chaos.evidence import Evidence
from chaos.run import Verdict
from chaos.simulation import command as simulation
from chaos.size import BIG, SMALL, Size
from devstack.console import say

_SHOWN = 20
_NUMBERS = ("deliveries", "kills", "crashes", "stops", "seed")


def main(arguments: list[str]) -> int:
    """Do as asked; 0 when nothing was violated."""
    folder = Path(tempfile.mkdtemp(prefix="chaos-"))
    match arguments:
        case ["judge", file]:
            found = Evidence.load(Path(file))
            return _tell(Verdict(BIG, checker.judge(found), figures.figures(found)))
        case ["simulate", *rest]:
            return simulation.main(rest)
        case ["mutants", *names]:
            return _judge_mutants(folder, names)
        case ["points"]:
            return _run(folder, points.SIZE, arguments)
        case _:
            given = _read(arguments)
            return _run(given.folder or folder, _size(given), arguments)


def _run(folder: Path, size: Size, arguments: list[str]) -> int:
    began = time.monotonic()
    verdict = run.run(
        folder, size, say=lambda line: say(f"{time.monotonic() - began:5.0f} s  {line}")
    )
    if not size.hurry or size.scene:
        command = f'make chaos ARGS="{shlex.join(arguments)}"' if arguments else "make chaos"
        report.write(verdict, command)
    say(f"Logs and evidence: {folder}")
    return _tell(verdict)


def _judge_mutants(folder: Path, names: list[str]) -> int:
    tried = mutants.main(folder, names)
    missed = sum(not one.caught for one in tried)
    say(f"{len(tried) - missed} of {len(tried)} as they should be")
    if not names:
        report.put_in('make chaos ARGS="mutants"', mutants.rows(tried))
    return 1 if missed or not tried else 0


def _read(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--small", action="store_true", help="the edition of `make test`")
    for name in _NUMBERS:
        parser.add_argument(f"--{name}", type=int)
    parser.add_argument("--folder", type=Path, help="keeps data and logs; must be new")
    return parser.parse_args(arguments)


def _size(given: argparse.Namespace) -> Size:
    changes = {name: getattr(given, name) for name in _NUMBERS if getattr(given, name) is not None}
    return replace(SMALL if given.small else BIG, **changes)


def _tell(verdict: Verdict) -> int:
    say(f"struck: {dict(verdict.struck)}")
    say(f"figures: {verdict.figures}")
    for one in verdict.recoveries:
        say(str(one))
    for violation in verdict.violations[:_SHOWN]:
        say(str(violation))
    say(f"{len(verdict.violations)} violations, {verdict.seconds:.0f} s")
    late = any(not one.in_time for one in verdict.recoveries)
    return 1 if verdict.violations or late else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
