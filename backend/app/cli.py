"""The command line, for what needs no log-in: ``python -m app.cli --help``."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from pydantic import ValidationError
from sqlalchemy.orm import Session

from app.api.schemas.accounts import SetupIn
from app.core import db, walls
from app.domain.errors import Refusal
from app.services import accounts
from app.services.accounts import NewOwner

cli = typer.Typer(no_args_is_help=True, add_completion=False, help="WhatsApp Scheduler.")
_owner = typer.Typer(no_args_is_help=True, help="People who own workspaces.")
_workspace = typer.Typer(no_args_is_help=True, help="Workspaces.")
cli.add_typer(_owner, name="owner")
cli.add_typer(_workspace, name="workspace")

Email = Annotated[str, typer.Option(help="The address to log in by.")]
# Asked for when left out, so that it needn't stand in the shell's history.
Password = Annotated[
    str, typer.Option(help="At least 12 characters.", prompt=True, hide_input=True)
]


@contextmanager
def _transaction() -> Iterator[Session]:
    try:
        with db.transaction(walls.AUTH) as session:
            yield session
    except Refusal as refusal:
        raise _failed(refusal.detail) from None


def _failed(*reasons: str) -> typer.Exit:
    for reason in reasons:
        typer.echo(reason, err=True)
    return typer.Exit(1)


def _checked(**values: str) -> NewOwner:
    # The rules of POST /setup: what one door refuses, the other doesn't let in.
    try:
        body = SetupIn.model_validate(values)
    except ValidationError as error:
        raise _failed(*(f"{e['loc'][0]}: {e['msg']}" for e in error.errors())) from None
    return NewOwner(**body.model_dump(exclude={"setup_token"}))


@_owner.command()
def reset_password(email: Email, password: Password) -> None:
    """Set a new password; all sessions of the person end."""
    with _transaction() as session:
        accounts.reset_password(session, email, password)
    typer.echo(f"{email} can log in with the new password.")


@_workspace.command()
def create(
    name: Annotated[str, typer.Option(help="The workspace's name.")],
    email: Email,
    password: Password,
    timezone: Annotated[str, typer.Option(help="IANA time zone.")] = "UTC",
    country: Annotated[str, typer.Option(help="For phones without a country code.")] = "US",
    locale: Annotated[str, typer.Option(help="Language of the workspace.")] = "en",
) -> None:
    """Make a workspace and its owner, who logs in as usual."""
    owner = _checked(
        workspace_name=name,
        email=email,
        password=password,
        timezone=timezone,
        country=country,
        locale=locale,
    )
    with _transaction() as session:
        accounts.create(session, owner)
    typer.echo(f"{name} is ready; {email} can log in.")


if __name__ == "__main__":
    cli()
