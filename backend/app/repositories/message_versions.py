"""Immutable versions of message content."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.refs import Ref
from app.models.messages import MessageVersion


def by_ids(session: Session, ids: Collection[UUID]) -> dict[UUID, MessageVersion]:
    """Versions by id, of any workspace: for the engine."""
    statement = select(MessageVersion).where(MessageVersion.id.in_(ids))
    return {version.id: version for version in session.scalars(statement)}


def of_message(session: Session, ref: Ref, version: int) -> MessageVersion | None:
    """One version of a message."""
    return session.scalar(
        select(MessageVersion).where(
            MessageVersion.workspace_id == ref.workspace_id,
            MessageVersion.message_id == ref.id,
            MessageVersion.version == version,
        )
    )
