"""Senders."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.core.config import settings
from app.core.crypto import Cell, seal
from app.core.ids import new_id
from app.models.senders import Sender, SenderDrain

TOKEN = "EAAGtesttoken"


def sender(session: Session, workspace_id: UUID, *, token: str = TOKEN, **values: Any) -> Sender:
    """An active sender with its drain, verified against the configured API."""
    id_ = new_id()
    row = {
        "name": "Bakery",
        "phone_number_id": str(id_.int)[:15],
        "waba_id": "200000000000001",
        "access_token_sealed": seal(token, Cell("senders", "access_token", workspace_id, id_)),
        "api_base_url": settings().whatsapp_api_base_url,
        **values,
    }
    made = Sender(id=id_, workspace_id=workspace_id, **row)
    session.add(made)
    session.flush()
    session.add(SenderDrain(sender_id=id_, workspace_id=workspace_id))
    session.commit()
    return made
