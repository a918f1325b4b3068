"""``scheduler dispatch``: stop all sending, see why it is stopped, let it go on."""

from typing import Annotated

import typer

from app.cli.output import ask, failed, refusals_said
from app.services.dispatch import release
from app.services.dispatch.guard import CONFIRM, WHY

cli = typer.Typer(no_args_is_help=True, help="Whether anything is sent at all.")

Yes = Annotated[bool, typer.Option("--yes", help="Don't ask.")]
_AFTER_RESTORE = (
    "Whatever was due by {at} UTC may have been sent after the backup was taken: it becomes "
    "unconfirmed and is not sent by itself. What is due later is sent: look through the "
    "schedules first, for one cancelled after the backup is alive again."
)


@cli.command()
def status() -> None:
    """Say whether sending is held; exit code 1 when it is."""
    state = release.state()
    if state is None or state.held_for is None:
        typer.echo("Sending is not held.")
        return
    typer.echo(f"Held since {state.held_at:%Y-%m-%d %H:%M:%S} UTC: {state.held_detail}")
    typer.echo(CONFIRM)
    raise typer.Exit(1)


@cli.command()
def hold(why: Annotated[str, typer.Option(help="Shown in /health/ready.")] = "no reason") -> None:
    """Stop all sending of all workspaces within a second, until `dispatch confirm`."""
    if not release.hold(why):
        raise failed("Sending is held already; see: scheduler dispatch status")
    typer.echo("Held. Nothing is sent until: scheduler dispatch confirm")


@cli.command()
def confirm(yes: Yes = False) -> None:
    """Let sending go on, after you have looked into why it is held."""
    state = release.state()
    if state is None or state.held_for is None or state.held_at is None:
        raise failed("Sending is not held.")
    typer.echo(f"Held since {state.held_at:%Y-%m-%d %H:%M:%S} UTC: {state.held_detail}")
    if state.held_for in release.WENT_BACK:
        typer.echo(_AFTER_RESTORE.format(at=f"{state.held_at:%Y-%m-%d %H:%M:%S}"))
    ask("Let sending go on?", yes=yes)
    with refusals_said():
        done = release.confirm()
    typer.echo(f"Sending goes on; it was held because {WHY.get(done.reason, done.reason)}.")
    if done.unconfirmed or done.expired:
        typer.echo(f"{done.unconfirmed} deliveries became unconfirmed, {done.expired} expired.")
