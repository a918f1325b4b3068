"""All commands together."""

import typer

from app.cli import accounts, backups, dispatch, examine, overview

cli = typer.Typer(no_args_is_help=True, add_completion=False, help="WhatsApp Scheduler.")
cli.add_typer(accounts.owner, name="owner")
cli.add_typer(accounts.workspace, name="workspace")
cli.add_typer(dispatch.cli, name="dispatch")
cli.command()(examine.doctor)
cli.command()(overview.status)
cli.command()(backups.backup)
cli.command()(backups.restore)
