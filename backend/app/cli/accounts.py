"""``scheduler owner`` and ``scheduler workspace``."""

from typing import Annotated

import typer
from pydantic import ValidationError

from app.api.schemas.accounts import SetupIn
from app.cli.output import failed, refusals_said
from app.core import db, walls
from app.services import accounts
from app.services.accounts import NewOwner

owner = typer.Typer(no_args_is_help=True, help="People who own workspaces.")
workspace = typer.Typer(no_args_is_help=True, help="Workspaces.")

Email = Annotated[str, typer.Option(help="The address to log in by.")]
# Asked for when left out, so that it needn't stand in the shell's history.
Password = Annotated[
    str, typer.Option(help="At least 12 characters.", prompt=True, hide_input=True)
]


def _checked(**values: str) -> NewOwner:
    # The rules of POST /setup: what one door refuses, the other doesn't let in.
    try:
        body = SetupIn.model_validate(values)
    except ValidationError as error:
        raise failed(*(f"{e['loc'][0]}: {e['msg']}" for e in error.errors())) from None
    return NewOwner(**body.model_dump(exclude={"setup_token"}))


@owner.command()
def reset_password(email: Email, password: Password) -> None:
    """Set a new password; all sessions of the person end."""
    with refusals_said(), db.transaction(walls.AUTH) as session:
        accounts.reset_password(session, email, password)
    typer.echo(f"{email} can log in with the new password.")


@workspace.command()
def create(
    name: Annotated[str, typer.Option(help="The workspace's name.")],
    email: Email,
    password: Password,
    timezone: Annotated[str, typer.Option(help="IANA time zone.")] = "UTC",
    country: Annotated[str, typer.Option(help="For phones without a country code.")] = "US",
    locale: Annotated[str, typer.Option(help="Language of the workspace.")] = "en",
) -> None:
    """Make a workspace and its owner, who logs in as usual; an account is asked its password."""
    made = _checked(
        workspace_name=name,
        email=email,
        password=password,
        timezone=timezone,
        country=country,
        locale=locale,
    )
    with refusals_said(), db.transaction(walls.AUTH) as session:
        accounts.create(session, made)
    typer.echo(f"{name} is ready; {email} can log in.")
