"""The workspace's own settings."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.domain.errors import NotFoundError, StaleVersionError
from app.models.workspaces import Workspace
from app.repositories import workspaces


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
    changed = workspaces.change_if_version(session, workspace_id, changes, expected)
    if changed is None:
        raise StaleVersionError("The workspace was changed meanwhile; read it again.")
    return changed
