"""Template bodies."""

from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel

from app.api.schemas.base import In, Instant, Out
from app.models.templates import Template
from app.services import templates


class SyncIn(In):
    """Whose WABA to read."""

    sender_id: UUID


class SyncOut(BaseModel):
    """The work was asked for."""

    status: Literal["queued"] = "queued"


class SlotOut(Out):
    """A value the template needs; ``path`` is its place in a message's parameters."""

    path: str
    section: Literal["header", "body", "buttons"]
    kind: str
    required: bool


class ButtonOut(Out):
    """A button as shown."""

    kind: str
    label: str
    url: str | None


class TemplateOut(Out):
    """A template in one language, with its texts and slots already read.

    ``unsupported`` names parts that this version can't send; such a template can't be used.
    """

    id: UUID
    waba_id: str
    meta_id: str
    name: str
    language: str
    category: str
    status: str
    quality: str | None
    rejected_reason: str | None
    parameter_format: str
    components: list[Any]
    header: str | None
    header_media: str | None
    body: str
    footer: str | None
    buttons: list[ButtonOut]
    slots: list[SlotOut]
    unsupported: list[str]
    synced_at: Instant
    created_at: Instant

    @classmethod
    def of(cls, template: Template) -> "TemplateOut":
        """A row and what its components mean."""
        shape = templates.shape_of(template)
        return cls.model_validate(_Read(template, shape))


class _Read:
    """Attributes of the row, else of its shape."""

    def __init__(self, template: Template, shape: object) -> None:
        self._parts = (template, shape)

    def __getattr__(self, name: str) -> Any:
        template, shape = self._parts
        return getattr(template if hasattr(template, name) else shape, name)
