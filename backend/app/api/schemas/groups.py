"""Group bodies."""

from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import Field, StringConstraints, field_validator
from pydantic_core import PydanticCustomError

from app.api.schemas.base import In, Instant, Out, Title
from app.api.schemas.recipients import RecipientKey
from app.services import groups

Description = Annotated[str, StringConstraints(max_length=1024)]
_Keys = Annotated[list[RecipientKey], Field(max_length=10_000)]


class GroupPatch(In):
    """What may be changed."""

    read_only: ClassVar[frozenset[str]] = frozenset({"id", "kind", "size", "version", "created_at"})
    not_yet: ClassVar[frozenset[str]] = frozenset({"filter"})

    name: Title = ""
    description: Description = ""


class GroupIn(In):
    """A new group. Saved filters (``dynamic``) are not built yet."""

    read_only: ClassVar[frozenset[str]] = frozenset({"id", "size", "version", "created_at"})
    not_yet: ClassVar[frozenset[str]] = frozenset({"filter"})

    name: Title
    kind: Literal["static", "dynamic"] = "static"
    description: Description | None = None

    @field_validator("kind")
    @classmethod
    def _only_static(cls, kind: str) -> str:
        if kind != "static":
            raise PydanticCustomError(
                "not_supported_yet", "dynamic groups are not supported by this version yet"
            )
        return kind


class MembersIn(In):
    """Whom to put in and whom to take out."""

    add: _Keys = []
    remove: _Keys = []


class PreviewIn(In):
    """A filter to count people by."""

    filter: dict[str, Any]


class GroupOut(Out):
    """A group; ``size`` counts its people now."""

    id: UUID
    name: str
    description: str
    kind: Literal["static"] = "static"
    filter: None = None
    size: int
    version: int
    created_at: Instant

    @classmethod
    def of(cls, view: groups.View) -> "GroupOut":
        """From what the services answer."""
        group = view.group
        return cls(
            id=group.id,
            name=group.name,
            description=group.description,
            size=view.size,
            version=group.version,
            created_at=group.created_at,
        )
