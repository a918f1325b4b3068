"""A WhatsApp template with its parameters, filled for one person."""

from collections.abc import Mapping
from typing import Any

from app.domain import templating
from app.integrations.whatsapp import payloads, template_content, templates
from app.services import template_parameters
from app.services.text_content import Missing, Rendered

# Meta's limit for one text parameter.
MAX_PARAMETER = 1024


class TemplateContent:
    """``{"name", "language", "category", "parameter_format", "parameters", "components"}``."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self._shape = templates.parse(content)
        self._slots = [
            (path, str(text), templating.variables(str(text)))
            for path, text in template_parameters.flat(content.get("parameters") or {})
        ]

    def variables(self) -> list[str]:
        """Names that any of the parameters uses."""
        return list(dict.fromkeys(name for _, _, names in self._slots for name in names))

    def fill(self, context: Mapping[str, Any]) -> Rendered | Missing:
        """The template with every slot filled from ``context``."""
        leaves: dict[str, str] = {}
        names: dict[str, None] = {}
        problem: str | None = None
        for path, text, variables in self._slots:
            rendered = templating.render(text, context)
            value = templating.clean_parameter(rendered.text)
            if rendered.missing:
                names |= dict.fromkeys(rendered.missing)
                problem = problem or rendered.problem
            elif not value or len(value) > MAX_PARAMETER:
                names |= dict.fromkeys(variables or [path])
                problem = problem or _what_is_wrong(path, value)
            leaves[path] = value
        if names:
            return Missing(list(names), problem)
        return self._filled(template_parameters.nested(leaves))

    def read(self, parameters: Mapping[str, Any]) -> str:
        """Header, body and footer as WhatsApp shows them."""
        shown = template_content.preview(self._shape, parameters)
        return "\n".join(part for part in (shown.header, shown.body, shown.footer) if part)

    def _filled(self, parameters: dict[str, Any]) -> Rendered | Missing:
        try:
            part = payloads.template(self._shape, parameters)
        except payloads.PayloadError as error:
            return Missing([error.field], str(error))
        return Rendered(part, parameters, self.read(parameters))


def _what_is_wrong(path: str, value: str) -> str:
    if not value:
        return f"template.parameters.{path} came out empty"
    return f"template.parameters.{path} is longer than {MAX_PARAMETER} characters"
