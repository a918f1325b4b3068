"""How commands end: with words for people, and an exit code for programs."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from app.domain.errors import Refusal


def failed(*reasons: str, code: int = 1) -> typer.Exit:
    """Say why on standard error; raise what is returned."""
    for reason in reasons:
        typer.echo(reason, err=True)
    return typer.Exit(code)


@contextmanager
def refusals_said() -> Iterator[None]:
    """A refusal is said and ends the command with exit code 1."""
    try:
        yield
    except Refusal as refusal:
        raise failed(refusal.detail) from None


def ask(question: str, *, yes: bool) -> None:
    """Go on only when a person agrees, or did so beforehand by ``--yes``."""
    if not yes and not typer.confirm(question):
        raise failed("Nothing was changed.")
