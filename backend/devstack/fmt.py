"""`make fmt`: let the formatters write."""

import sys

from devstack import dashboard, gates, node
from devstack.gates import Gate
from devstack.layout import FRONTEND, REQUIREMENTS, ROOT, script


def main() -> int:
    """Format both halves; the exit code."""
    if dashboard.main(["--install-only"]) != 0:
        return 1
    npm = node.find(REQUIREMENTS / "requirements-node.txt")
    backend = ROOT / "backend"
    return gates.run_all(
        [
            Gate("ruff check --fix", [script("ruff"), "check", "--fix", "."], backend),
            Gate("ruff format", [script("ruff"), "format", "."], backend),
            Gate("prettier", [*npm.npm, "run", "format"], FRONTEND, npm.environment),
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
