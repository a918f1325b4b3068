"""``scheduler status``: what happens now, in a few lines."""

import typer

from app.core import db
from app.core.version import VERSION
from app.services import health, load


def status() -> None:
    """Say what is ready, what waits and what is in doubt; exit code 1 when a part is ill."""
    checks = health.of_system()
    typer.echo(f"WhatsApp Scheduler {VERSION}")
    for part, state in checks.items():
        typer.echo(f"  {part}: {state}")
    ill = any(state != health.WELL for state in checks.values())
    if checks["migrations"] == health.WELL:
        _say_load()
    raise typer.Exit(1 if ill else 0)


def _say_load() -> None:
    with db.reading() as session:
        now = load.measure(session)
    typer.echo(f"  due: {now.due}, the oldest for {now.oldest_due_seconds:.0f} s")
    typer.echo(f"  unconfirmed: {now.in_doubt}")
    typer.echo(f"  callbacks waiting: {now.callbacks.pending}")
    for queue, length in load.queue_lengths().items():
        typer.echo(f"  queue {queue}: {length}")
