"""The part of Liquid that message texts may use, and what counts as a missing value.

No tag loops or includes and every filter has a bound, so that a text of bounded length renders
in bounded time and memory, whatever its author or an imported attribute holds.
"""

from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from typing import Any

import liquid
from liquid.context import RenderContext
from liquid.exceptions import FilterArgumentError
from liquid.output import LimitedStringIO
from liquid.template import BoundTemplate
from liquid.undefined import UNDEFINED, Undefined
from liquid.utils import ReadOnlyChainMap

MAX_VALUE = 8192  # characters of one filtered value; the longest message text has 4096
MAX_OUTPUT_BYTES = 65536
_MAX_INTEGER = 10**30
_MAX_DATE_FORMAT = 64

_TAGS = {"if", "unless", "case", "assign", "comment", "#"}
_PARSER_PARTS = {"content", "output", "illegal"}
_TEXT_FILTERS = {"upcase", "downcase", "capitalize", "strip", "lstrip", "rstrip", "squish"}
_TEXT_FILTERS |= {"truncate", "truncatewords", "append", "prepend", "remove", "remove_first"}
_LIST_FILTERS = {"split", "first", "last", "size"}
_NUMBER_FILTERS = {"plus", "minus", "times", "divided_by", "modulo", "round", "floor", "ceil"}
_NUMBER_FILTERS |= {"abs", "at_least", "at_most"}
_FILTERS = _TEXT_FILTERS | _LIST_FILTERS | _NUMBER_FILTERS


class Missing(Undefined):
    """A variable without a value; using it for anything but a condition or ``default`` notes it."""

    __slots__ = ("noted",)

    def __init__(self, name: str, noted: dict[str, None]) -> None:
        super().__init__(name)
        self.noted = noted

    def __str__(self) -> str:
        self.noted[self.name] = None
        return ""

    def __eq__(self, other: object) -> bool:
        # An empty attribute and an absent one are the same to the author of a text.
        return other in (None, "") or isinstance(other, Undefined)

    __hash__ = Undefined.__hash__


class Context(RenderContext):
    """Looks variables up and turns None, blank text and empty collections into ``Missing``."""

    __slots__ = ("missing",)

    def __init__(self, template: BoundTemplate, **options: Any) -> None:
        super().__init__(template, **options)
        self.missing: dict[str, None] = {}
        # The base class also offers ``now`` and ``today``, read from the server's clock.
        self.scope = ReadOnlyChainMap(self.locals, self.globals)

    def get(self, path: list[object], *, token: Any, default: object = UNDEFINED) -> object:
        """As the base class; the name of a missing value is its whole path."""
        value = super().get(path, token=token, default=None)
        if value is None or value in ([], {}) or (isinstance(value, str) and not value.strip()):
            if default is not UNDEFINED:
                return default
            return Missing(".".join(str(part) for part in path), self.missing)
        return value

    def fill(self) -> str:
        """The text with its values; what had none is in ``missing``. Raises LiquidError."""
        buffer = LimitedStringIO(limit=MAX_OUTPUT_BYTES)
        self.template.render_with_context(self, buffer)
        return buffer.getvalue()


class Template(BoundTemplate):
    """A parsed text bound to ``Context``."""

    context_class = Context


class Environment(liquid.Environment):
    """Liquid without loops, includes, clocks and unbounded filters; mistakes are errors."""

    template_class = Template
    block_nesting_limit = 10

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        """Keep what is listed above."""
        super().setup_tags_and_filters(extra=extra)
        self.tags = {n: tag for n, tag in self.tags.items() if n in _TAGS | _PARSER_PARTS}
        kept = {name: _bounded(self.filters[name]) for name in _FILTERS}
        own = {"replace": _bounded(_replace), "date": _bounded(_date)}
        self.filters = {"default": self.filters["default"], **kept, **own}


def _bounded(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def bounded(*values: Any, **options: Any) -> Any:
        for value in values:
            if isinstance(value, Missing):
                str(value)  # notes it: numeric filters would take it for 0
        try:
            result = function(*values, **options)
        except (ArithmeticError, ValueError) as error:
            raise FilterArgumentError(str(error), token=None) from error
        if isinstance(result, (str, list)) and len(result) > MAX_VALUE:
            raise FilterArgumentError(f"a value longer than {MAX_VALUE}", token=None)
        if isinstance(result, int) and abs(result) > _MAX_INTEGER:
            raise FilterArgumentError("a number too large", token=None)
        return result

    return bounded


def _replace(value: object, old: object, new: object = "") -> str:
    text, old, new = str(value), str(old), str(new)
    # Counted before it is built: with an empty ``old`` the result is the product of both.
    if len(text) + text.count(old) * len(new) > MAX_VALUE:
        raise FilterArgumentError(f"a value longer than {MAX_VALUE}", token=None)
    return text.replace(old, new)


def _date(value: object, layout: object) -> str:
    """ISO 8601 only: guessing day and month would print wrong dates, "now" isn't in the data."""
    if isinstance(value, Missing):
        return ""
    if not isinstance(value, date):
        value = datetime.fromisoformat(str(value))
    if len(str(layout)) > _MAX_DATE_FORMAT:
        raise FilterArgumentError(f"a format longer than {_MAX_DATE_FORMAT}", token=None)
    return value.strftime(str(layout))
