"""Whether a function, class or method is used by nobody, tests included.

python -m devstack.dead_code; its settings are in pyproject.toml. Vulture is sure of unused imports,
arguments and unreachable lines only (80 % and more). With its doubts (60 %) it finds the rest too,
but among variables also the fields of tables and bodies, which have readers elsewhere.
"""

import re
import subprocess
import sys

from devstack.console import say
from devstack.layout import ROOT, script

_CLEAN, _FOUND = 0, 3
_COUNTS = re.compile(r"(?!tests/).*(unused (class|function|method|property) |\((100|[89]\d)%)")


def main() -> int:
    """Say what is unused; the exit code."""
    done = subprocess.run(
        [script("vulture")], cwd=ROOT / "backend", capture_output=True, text=True, check=False
    )
    if done.returncode not in (_CLEAN, _FOUND):
        say(done.stdout + done.stderr)
        return done.returncode
    unused = list(filter(_COUNTS.match, done.stdout.splitlines()))
    for line in unused:
        say(line)
    return 1 if unused else 0


if __name__ == "__main__":
    sys.exit(main())
