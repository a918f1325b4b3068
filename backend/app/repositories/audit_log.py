"""The audit log: entries are added and read, never changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from app.domain.audit import Action, Origin
from app.domain.paging import PageOf, PageRequest
from app.models.api_keys import ApiKey
from app.models.audit_log import AuditEntry
from app.models.users import User
from app.repositories import pages


@dataclass(frozen=True, slots=True)
class Filters:
    """What the log may be narrowed by."""

    action: str | None = None
    actor_id: UUID | None = None
    object_type: str | None = None
    object_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None


_NAMES: Mapping[str, Any] = {
    "person": lambda id_: select(User.email).where(User.id == id_).scalar_subquery(),
    "api_key": lambda id_: select(ApiKey.name).where(ApiKey.id == id_).scalar_subquery(),
}
# Of somebody who is a member of several workspaces each is told; of a stranger nobody.
_OF_PERSON = text("""
    INSERT INTO audit_log (id, workspace_id, actor_kind, actor_id, actor_name, action,
                           object_type, object_id, address, request_id)
    SELECT uuidv7(), m.workspace_id, :kind, CASE :kind WHEN 'person' THEN u.id END,
           CASE :kind WHEN 'person' THEN u.email END, :action, 'user', u.id, :address, :request_id
      FROM users u JOIN memberships m ON m.user_id = u.id
     WHERE lower(u.email) = :email
""")


def add(
    session: Session,
    workspace_id: UUID,
    action: Action,
    object_id: UUID | None,
    origin: Origin,
    *,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
) -> None:
    """Write down one act; without an object it was done to all of its kind."""
    actor_id = origin.user_id or origin.api_key_id
    name = _NAMES.get(origin.kind)
    session.execute(
        insert(AuditEntry).values(
            workspace_id=workspace_id,
            actor_kind=origin.kind,
            actor_id=actor_id,
            actor_name=name(actor_id) if name else None,
            action=action.value,
            object_type=action.object_type,
            object_id=object_id,
            before=before,
            after=after,
            address=origin.address,
            request_id=origin.request_id,
        )
    )


def add_of_person(
    session: Session,
    email: str,
    action: Action,
    origin: Origin,
) -> None:
    """Write down an act on somebody's account, in each of their workspaces."""
    session.execute(
        _OF_PERSON,
        {
            "email": email.lower(),
            "kind": origin.kind,
            "action": action.value,
            "address": origin.address,
            "request_id": origin.request_id,
        },
    )


def commit_without_waiting(session: Session) -> None:
    """Have this transaction's commit not wait for the disk."""
    session.execute(text("SET LOCAL synchronous_commit = off"))


def page(
    session: Session, workspace_id: UUID, filters: Filters, request: PageRequest
) -> PageOf[AuditEntry]:
    """A page of the workspace's log."""
    statement = select(AuditEntry).where(AuditEntry.workspace_id == workspace_id)
    for name in ("action", "actor_id", "object_type", "object_id"):
        if (wanted := getattr(filters, name)) is not None:
            statement = statement.where(getattr(AuditEntry, name) == wanted)
    if filters.since is not None:
        statement = statement.where(AuditEntry.at >= filters.since)
    if filters.until is not None:
        statement = statement.where(AuditEntry.at < filters.until)
    return pages.fetch(session, statement, AuditEntry.id, request)
