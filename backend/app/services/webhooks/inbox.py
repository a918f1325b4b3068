"""The durable inbox: what WhatsApp was told we have, we have."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from app.repositories import callback_inbox

MERGE = "webhooks.merge"


@dataclass(frozen=True, slots=True)
class Body:
    """A body whose signature was checked; ``workspace_ids`` as ``signing.speaks_for`` said."""

    raw: bytes
    workspace_ids: tuple[UUID, ...] | None = None


def store(session: Session, bodies: Sequence[Body]) -> None:
    """Store bodies exactly as they came, repeats once."""
    callback_inbox.insert(
        session,
        [
            callback_inbox.Signed(hashlib.sha256(body.raw).digest(), body.raw, body.workspace_ids)
            for body in bodies
        ],
    )
