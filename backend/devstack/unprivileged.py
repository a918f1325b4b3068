"""Run a program that refuses root, when we are root, without making a system user.

First choice: a user namespace in which root is called uid 1000; files stay root's. Where that
is forbidden (many containers): the ``nobody`` user, keeping the one capability that lets it
through directories closed to others. Both tools come with util-linux.
"""

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from devstack.processes import StartError

NAMESPACE = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
DROP = ("setpriv", "--clear-groups", "--inh-caps=-all,+dac_override")
DROP_TAIL = ("--ambient-caps=-all,+dac_override", "--pdeathsig=INT")


@dataclass(frozen=True)
class Disguise:
    """What to put before a command, and the uid that must own its files."""

    prefix: tuple[str, ...] = ()
    owner: int | None = None

    def wrap(self, argv: Sequence[str]) -> list[str]:
        """The command to start instead of ``argv``; it keeps the same pid."""
        return [*self.prefix, *argv]

    def own(self, folder: Path) -> None:
        """Give ``folder`` to the uid the program will run as (it insists on owning it)."""
        if self.owner is None or folder.stat().st_uid == self.owner:
            return
        for parent, _, files in os.walk(folder):
            for path in (parent, *(os.path.join(parent, name) for name in files)):
                os.chown(path, self.owner, -1, follow_symlinks=False)


@lru_cache(maxsize=1)
def disguise() -> Disguise:
    """How to run a root-refusing program here; raises StartError when there is no way."""
    if os.geteuid() != 0:
        return Disguise()
    nobody = pwd.getpwnam("nobody")
    dropped = (*DROP, f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", *DROP_TAIL)
    for candidate in (Disguise(NAMESPACE, owner=0), Disguise(dropped, owner=nobody.pw_uid)):
        if _works(candidate):
            return candidate
    raise StartError(
        "PostgreSQL refuses to run as root, and neither unshare nor setpriv works here. "
        "Run as a plain user, or set DATABASE_URL to a PostgreSQL server of your own."
    )


def _works(candidate: Disguise) -> bool:
    try:
        tried = subprocess.run(candidate.wrap(["true"]), capture_output=True, check=False)
    except FileNotFoundError:
        return False
    return tried.returncode == 0
