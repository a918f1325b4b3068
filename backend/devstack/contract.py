"""The contract in files: ``docs/openapi.json``, the dashboard's types made from it, and
``docs/states.md``.

python -m devstack.contract write | check
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from devstack import node, openapi, states_page
from devstack.console import say
from devstack.layout import FRONTEND, REQUIREMENTS, ROOT

OPENAPI = openapi.TARGET
TYPES = FRONTEND / "src" / "api" / "schema.d.ts"


def types() -> str:
    """TypeScript types of the committed description."""
    npm = node.find(REQUIREMENTS / "requirements-node.txt")
    # Below the front end, for prettier takes its settings from the folders above a file.
    with tempfile.TemporaryDirectory(dir=FRONTEND / "src" / "api") as folder:
        target = str(Path(folder) / "schema.d.ts")
        for tool in (
            ["openapi-typescript", str(OPENAPI), "-o", target],
            ["prettier", "-w", target],
        ):
            subprocess.run(
                [*npm.npm, "exec", "--offline", "--", *tool],
                cwd=FRONTEND,
                env=npm.environment,
                check=True,
                stdout=subprocess.DEVNULL,
            )
        return Path(target).read_text()


def main(arguments: list[str]) -> int:
    """Write the files, or say which is out of date; the exit code."""
    stale = []
    written = ((OPENAPI, openapi.render), (TYPES, types), (states_page.TARGET, states_page.render))
    for path, make in written:
        made = make()
        if arguments == ["write"]:
            path.write_text(made)
        elif not path.is_file() or path.read_text() != made:
            stale.append(str(path.relative_to(ROOT)))
    if stale:
        say(f"Out of date: {', '.join(stale)}. Run: make openapi")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
