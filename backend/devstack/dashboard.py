"""Build the dashboard into ``frontend/dist`` when its sources changed: a task of its own.

python -m devstack.dashboard [--install-only]
"""

import hashlib
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from devstack import node
from devstack.console import say
from devstack.layout import FRONTEND, REQUIREMENTS
from devstack.processes import StartError

# Made by tools, so no reason to build again.
NOT_SOURCES = {"node_modules", "dist", "coverage"}


def main(arguments: list[str]) -> int:
    """Install packages and build where needed; the exit code."""
    try:
        _install()
        if "--install-only" not in arguments:
            _build()
    except (StartError, subprocess.CalledProcessError, OSError) as error:
        say(str(error))
        return 1
    return 0


def _install() -> None:
    lock = FRONTEND / "package-lock.json"
    stamp = FRONTEND / "node_modules" / ".installed"
    if _needs(stamp, wanted := fingerprint([lock])):
        _npm("ci", "--no-audit", "--no-fund")
        stamp.write_text(wanted)


def _build() -> None:
    # Beside the packages, not in dist: what lies there is served.
    stamp = FRONTEND / "node_modules" / ".built"
    wanted = fingerprint(sources(FRONTEND))
    if _needs(stamp, wanted) or not (FRONTEND / "dist" / "index.html").is_file():
        stamp.unlink(missing_ok=True)
        _npm("run", "build")
        stamp.write_text(wanted)


def sources(folder: Path) -> list[Path]:
    """Every file the build may depend on, in a stable order."""
    found = []
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            found += sources(path) if path.name not in NOT_SOURCES else []
        elif path.is_file():
            found.append(path)
    return found


def fingerprint(files: Iterable[Path]) -> str:
    """One hash over names and contents."""
    total = hashlib.sha256()
    for path in files:
        total.update(str(path).encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def _needs(stamp: Path, wanted: str) -> bool:
    return not stamp.is_file() or stamp.read_text() != wanted


def _npm(*arguments: str) -> None:
    found = node.find(REQUIREMENTS / "requirements-node.txt")
    subprocess.run([*found.npm, *arguments], cwd=FRONTEND, env=found.environment, check=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
