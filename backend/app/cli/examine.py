"""``scheduler doctor``."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Annotated

import typer
from pydantic import ValidationError

from app.core import config
from app.services.doctor import examination
from app.services.doctor.findings import Finding, Level, fail

_COLOURS = {
    Level.OK: typer.colors.GREEN,
    Level.WARN: typer.colors.YELLOW,
    Level.FAIL: typer.colors.RED,
}

AsJson = Annotated[bool, typer.Option("--json", help="A JSON list instead of lines.")]


def doctor(as_json: AsJson = False) -> None:
    """Examine the installation; exit code 1 when something doesn't work."""
    found = []
    with _silence():
        for finding in _findings():
            found.append(finding)
            if not as_json:
                _say(finding)
    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in found], indent=2))
    if any(finding.level is Level.FAIL for finding in found):
        raise typer.Exit(1)


@contextmanager
def _silence() -> Iterator[None]:
    # What went wrong is a finding; the same in the log would only confuse.
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)


def _findings() -> Iterator[Finding]:
    try:
        config.Settings()
    except ValidationError as error:
        for sentence in config.sentences(error):
            yield fail("settings", sentence, "Nothing starts with it; mend it first.")
        return
    yield from examination.examine()


def _say(finding: Finding) -> None:
    level = typer.style(f"{finding.level:<5}", fg=_COLOURS[finding.level])
    typer.echo(f"{level} {finding.name}: {finding.says}")
    if finding.advice:
        typer.echo(f"      -> {finding.advice}")
