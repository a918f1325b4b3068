"""``scheduler dispatch`` and ``scheduler status``, as a person at night would use them."""

from sqlalchemy.orm import Session
from typer.testing import CliRunner, Result

from app.cli import cli
from app.services.dispatch.guard import guard

runner = CliRunner()


def _run(*arguments: str, answer: str | None = None) -> Result:
    return runner.invoke(cli, list(arguments), input=answer)


def test_stops_everything_and_lets_it_go_on(session: Session) -> None:
    assert _run("dispatch", "status").exit_code == 0
    assert _run("dispatch", "hold", "--why", "wrong price").exit_code == 0
    assert guard().refusal(session) == "by_person"
    shown = _run("dispatch", "status")
    assert shown.exit_code == 1
    assert "wrong price" in shown.output
    assert "scheduler dispatch confirm" in shown.output
    assert _run("dispatch", "hold").exit_code == 1
    assert _run("dispatch", "confirm", answer="n\n").exit_code == 1
    assert guard().refusal(session) == "by_person"
    assert _run("dispatch", "confirm", answer="y\n").exit_code == 0
    assert guard().refusal(session) is None
    again = _run("dispatch", "confirm", "--yes")
    assert again.exit_code == 1
    assert "not held" in again.output


def test_status_names_what_is_ill_and_what_waits(session: Session) -> None:
    _run("dispatch", "hold", "--why", "a look")
    shown = _run("status")
    assert shown.exit_code == 1
    for line in ("database: ok", "dispatch: held since", "due: 0", "queue dispatch: "):
        assert line in shown.output
