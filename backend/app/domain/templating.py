"""Message texts in Liquid: ``Hi {{ name | default: "there" }}``.

A text never leaves with an empty hole: a variable without a value and without ``default`` is
reported in ``Rendered.missing`` and its recipient must be skipped.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from liquid.exceptions import LiquidError
from liquid.token import Token

from app.domain import liquid_rules
from app.domain.errors import FieldError, InvalidError

MAX_TEXT = 4096

_ENVIRONMENT = liquid_rules.Environment()
_BREAKS = re.compile(r"\s*[^\S ]\s*")
_LONG_GAPS = re.compile(r" {5,}")


class TemplateError(InvalidError):
    """A text that can't be read as Liquid; ``line`` and ``column`` count from 1."""

    def __init__(self, field: str, problem: str, line: int, column: int) -> None:
        detail = f"Line {line}, column {column}: {problem}."
        code = "invalid_template"
        super().__init__(detail, code=code, errors=[FieldError(field, code, detail)])
        self.line, self.column = line, column


@dataclass(frozen=True, slots=True)
class Rendered:
    """A filled text. It may be sent only when ``missing`` is empty.

    ``missing`` names variables (``attributes.city``) in order of use. With ``problem`` (a value
    that a filter can't take, such as a date that is none) it names all variables of the text.
    """

    text: str
    missing: tuple[str, ...] = ()
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class _Compiled:
    template: liquid_rules.Template
    variables: tuple[str, ...]


def check(text: str, field: str = "content") -> None:
    """Refuse a text that can't be rendered; raises TemplateError (422 on ``field``)."""
    if len(text) > MAX_TEXT:
        raise TemplateError(field, f"longer than {MAX_TEXT} characters", 1, 1)
    try:
        _compile(text)
    except LiquidError as error:
        raise TemplateError(field, _words(error), *_position(text, error.token)) from error


def variables(text: str) -> list[str]:
    """Names that the text takes from its context, as ``attributes.city``, in order of use.

    Raises TemplateError for a text that ``check`` would refuse.
    """
    check(text)
    return list(_compile(text).variables)


def render(text: str, context: Mapping[str, object]) -> Rendered:
    """Fill a checked text with values (strings, numbers, booleans, dates, lists, mappings).

    Values are data: Liquid inside of them stays as it is. Raises TemplateError as ``check``.
    """
    if "{{" not in text and "{%" not in text:
        return Rendered(text)
    check(text)
    compiled = _compile(text)
    scope = liquid_rules.Context(compiled.template, globals=context)
    try:
        filled = scope.fill()
    except (LiquidError, RecursionError) as error:
        return Rendered("", compiled.variables or ("text",), _words(error))
    return Rendered(filled, tuple(scope.missing))


def clean_parameter(text: str) -> str:
    """A template parameter as WhatsApp takes it: no line break, no tab, at most 4 spaces in a row.

    Otherwise the whole message is refused (codes 100 and 132000 to 132018).
    """
    return _LONG_GAPS.sub("    ", _BREAKS.sub(" ", text.strip()))


@lru_cache(maxsize=2048)
def _compile(text: str) -> _Compiled:
    template = _ENVIRONMENT.from_string(text)
    if not isinstance(template, liquid_rules.Template):
        raise TypeError("the environment builds its own templates")
    used = template.analyze(include_partials=False)
    for name, spans in used.filters.items():
        if name not in _ENVIRONMENT.filters:
            token = Token("filter", name, spans[0].index, text)
            raise LiquidError(f"there is no filter '{name}'", token=token)
    found = sorted((v.span.index, str(v)) for uses in used.globals.values() for v in uses)
    return _Compiled(template, tuple(dict.fromkeys(name for _, name in found)))


def _words(error: Exception) -> str:
    if isinstance(error, LiquidError):
        return str(error.message)
    return "nested too deeply"


def _position(text: str, token: Token | None) -> tuple[int, int]:
    index = max(0, token.start_index) if token else 0
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)
