"""Sending one message to one person: transactional sends and tests."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.core import clock
from app.domain import timing
from app.domain.errors import InvalidError
from app.domain.refs import Ref
from app.models.deliveries import Delivery
from app.models.messages import MessageVersion
from app.models.recipients import Recipient
from app.repositories import recipients as recipient_rows
from app.repositories import senders
from app.services import direct, messages, recipients
from app.services.direct import Direct
from app.services.message_content import Draft


@dataclass(frozen=True, slots=True)
class Order:
    """Who gets what: exactly one of ``to`` and ``recipient_id``, of ``message_id`` and ``draft``.

    ``send_at`` is an instant; None means now.
    """

    sender_id: UUID
    to: str | None = None
    recipient_id: str | None = None
    message_id: UUID | None = None
    draft: Draft | None = None
    origin: str = "direct"
    variables: dict[str, Any] | None = None
    send_at: datetime | None = None
    expires_after_s: int = direct.DEFAULT_EXPIRES_AFTER_S
    reference: str | None = None
    metadata: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """A delivery as it was written, with what its answer shows beside it."""

    delivery: Delivery
    recipient: Recipient
    message_id: UUID | None


def send(session: Session, workspace_id: UUID, order: Order) -> Sent:
    """Write the delivery; one that must be skipped is written as ``skipped``.

    Raises InvalidError: ``unknown_reference``, ``invalid_phone``, ``in_past``, ``too_far`` or
    what is wrong with the content.
    """
    due_at = _due_at(order.send_at)
    if senders.find(session, Ref(workspace_id, order.sender_id)) is None:
        raise InvalidError.unknown_reference("sender_id", order.sender_id)
    version = _version(session, workspace_id, order)
    recipient = recipients.for_send(
        session, workspace_id, to=order.to, recipient_id=order.recipient_id
    )
    delivery = direct.create(
        session,
        Direct(
            sender_id=order.sender_id,
            recipient=recipient,
            version_id=version.id,
            origin=order.origin,
            variables=order.variables,
            due_at=due_at,
            expires_after_s=order.expires_after_s,
            reference=order.reference,
            metadata=order.metadata,
        ),
    )
    person = recipient_rows.get(session, recipient)
    if person is None:
        raise LookupError(f"recipient {recipient.id} was erased while it was written to")
    return Sent(delivery, person, version.message_id)


def send_test(session: Session, message: Ref, order: Order) -> Sent:
    """Send the newest version of ``message`` to one number. Raises as ``send``, NotFoundError."""
    messages.get(session, message)
    return send(session, message.workspace_id, order)


def _version(session: Session, workspace_id: UUID, order: Order) -> MessageVersion:
    if order.message_id is not None:
        return messages.newest_version(session, Ref(workspace_id, order.message_id))
    if order.draft is None:
        raise InvalidError.of("message_id", "required", "Give message_id, or content.")
    return messages.create_inline(session, workspace_id, order.draft)


def _due_at(send_at: datetime | None) -> datetime | None:
    if send_at is None:
        return None
    now = clock.now()
    if send_at < now - timing.GRACE:
        raise InvalidError.of("send_at", "in_past", "send_at is in the past.")
    if send_at > now + timing.FURTHEST:
        raise InvalidError.of("send_at", "too_far", "Choose a time within five years.")
    return send_at if send_at > now else None
