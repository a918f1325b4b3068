"""`make lock`: compile every ``requirements*.in`` to a hashed ``.txt`` without addresses."""

import sys

from devstack import gates
from devstack.gates import Gate
from devstack.layout import REQUIREMENTS, script

# For every platform and Python we run on; nobody's package index is written down.
OPTIONS = (
    "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes",
    "--no-emit-index-url", "--no-annotate", "--no-header",
)  # fmt: skip


def main() -> int:
    """Compile all; the exit code."""
    command = (script("uv"), "pip", "compile", *OPTIONS)
    return gates.run_all(
        [
            Gate(source.name, [*command, source.name, "-o", f"{source.stem}.txt"], REQUIREMENTS)
            for source in sorted(REQUIREMENTS.glob("requirements*.in"))
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
