"""Run PostgreSQL's programs although they refuse us: they want neither root nor a nameless uid.

First choice: a user namespace in which we are called ``nobody``; files stay ours. Where that is
forbidden (many containers), root drops to the ``nobody`` user, keeping the one capability that
lets it through directories closed to others. Both tools come with util-linux.
"""

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from devstack.processes import StartError


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
    """How to run such a program here; raises StartError when there is no way."""
    if os.geteuid() != 0 and _has_name(os.geteuid()):
        return Disguise()
    for candidate in _candidates():
        if _works(candidate):
            return candidate
    raise StartError(
        "PostgreSQL refuses to run as root or as a user without a name, and neither unshare nor "
        "setpriv works here. Run as a plain user, or set DATABASE_URL to a server of your own."
    )


def _candidates() -> list[Disguise]:
    nobody = pwd.getpwnam("nobody")
    uid, gid = nobody.pw_uid, nobody.pw_gid
    namespace = ("unshare", "--user", f"--map-user={uid}", f"--map-group={gid}")
    dropped = (
        "setpriv", "--clear-groups", f"--reuid={uid}", f"--regid={gid}",
        "--inh-caps=-all,+dac_override", "--ambient-caps=-all,+dac_override", "--pdeathsig=INT",
    )  # fmt: skip
    found = [Disguise(namespace, owner=os.geteuid())]
    return [*found, Disguise(dropped, owner=uid)] if os.geteuid() == 0 else found


def _has_name(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _works(candidate: Disguise) -> bool:
    try:
        tried = subprocess.run(candidate.wrap(["true"]), capture_output=True, check=False)
    except FileNotFoundError:
        return False
    return tried.returncode == 0
