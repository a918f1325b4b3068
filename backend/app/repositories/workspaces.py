"""Workspaces."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.models.workspaces import Workspace


def get(session: Session, workspace_id: UUID) -> Workspace | None:
    """One workspace."""
    return session.get(Workspace, workspace_id)


def lock(session: Session, workspace_id: UUID) -> Workspace:
    """The workspace, as it is until this transaction changes it."""
    return session.get_one(
        Workspace, workspace_id, with_for_update={"key_share": True}, populate_existing=True
    )


def change_if_version(
    session: Session, workspace_id: UUID, changes: Mapping[str, Any], expected: int | None
) -> Workspace | None:
    """Apply people's changes; None when ``expected`` is no longer the version."""
    statement = update(Workspace).where(Workspace.id == workspace_id)
    if expected is not None:
        statement = statement.where(Workspace.version == expected)
    return session.scalars(
        statement.values(**changes, version=Workspace.version + 1)
        .returning(Workspace)
        .execution_options(populate_existing=True)
    ).one_or_none()
