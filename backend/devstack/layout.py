"""Where things lie in the working copy."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ROOT / "backend"
FRONTEND = ROOT / "frontend"
ENV_FILE = ROOT / ".env"


def script(name: str) -> str:
    """A command installed beside the Python that runs us."""
    return str(Path(sys.executable).parent / name)
