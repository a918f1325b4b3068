"""A free text, filled for one person."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.domain import templating
from app.integrations.whatsapp import payloads

_ATTRIBUTE = re.compile(r"attributes\.(\w+)")
_ROOT = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message for one person.

    ``part`` is ``{"type": "text", "text": {…}}`` or ``{"type": "template", "template": {…}}``;
    ``parameters`` the values that were used, as JSON; ``text`` the human reading of it all.
    """

    part: dict[str, Any]
    parameters: dict[str, Any]
    text: str


@dataclass(frozen=True, slots=True)
class Missing:
    """A message that can't be made for one person.

    ``names`` are the variables without a value (or the slot that stayed empty); ``problem``
    says in words what else was wrong.
    """

    names: list[str]
    problem: str | None = None


class TextContent:
    """``{"text", "preview_url"}``."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self._text: str = content["text"]
        self._preview_url = bool(content.get("preview_url"))
        self._variables = templating.variables(self._text)
        self._taken = _Taken(self._variables)

    def variables(self) -> list[str]:
        """Names the text uses."""
        return self._variables

    def fill(self, context: Mapping[str, Any]) -> Rendered | Missing:
        """The text with the values of ``context``."""
        rendered = templating.render(self._text, context)
        if rendered.missing:
            return Missing(list(rendered.missing), rendered.problem)
        try:
            part = payloads.text(rendered.text, preview_url=self._preview_url)
        except payloads.PayloadError as error:
            # Rendered in, it is empty or longer than WhatsApp takes.
            return Missing(self._variables or ["text"], str(error))
        return Rendered(part, self._taken.of(context), rendered.text)

    def read(self, parameters: Mapping[str, Any]) -> str:
        """The text as it was sent with ``parameters``."""
        return templating.render(self._text, parameters).text


class _Taken:
    """The part of a context that a text uses: small, and enough to fill it again."""

    def __init__(self, variables: Iterable[str]) -> None:
        names = list(variables)
        found = [match[1] for name in names if (match := _ATTRIBUTE.match(name))]
        roots = [match[0] for name in names if (match := _ROOT.match(name))]
        self._attributes = tuple(dict.fromkeys(found))
        self._roots = tuple(root for root in dict.fromkeys(roots) if root != "attributes")
        # attributes["home town"] or a computed key: take them all.
        self._whole = len(found) < roots.count("attributes")

    def of(self, context: Mapping[str, Any]) -> dict[str, Any]:
        taken = {root: context[root] for root in self._roots if root in context}
        attributes = context.get("attributes")
        if self._whole:
            taken["attributes"] = attributes
        elif self._attributes and isinstance(attributes, Mapping):
            taken["attributes"] = {k: attributes[k] for k in self._attributes if k in attributes}
        return taken
