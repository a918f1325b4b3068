"""Forgetting a person: a tombstone row stays, so that counts still sum."""

from typing import Any

from sqlalchemy import delete, func, select, tuple_, update
from sqlalchemy.orm import Session

from app.domain.refs import Ref
from app.models.callbacks import InboundMessage
from app.models.deliveries import Attempt, Delivery
from app.models.recipients import ConsentEvent, GroupMember, Recipient, ServiceWindow

_EMPTY: dict[str, Any] = {
    "name": "",
    "phone": None,
    "whatsapp_user_id": None,
    "external_id": None,
    "wa_id": None,
    "username": None,
    "country": None,
    "language": None,
    "attributes": {},
    "consent_marketing": "unknown",
    "consent_all": "allowed",
    "consent_source": None,
    "consent_at": None,
    "reachable": False,
    "unreachable_reason": "erased",
}


def bury(session: Session, ref: Ref) -> bool:
    """Empty the row; False when there is none. Comes first: recipients before deliveries."""
    statement = (
        update(Recipient)
        .where(
            Recipient.workspace_id == ref.workspace_id,
            Recipient.id == ref.id,
            Recipient.erased_at.is_(None),
        )
        .values(**_EMPTY, erased_at=func.clock_timestamp(), version=Recipient.version + 1)
    )
    return session.scalar(statement.returning(Recipient.id)) is not None


def forget_beside(session: Session, ref: Ref) -> None:
    """Drop memberships, consent, windows and the words of what the person wrote."""
    for table in (GroupMember, ConsentEvent, ServiceWindow):
        session.execute(
            delete(table).where(
                table.workspace_id == ref.workspace_id, table.recipient_id == ref.id
            )
        )
    session.execute(
        update(InboundMessage)
        .where(
            InboundMessage.workspace_id == ref.workspace_id,
            InboundMessage.recipient_id == ref.id,
        )
        .values(text=None, payload={})
    )


def forget_values(session: Session, ref: Ref) -> None:
    """Drop what was filled into messages to the person; locked by id as the engine does."""
    mine = (
        select(Delivery.occurrence_id, Delivery.id)
        .where(Delivery.workspace_id == ref.workspace_id, Delivery.recipient_id == ref.id)
        .order_by(Delivery.id)
        .with_for_update(key_share=True)
    )
    keys = [(row.occurrence_id, row.id) for row in session.execute(mine)]
    session.execute(
        update(Delivery)
        .where(tuple_(Delivery.occurrence_id, Delivery.id).in_(keys))
        .values(variables=None)
    )
    session.execute(
        update(Attempt)
        .where(tuple_(Attempt.occurrence_id, Attempt.delivery_id).in_(keys))
        .values(parameters=None)
    )
