"""From a message version and a person to the part of a send that is theirs alone.

On the hot path: a version is compiled once a process and then filled for each person
without any I/O. Nothing leaves with a hole: see ``Missing``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Protocol
from uuid import UUID

from app.services.template_content import TemplateContent
from app.services.text_content import Missing as Missing
from app.services.text_content import Rendered as Rendered
from app.services.text_content import TextContent

_CACHED_VERSIONS = 512


@dataclass(frozen=True, slots=True)
class Person:
    """What a text may know about its reader."""

    id: UUID
    name: str
    phone: str | None
    whatsapp_user_id: str | None
    language: str | None
    country: str | None
    timezone: str | None
    external_id: str | None
    attributes: Mapping[str, Any]

    def context(self, variables: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The names offered to Liquid; ``variables`` stand beside them and win."""
        return {
            "name": self.name,
            "phone": self.phone,
            "language": self.language,
            "country": self.country,
            "attributes": self.attributes,
            **(variables or {}),
        }


class _Content(Protocol):
    def variables(self) -> list[str]: ...
    def fill(self, context: Mapping[str, Any]) -> Rendered | Missing: ...
    def read(self, parameters: Mapping[str, Any]) -> str: ...


class Compiled:
    """One version, ready to be filled."""

    def __init__(self, content: _Content) -> None:
        self._content = content

    def render(
        self, person: Person, variables: Mapping[str, Any] | None = None
    ) -> Rendered | Missing:
        """What ``person`` would get; ``variables`` are those of a direct send."""
        return self._content.fill(person.context(variables))

    def variables(self) -> list[str]:
        """Names the message takes from its context, in order of use."""
        return self._content.variables()

    def read(self, parameters: Mapping[str, Any]) -> str:
        """The human reading of what was sent with ``Rendered.parameters``."""
        return self._content.read(parameters)


def compile_content(kind: str, content: Mapping[str, Any]) -> Compiled:
    """Compile content that is not stored (yet). Raises TemplateError for unreadable Liquid."""
    if kind == "text":
        return Compiled(TextContent(content))
    if kind == "template":
        return Compiled(TemplateContent(content))
    raise ValueError(f"no message kind {kind!r}")


def compile_version(version_id: UUID, kind: str, content: Mapping[str, Any]) -> Compiled:
    """Compile a stored version; the last 512 are kept, which is safe as they never change."""
    return _compile(_Source(version_id, kind, content))


@dataclass(frozen=True, slots=True)
class _Source:
    version_id: UUID
    kind: str = field(compare=False)
    content: Mapping[str, Any] = field(compare=False)


@lru_cache(maxsize=_CACHED_VERSIONS)
def _compile(source: _Source) -> Compiled:
    return compile_content(source.kind, source.content)
