"""The dashboard's own tests, which are written beside what they test."""

import subprocess

import pytest

from devstack import node
from devstack.layout import FRONTEND, REQUIREMENTS


@pytest.mark.timeout(900)
@pytest.mark.parametrize("script", ["test", "budget"])
def test_its_script_passes(script: str) -> None:
    npm = node.find(REQUIREMENTS / "requirements-node.txt")
    done = subprocess.run(
        [*npm.npm, "run", script],
        cwd=FRONTEND,
        env=npm.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
