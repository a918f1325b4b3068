"""``scheduler backup`` and ``scheduler restore``."""

from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import make_url

from app.cli.output import ask, failed, refusals_said
from app.core.config import settings
from app.services import backups
from app.services.dispatch.guard import CONFIRM

File = Annotated[Path, typer.Argument(dir_okay=False, help="The backup.")]


def backup(
    file: File,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the file.")] = False,
) -> None:
    """Write the whole database to FILE, while everything runs.

    Access tokens in it are encrypted: keep SECRET_KEY too, in another place.
    """
    if file.exists() and not overwrite:
        raise failed(f"{file} exists already; --overwrite replaces it.")
    with refusals_said():
        size = backups.write(file)
    typer.echo(f"Backed up to {file}, {size / 1024**2:.1f} MB. Keep SECRET_KEY as well.")


def restore(
    file: File, yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False
) -> None:
    """Replace everything in the database by the backup FILE; sending is held afterwards."""
    if not file.is_file():
        raise failed(f"There is no {file}.")
    with refusals_said():
        found = backups.read(file)
    url = make_url(settings().database_url)
    typer.echo(f"This replaces everything in the database {url.database} on {url.host}.")
    ask("Restore?", yes=yes)
    with refusals_said():
        backups.restore(found)
    typer.echo(
        "Restored. Everybody logs in again. Nothing is sent: what was due may have been sent "
        f"after the backup was taken. {CONFIRM}"
    )
