"""`make test`: set up what the tests need, then run them all.

python -m devstack.test [ARGUMENTS of pytest...]: with arguments only pytest runs.
"""

import os
import shutil
import subprocess
import sys

from devstack import dashboard
from devstack.console import say
from devstack.layout import ROOT

BACKEND = ROOT / "backend"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
APT = ("apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120")


def main(arguments: list[str]) -> int:
    """Build the dashboard, for it is served in tests, then run everything."""
    provide_browser()
    if dashboard.main([]) != 0:
        say("1 failed: the dashboard could not be built")
        return 1
    if arguments:
        return _pytest(arguments)
    # More processes than most machines have cores, for the longest tests mostly wait; not in
    # the order of numbers, for those tests come first.
    return _pytest(["-n", "3", "--dist", "loadscope", "--no-loadscope-reorder"])


def browser() -> str | None:
    """The Chromium of the journeys: ``CHROMIUM``, else the system's; None when there is none."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)


def provide_browser() -> None:
    """Install Chromium where that is possible; journeys need it and fail without."""
    if browser() is not None:
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        say("No Chromium here, so the journeys will fail: install it, or set CHROMIUM to its path.")
        return
    say("Installing Chromium for the journeys ...")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (("update",), ("install", "-y", "--no-install-recommends", "chromium")):
        if subprocess.run([*APT, *command], env=quiet, check=False).returncode != 0:
            say("apt-get failed, so the journeys will fail for want of Chromium.")
            return


def _pytest(arguments: list[str]) -> int:
    command = [sys.executable, "-m", "pytest", *arguments]
    return subprocess.run(command, cwd=BACKEND, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
