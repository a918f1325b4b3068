"""API keys of integrators."""

from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from app.domain.paging import PageOf, PageRequest
from app.domain.refs import Ref
from app.models.api_keys import ApiKey
from app.repositories import pages


def _usable() -> ColumnElement[bool]:
    return ApiKey.revoked_at.is_(None) & (
        ApiKey.expires_at.is_(None) | (ApiKey.expires_at > func.clock_timestamp())
    )


def find_usable(session: Session, prefix: str) -> ApiKey | None:
    """The key that begins so, if it still holds; its secret is yet to be compared."""
    return session.scalar(select(ApiKey).where(ApiKey.prefix == prefix, _usable()))


def is_usable(session: Session, ref: Ref) -> bool:
    """Whether a key is neither revoked nor expired."""
    statement = select(ApiKey.id).where(
        ApiKey.workspace_id == ref.workspace_id, ApiKey.id == ref.id, _usable()
    )
    return session.scalar(statement) is not None


def find(session: Session, ref: Ref) -> ApiKey | None:
    """One key, whatever its state."""
    return session.scalar(
        select(ApiKey).where(ApiKey.workspace_id == ref.workspace_id, ApiKey.id == ref.id)
    )


def touch(session: Session, ref: Ref) -> None:
    """Note that a key was used now."""
    session.execute(
        update(ApiKey)
        .where(ApiKey.workspace_id == ref.workspace_id, ApiKey.id == ref.id)
        .values(last_used_at=func.clock_timestamp(), updated_at=ApiKey.updated_at)
    )


def page(session: Session, workspace_id: UUID, request: PageRequest) -> PageOf[ApiKey]:
    """The workspace's keys that were not revoked."""
    statement = select(ApiKey).where(
        ApiKey.workspace_id == workspace_id, ApiKey.revoked_at.is_(None)
    )
    return pages.fetch(session, statement, ApiKey.id, request)


def revoke(session: Session, ref: Ref) -> bool:
    """Revoke a key; False when there is none (any more)."""
    statement = (
        update(ApiKey)
        .where(
            ApiKey.workspace_id == ref.workspace_id,
            ApiKey.id == ref.id,
            ApiKey.revoked_at.is_(None),
        )
        .values(revoked_at=func.clock_timestamp())
        .returning(ApiKey.id)
    )
    return session.scalar(statement) is not None
