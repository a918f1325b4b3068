"""Idempotency keys: claimed by insert, filled with the answer, forgotten after a day."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.models.idempotency_keys import IdempotencyKey


def claim(session: Session, workspace_id: UUID, key: str, request_hash: str) -> bool:
    """Insert the key; waits for a parallel transaction that has it. False when it was there."""
    statement = (
        insert(IdempotencyKey)
        .values(workspace_id=workspace_id, key=key, request_hash=request_hash)
        .on_conflict_do_nothing()
        .returning(IdempotencyKey.key)
    )
    return session.scalar(statement) is not None


def find(session: Session, workspace_id: UUID, key: str) -> IdempotencyKey | None:
    """The stored key with its answer."""
    return session.scalar(
        select(IdempotencyKey).where(
            IdempotencyKey.workspace_id == workspace_id, IdempotencyKey.key == key
        )
    )


def keep(session: Session, workspace_id: UUID, key: str, status: int, body: Any) -> None:
    """Store the answer beside the key."""
    session.execute(
        update(IdempotencyKey)
        .where(IdempotencyKey.workspace_id == workspace_id, IdempotencyKey.key == key)
        .values(status=status, body=body)
    )


def forget_before(session: Session, before: datetime) -> None:
    """Delete keys older than ``before``."""
    session.execute(delete(IdempotencyKey).where(IdempotencyKey.created_at < before))


def forget(session: Session, workspace_id: UUID, key: str, before: datetime) -> None:
    """Delete this key if it is older than ``before``: it may be used anew."""
    session.execute(
        delete(IdempotencyKey).where(
            IdempotencyKey.workspace_id == workspace_id,
            IdempotencyKey.key == key,
            IdempotencyKey.created_at < before,
        )
    )
