"""From a bare Python to the project's own: make ``.venv``, install, continue inside it.

    python3 backend/devstack/bootstrap.py local|dev ARGUMENTS...

``local`` installs what `make run` needs, ``dev`` adds the tools of `make test` and `make check`;
then ``.venv``'s Python runs with ARGUMENTS. Standard library only, and nothing newer than
Python 3.8 understands, so that an old Python still says what is missing.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)
SECONDS = "DEVSTACK_LIBRARIES_SECONDS"


def main(arguments: list[str]) -> None:
    """Prepare ``.venv`` for the named set, then become its Python."""
    started = time.monotonic()
    requirements = ROOT / "backend" / f"requirements-{arguments[0]}.txt"
    _check_python()
    stamp = VENV / f"stamp-{requirements.stem}"
    if not stamp.exists() or stamp.read_text() != _fingerprint(requirements):
        _make_venv()
        _install(requirements)
        stamp.write_text(_fingerprint(requirements))
    environment = _environment()
    environment[SECONDS] = f"{time.monotonic() - started:.0f}"
    os.execve(str(VENV_PYTHON), [str(VENV_PYTHON), *arguments[1:]], environment)  # noqa: S606


def _environment() -> dict[str, str]:
    environment = dict(os.environ)
    environment["PYTHONPATH"] = str(ROOT / "backend")
    environment["PATH"] = os.pathsep.join((str(VENV / "bin"), os.environ.get("PATH", os.defpath)))
    # uv compiles nothing: unless the first process may keep what it compiled, each of the dozens
    # to come does it again, which takes longer than the rest of its start.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return environment


def _check_python() -> None:
    if sys.version_info < OLDEST:
        oldest, this = (".".join(map(str, v[:2])) for v in (OLDEST, sys.version_info))
        sys.exit(
            f"Python {oldest} or newer is needed, this is {this} ({sys.executable}). "
            "Name another: make run PYTHON=python3.12"
        )


def _fingerprint(requirements: Path) -> str:
    # The folder too: scripts inside a virtual environment name their place, so a moved one
    # is set up anew. And its Python, which the system may have replaced by a newer one.
    place = f"{ROOT} {os.path.realpath(VENV_PYTHON)}"
    return hashlib.sha256(requirements.read_bytes() + place.encode()).hexdigest()


def _make_venv() -> None:
    if _is_whole():
        return
    version = ".".join(map(str, sys.version_info[:2]))
    shutil.rmtree(VENV, ignore_errors=True)
    made = subprocess.run(
        [sys.executable, "-m", "venv", str(VENV)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if made.returncode != 0:
        shutil.rmtree(VENV, ignore_errors=True)
        sys.exit(
            "This Python cannot make a virtual environment. On Debian and Ubuntu: "
            f"apt install python{version}-venv\n{made.stdout.decode()}"
        )


def _is_whole() -> bool:
    """Not moved, not cut short while it was made, nor left behind by its Python."""
    try:
        stayed = str(VENV) in (VENV / "bin" / "activate").read_text()
        # Made last, so it starts only where the rest is there.
        pip = [str(VENV_PYTHON), "-c", "import pip._internal.cli.main"]
        return stayed and _succeeds(pip, quiet=True)
    except OSError:
        return False


def _install(requirements: Path) -> None:
    print("Installing the Python libraries (the first time takes a minute) ...", flush=True)
    uv_file = requirements.with_name("requirements-uv.txt")
    pip = [str(VENV_PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    uv = [str(VENV / "bin" / "uv"), "pip", "install", "--quiet", "--python", str(VENV_PYTHON)]
    hashed = ["--require-hashes", "-r"]
    # uv is many times faster, but not every network lets it through: pip does the same.
    if _succeeds([*pip, *hashed, str(uv_file)], quiet=True) and _succeeds(
        [*uv, *hashed, str(requirements)], quiet=True
    ):
        return
    if not _succeeds([*pip, *hashed, str(requirements)]):
        sys.exit("The Python libraries could not be installed; pip says why above.")


def _succeeds(command: list[str], quiet: bool = False) -> bool:
    output = subprocess.DEVNULL if quiet else None
    try:
        return subprocess.run(command, stdout=output, stderr=output, check=False).returncode == 0
    except FileNotFoundError:
        return False


if __name__ == "__main__":
    main(sys.argv[1:])
