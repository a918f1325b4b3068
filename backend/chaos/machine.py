"""On what a run ran."""

import os
import platform
import subprocess
import sys
from datetime import UTC, datetime

from chaos.stage import Stage


def here() -> dict[str, str]:
    """When and on what this process runs."""
    load = os.getloadavg()
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "cores": f"{os.cpu_count()}, load average {load[0]:.0f} at the end",
        "Python": platform.python_version(),
    }


def versions(stage: Stage) -> dict[str, str]:
    """What a run with all its parts ran on."""
    with stage.connected() as connection, connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        row = cursor.fetchone()
    return here() | {
        "PostgreSQL": str(row[0]) if row else "?",
        "packages": _packages(),
    }


def _packages() -> str:
    wanted = ("celery", "redis", "aiohttp", "sqlalchemy", "psycopg2-binary")
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "list", "--format=freeze", "--disable-pip-version-check"],
        capture_output=True, text=True, check=False,
    ).stdout.splitlines()  # fmt: skip
    found = dict(line.lower().split("==") for line in listed if "==" in line)
    return ", ".join(f"{name} {found[name]}" for name in wanted if name in found)
