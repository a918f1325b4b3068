"""Live events: what the dashboard hears over Server-Sent Events, by Redis pub/sub.

Hints like doorbells: a lost one is repaired by the next or by the page's own reload.
"""

import json
import logging
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.core import redis
from app.core.db import after_commit

logger = logging.getLogger(__name__)


# Somebody's access changed: streams ask at once whether theirs still holds, and say nothing.
ACCESS_CHANGED = "access.changed"


def channel(workspace_id: UUID) -> str:
    """The pub/sub channel of one workspace."""
    return f"live:{workspace_id}"


def say(workspace_id: UUID, event: str, **data: Any) -> None:
    """Publish one event now; silence when Redis is away."""
    try:
        redis.client().publish(
            channel(workspace_id), json.dumps({"event": event, "data": data}, default=str)
        )
    except Exception as failure:
        logger.warning("could not publish %s: %s", event, type(failure).__name__)


def announce(session: Session, workspace_id: UUID, event: str, **data: Any) -> None:
    """Publish ``event`` after the session's commit."""
    after_commit(session, lambda: say(workspace_id, event, **data))
