"""Whether the migrations make exactly the tables of the models, and can be undone.

On a PostgreSQL of its own, so that nobody's data are touched.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from devstack import servers
from devstack.layout import ROOT, script


def main() -> int:
    """Upgrade an empty database, back, and up again; compare; the exit code."""
    with (
        tempfile.TemporaryDirectory() as folder,
        servers.start_postgres(Path(folder) / "postgres", fsync=False) as server,
    ):
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT / "backend"),
            "DATABASE_URL": server.url,
            "REDIS_URL": "redis://127.0.0.1:1/0",
            "SECRET_KEY": "never used: alembic only reads the address" * 2,
        }
        # The second upgrade fails on whatever the way back has left.
        for command in (["upgrade", "head"], ["downgrade", "base"], ["upgrade", "head"], ["check"]):
            done = subprocess.run(
                [script("alembic"), *command], cwd=ROOT, env=environment, check=False
            )
            if done.returncode != 0:
                return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
