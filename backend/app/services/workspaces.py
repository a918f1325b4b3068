"""The workspace's own settings."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.domain.audit import Action
from app.domain.errors import NotFoundError, StaleVersionError
from app.domain.refs import Ref
from app.models.workspaces import Workspace
from app.repositories import workspaces
from app.services import audit


def get(session: Session, workspace_id: UUID) -> Workspace:
    """The workspace. Raises NotFoundError."""
    workspace = workspaces.get(session, workspace_id)
    if workspace is None:
        raise NotFoundError("workspace", workspace_id)
    return workspace


def change(
    session: Session, workspace_id: UUID, changes: Mapping[str, Any], expected: int | None
) -> Workspace:
    """Change settings. Raises StaleVersionError when somebody was quicker."""
    if not changes:
        return get(session, workspace_id)
    locked = workspaces.lock(session, workspace_id)
    ref = Ref(workspace_id, workspace_id)
    was = {name: getattr(locked, name) for name in changes}
    changed = workspaces.change_if_version(session, workspace_id, changes, expected)
    if changed is None:
        raise StaleVersionError("The workspace was changed meanwhile; read it again.")
    audit.note(session, Action.WORKSPACE_CHANGED, ref, before=was, after=changes)
    return changed
