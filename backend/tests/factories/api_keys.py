"""API keys."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.orm import Session

from app.core import api_keys as key_format
from app.models.api_keys import ApiKey


def key(session: Session, workspace_id: UUID, scopes: Collection[str]) -> str:
    """A new key with ``scopes``, as its holder sends it."""
    text, stored = key_format.generate()
    session.add(
        ApiKey(
            workspace_id=workspace_id,
            name="Made for a test",
            prefix=stored.prefix,
            secret_hash=stored.digest,
            scopes=sorted(scopes),
        )
    )
    session.commit()
    return text
