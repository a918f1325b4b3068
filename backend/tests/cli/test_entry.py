"""The ways to call the command line."""

import subprocess
import sys
from pathlib import Path

BACKEND = Path(__file__).parents[2]


def test_the_script_works_from_anywhere(tmp_path: Path) -> None:
    script = BACKEND / "bin" / "scheduler"
    done = subprocess.run(
        [sys.executable, script, "--help"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for command in ("doctor", "status", "backup", "restore", "owner", "workspace", "dispatch"):
        assert command in done.stdout
