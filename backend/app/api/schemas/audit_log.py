"""The audit log's answers."""

from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel

from app.api.schemas.base import Instant
from app.models.audit_log import AuditEntry


class ActorOut(BaseModel):
    """Who did it; ``name`` is a person's address or a key's name, as it was then."""

    kind: Literal["person", "api_key", "anonymous", "system"]
    id: UUID | None
    name: str | None


class ObjectOut(BaseModel):
    """What it was done to."""

    type: str
    id: UUID | None


class AuditEntryOut(BaseModel):
    """One act; ``before`` and ``after`` hold the fields that it changed."""

    id: UUID
    at: Instant
    actor: ActorOut
    action: str
    object: ObjectOut
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    address: str | None
    request_id: str | None

    @classmethod
    def of(cls, row: AuditEntry) -> "AuditEntryOut":
        """From its row."""
        own = ("id", "at", "action", "before", "after", "address", "request_id")
        return cls(
            actor=ActorOut.model_validate(
                {"kind": row.actor_kind, "id": row.actor_id, "name": row.actor_name}
            ),
            object=ObjectOut(type=row.object_type, id=row.object_id),
            **{name: getattr(row, name) for name in own},
        )
