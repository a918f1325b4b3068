"""`make check`: everything a tool can judge without running the product.

python -m devstack.check [NAME...]: all gates, or those whose names contain a NAME.
"""

import sys
from pathlib import Path

from devstack import dashboard, gates, node
from devstack.console import say
from devstack.gates import Gate
from devstack.layout import FRONTEND, REQUIREMENTS, ROOT, script

BACKEND = ROOT / "backend"


def python_gates() -> list[Gate]:
    """The back end's style, types, layers, unused code and dependencies."""
    commands = {
        "ruff": ["ruff", "check", "."],
        "ruff format": ["ruff", "format", "--check", "."],
        "mypy": ["mypy"],
        "import-linter": ["lint-imports"],
        "deptry": ["deptry", ".", "--config", "deptry.toml"],
        "vulture": ["python", "-m", "devstack.dead_code"],
    }
    return [
        Gate(name, [script(tool), *arguments], BACKEND)
        for name, (tool, *arguments) in commands.items()
    ]


def contract_gates() -> list[Gate]:
    """What is generated or declared elsewhere still agrees with the code."""
    modules = {
        "schema": ["devstack.schema"],
        "OpenAPI and TypeScript types": ["devstack.contract", "check"],
        "deployment files": ["pytest", "-q", "tests/deployment"],
    }
    return [
        Gate(name, [sys.executable, "-m", *arguments], BACKEND)
        for name, arguments in modules.items()
    ]


def file_gates() -> list[Gate]:
    """YAML and shell at the root."""
    yaml = ["docker-compose.yml", ".hadolint.yaml", ".yamllint.yaml", ".github/workflows"]
    found = [Gate("yamllint", [script("yamllint"), "--strict", *yaml], ROOT)]
    # Its wheel exists for x86-64 only.
    if Path(script("shellcheck")).is_file():
        found.append(Gate("shellcheck", [script("shellcheck"), ".ci/run"], ROOT))
    return found


def frontend_gates() -> list[Gate]:
    """The dashboard's scripts, by their names in package.json."""
    npm = node.find(REQUIREMENTS / "requirements-node.txt")
    names = ("lint", "format:check", "typecheck", "i18n:check")
    return [
        Gate(f"npm run {name}", [*npm.npm, "run", name], FRONTEND, npm.environment)
        for name in names
    ]


def main(wanted: list[str]) -> int:
    """Run the wanted gates; the exit code."""
    if dashboard.main(["--install-only"]) != 0:
        say("The dashboard's packages could not be installed.")
        return 1
    every = [*python_gates(), *contract_gates(), *file_gates(), *frontend_gates()]
    return gates.run_all(
        [gate for gate in every if not wanted or any(word in gate.name for word in wanted)]
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
