"""The command line."""

import pytest
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from app.cli import cli
from app.domain.errors import NotAuthenticatedError
from app.repositories import users
from app.services import sessions
from app.services.sessions import Device

runner = CliRunner()
MAKE = ["workspace", "create", "--name", "Sol", "--email", "eva@example.com", "--password"]
GOOD = "seven brown loaves"


def _log_in(session: Session, password: str) -> None:
    sessions.log_in(session, "eva@example.com", password, Device())


def test_makes_a_workspace_whose_owner_logs_in(session: Session) -> None:
    made = runner.invoke(cli, [*MAKE, GOOD])
    assert made.exit_code == 0, made.output
    _log_in(session, GOOD)


def test_makes_a_second_workspace_for_who_knows_the_password(session: Session) -> None:
    runner.invoke(cli, [*MAKE, GOOD])
    wrong = runner.invoke(cli, [*MAKE, "nine white rolls"])
    assert wrong.exit_code == 1
    assert "has an account already" in wrong.output
    again = runner.invoke(cli, [*MAKE, GOOD])
    assert again.exit_code == 0, again.output
    user = users.find_by_email(session, "eva@example.com")
    assert user is not None
    roles = [role for _, role in users.workspaces_of(session, user.id)]
    assert roles == ["owner", "owner"]


def test_resets_a_password_that_is_asked_for(session: Session) -> None:
    runner.invoke(cli, [*MAKE, GOOD])
    reset = ["owner", "reset-password", "--email", "Eva@example.com"]
    done = runner.invoke(cli, reset, input="nine white rolls\n")
    assert done.exit_code == 0, done.output
    assert "nine white rolls" not in done.output
    _log_in(session, "nine white rolls")
    with pytest.raises(NotAuthenticatedError):
        _log_in(session, GOOD)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([*MAKE, "short"], "password"),
        ([*MAKE, "Password1234"], "guessed"),
        ([*MAKE, GOOD, "--timezone", "Mars/Olympus"], "timezone"),
        (["owner", "reset-password", "--email", "x@example.com", "--password", GOOD], "x@example"),
    ],
)
def test_says_what_is_wrong(session: Session, arguments: list[str], says: str) -> None:
    result = runner.invoke(cli, arguments)
    assert result.exit_code == 1
    assert says in result.output
