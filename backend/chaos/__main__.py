"""`make chaos`: prove under fire that nothing is sent twice, lost, early or after a stop.

python -m chaos [--deliveries N] [--kills N] [--seed N] [--small]    one run
python -m chaos mutants [NAME...]                                    is every fault found?
python -m chaos judge FILE                                           judge evidence again
"""

import argparse
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from chaos import checker, figures, mutants, run
from chaos.evidence import Evidence
from chaos.run import Verdict
from chaos.size import BIG, SMALL, Size
from devstack.console import say

_SHOWN = 20


def main(arguments: list[str]) -> int:
    """Do as asked; 0 when nothing was violated."""
    if arguments[:1] == ["judge"]:
        found = Evidence.load(Path(arguments[1]))
        return _tell(Verdict(BIG, checker.judge(found), figures.figures(found)))
    if arguments[:1] == ["mutants"]:
        tried = mutants.main(Path(tempfile.mkdtemp(prefix="chaos-")), arguments[1:])
        missed = sum(not one.caught for one in tried)
        say(f"{len(tried) - missed} of {len(tried)} mutants caught")
        return 1 if missed else 0
    size, folder = _read(arguments)
    began = time.monotonic()
    return _tell(
        run.run(folder, size, say=lambda line: say(f"{time.monotonic() - began:5.0f} s  {line}"))
    )


def _read(arguments: list[str]) -> tuple[Size, Path]:
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--small", action="store_true", help="the edition of `make test`")
    for name in ("deliveries", "kills", "crashes", "stops", "seed"):
        parser.add_argument(f"--{name}", type=int)
    parser.add_argument("--folder", type=Path, help="keeps data and logs; must be new")
    given = parser.parse_args(arguments)
    size = SMALL if given.small else BIG
    names = ("deliveries", "kills", "crashes", "stops", "seed")
    changes = {name: getattr(given, name) for name in names if getattr(given, name) is not None}
    return replace(size, **changes), given.folder or Path(tempfile.mkdtemp(prefix="chaos-"))


def _tell(verdict: Verdict) -> int:
    say(f"struck: {dict(verdict.struck)}")
    say(f"figures: {verdict.figures}")
    for violation in verdict.violations[:_SHOWN]:
        say(str(violation))
    say(f"{len(verdict.violations)} violations, {verdict.seconds:.0f} s")
    return 1 if verdict.violations else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
