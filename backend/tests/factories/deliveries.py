"""Deliveries under way, as the mark leaves them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.core import keys
from app.core.ids import new_id
from app.domain import opaque_id
from app.domain.opaque_id import OpaqueId
from app.models.deliveries import Attempt, Delivery, DeliveryCount
from app.models.recipients import Recipient
from app.models.senders import Sender


@dataclass(frozen=True, slots=True)
class Sent:
    """A marked delivery; ``opaque`` is what its message carries."""

    delivery: Delivery
    attempt: Attempt

    @property
    def opaque(self) -> str:
        about = OpaqueId(self.delivery.occurrence_id, self.delivery.id, self.attempt.id)
        return opaque_id.encode(about, keys.key_for("opaque-id"))


def sending(
    session: Session,
    sender: Sender,
    recipient: Recipient,
    *,
    occurrence_id: UUID | None = None,
    status: str = "sending",
    **of_attempt: Any,
) -> Sent:
    """A delivery with one attempt, open unless ``of_attempt`` says otherwise."""
    now = datetime.now(UTC)
    shared = {
        "occurrence_id": occurrence_id or new_id(),
        "workspace_id": sender.workspace_id,
        "recipient_id": recipient.id,
        "sender_id": sender.id,
        "claim_id": new_id(),
        "marked_at": now - timedelta(minutes=1),
    }
    attempt_id = new_id()
    delivery = Delivery(
        id=new_id(),
        origin="direct",
        status=status,
        due_at=now,
        expires_at=now + timedelta(hours=4),
        attempts=1,
        attempt_id=attempt_id,
        wamid=of_attempt.get("wamid"),
        **shared,
    )
    attempt = Attempt(
        id=attempt_id,
        delivery_id=delivery.id,
        number=1,
        worker="test",
        epoch=1,
        schedule_version=1,
        message_version_id=new_id(),
        **(shared | of_attempt),
    )
    count = DeliveryCount(
        workspace_id=sender.workspace_id,
        occurrence_id=delivery.occurrence_id,
        status=status,
        n=1,
    )
    session.add_all([delivery, attempt, count])
    session.commit()
    return Sent(delivery, attempt)
