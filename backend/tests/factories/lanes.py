"""Lanes without a schedule, as direct sends have them."""

from typing import Any

from sqlalchemy.orm import Session

from app.core.ids import new_id
from app.models.schedules import Lane
from app.models.senders import Sender


def lane(session: Session, sender: Sender, **values: Any) -> Lane:
    """A runnable lane of ``sender``."""
    row = {
        "occurrence_id": new_id(),
        "message_version_id": new_id(),
        "priority": 0,
        "category": "utility",
        **values,
    }
    made = Lane(sender_id=sender.id, workspace_id=sender.workspace_id, **row)
    session.add(made)
    session.commit()
    return made
