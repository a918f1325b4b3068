"""Every code a caller may see is explained on /docs/errors."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

from app.api import error_codes, problems
from app.domain import errors

APP = Path(__file__).resolve().parents[2] / "app"
LOCALES = APP.parents[1] / "frontend" / "src" / "locales"
# Where the code stands among the positional arguments.
POSITIONS = {"InvalidError.of": 1, "FieldError": 1, "PydanticCustomError": 0}
RAISERS = {"ConflictError", "ForbiddenError", "InvalidError", "NotAuthenticatedError"}


def _codes(path: Path) -> Iterator[str]:
    for call in ast.walk(ast.parse(path.read_text())):
        if not isinstance(call, ast.Call):
            continue
        name = ast.unparse(call.func).removeprefix("errors.")
        position = POSITIONS.get(name)
        found: list[ast.expr] = []
        if position is not None:
            found = call.args[position : position + 1]
        elif name in RAISERS:
            found = [keyword.value for keyword in call.keywords if keyword.arg == "code"]
        yield from (
            node.value
            for node in found
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        )


def test_every_code_in_use_is_explained() -> None:
    # WhatsApp's own errors and skip reasons are other lists.
    places = [APP / "api", APP / "services", APP / "domain"]
    used = {code for place in places for path in place.rglob("*.py") for code in _codes(path)}
    used = {problems._CODES.get(code, code) for code in used} | set(problems._CODES.values())
    used |= {kind.code for kind in errors.Refusal.__subclasses__()}
    assert used - error_codes.OF_ANSWERS.keys() - error_codes.OF_FIELDS.keys() == set()


def test_the_page_has_an_anchor_for_each() -> None:
    page = error_codes.page()
    for code in (*error_codes.OF_ANSWERS, *error_codes.OF_FIELDS):
        assert page.count(f'id="{code}"') == 1


def test_the_dashboard_tells_each_in_every_language() -> None:
    # These are told by their HTTP status alone.
    by_status = {"forbidden", "missing_scope", "too_many_requests", "internal_error"}
    listed = error_codes.OF_ANSWERS.keys() | error_codes.OF_FIELDS.keys()
    words = sorted(LOCALES.glob("*/refusals.json"))
    assert len(words) == 2
    for file in words:
        assert json.loads(file.read_text())["refusal"].keys() == listed - by_status, file
