"""Message bodies."""

from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, StringConstraints
from pydantic_core import PydanticCustomError, to_json

from app.api.schemas.base import In, Instant, Out, Title
from app.services.message_content import Draft
from app.services.messages import View

Category = Literal["marketing", "utility", "authentication"]
Kind = Literal["text", "template", "media", "interactive"]
Text = Annotated[str, StringConstraints(max_length=4096)]
Slots = dict[str, Text]
MAX_VARIABLES_BYTES = 8192


def _small(variables: dict[str, Any]) -> dict[str, Any]:
    if len(to_json(variables)) > MAX_VARIABLES_BYTES:
        raise PydanticCustomError("too_large", "must be at most 8 kB of JSON")
    return variables


Variables = Annotated[dict[str, Any], AfterValidator(_small)]


class Parameters(In):
    """Slot (position or name) → Liquid text; of buttons: index → slot → text."""

    header: Slots = {}
    body: Slots = {}
    buttons: dict[str, Slots] = {}


class TemplatePart(In):
    """Which template, and what fills its slots."""

    template_id: UUID
    parameters: Parameters = Parameters()


class _MessageFields(In):
    read_only: ClassVar[frozenset[str]] = frozenset(
        {"id", "variables", "version", "created_at", "updated_at"}
    )
    not_yet: ClassVar[frozenset[str]] = frozenset({"media", "interactive"})

    content: Text | None = None
    template: TemplatePart | None = None
    category: Category | None = None

    def parts(self) -> dict[str, Any]:
        """What was given, as fields of ``Draft`` (and ``title``, ``archived``)."""
        given = self.model_dump(exclude_unset=True, exclude={"template"})
        if self.template is not None:
            given["template_id"] = self.template.template_id
            given["parameters"] = self.template.parameters.model_dump(exclude_unset=True)
        # "category": null says no more than leaving it out.
        return {k: v for k, v in given.items() if k != "category" or v is not None}


class MessageIn(_MessageFields):
    """A new message; a template brings its own category."""

    title: Title
    kind: Kind
    preview_url: bool = False

    def draft(self) -> Draft:
        """What it says, without its title."""
        return Draft(**{k: v for k, v in self.parts().items() if k != "title"})


class MessageChanges(_MessageFields):
    """What may be changed; anything changed makes a new version."""

    title: Title = ""
    kind: Kind = "text"
    preview_url: bool = False
    archived: bool = False


class TemplatePartOut(BaseModel):
    """As it was written."""

    template_id: UUID
    parameters: dict[str, Any]


class MessageOut(Out):
    """A message with its newest version; ``variables`` are the names it takes from its reader."""

    id: UUID
    title: str
    kind: Kind
    content: str | None
    template: TemplatePartOut | None
    media: None = None
    interactive: None = None
    preview_url: bool
    variables: list[str]
    category: Category
    archived: bool
    version: int
    created_at: Instant
    updated_at: Instant

    @classmethod
    def of(cls, view: View) -> "MessageOut":
        """Shape a message and its version."""
        message, version = view.message, view.version
        content = version.content
        part = {name: content.get(name) for name in ("template_id", "parameters")}
        return cls.model_validate(
            {
                "id": message.id,
                "title": message.title,
                "kind": version.kind,
                "content": content.get("text"),
                "template": part if version.kind == "template" else None,
                "preview_url": content.get("preview_url", False),
                "variables": view.variables,
                "category": version.category,
                "archived": message.archived_at is not None,
                "version": message.version,
                "created_at": message.created_at,
                "updated_at": message.updated_at,
            }
        )


class PreviewIn(In):
    """For whom; ``external:<your id>`` stands for an id."""

    recipient_id: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None
    variables: Variables | None = None


class PreviewOut(Out):
    """``rendered`` shows ``{{ name }}`` where a value is missing; ``payload`` is null then."""

    rendered: str | None
    payload: dict[str, Any] | None
    missing: list[str]
    problem: str | None = Field(default=None, exclude_if=lambda problem: problem is None)
