"""What WhatsApp tells us: the durable inbox, statuses not matched yet, inbound messages."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index, LargeBinary, Uuid, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.core.ids import new_id
from app.models.base import Base, inside


class InboxItem(Base):
    """One signed body exactly as it came. ``state``: pending, merged or quarantined.

    ``workspace_ids``: whose app secret signed it, so that no tenant speaks for another's
    numbers; NULL for the installation's own secret, which speaks for all.
    """

    __tablename__ = "webhook_inbox"
    __table_args__ = (
        Index("ix_webhook_inbox_pending", "id", postgresql_where=text("state = 'pending'")),
        Index("ix_webhook_inbox_quarantined", "id", postgresql_where=text("state = 'quarantined'")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    workspace_ids: Mapped[list[UUID] | None] = mapped_column(ARRAY(Uuid()))
    state: Mapped[str] = mapped_column(server_default="pending")
    tries: Mapped[int] = mapped_column(server_default="0")
    error: Mapped[str | None]
    received_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())


class UnmatchedStatus(Base):
    """A status for a message we don't know yet: kept and tried again, never dropped."""

    __tablename__ = "unmatched_statuses"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    phone_number_id: Mapped[str]
    wamid: Mapped[str] = mapped_column(index=True)
    status: Mapped[dict[str, Any]]
    first_seen_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    next_try_at: Mapped[datetime | None] = mapped_column(
        server_default=func.clock_timestamp(), index=True
    )
    tries: Mapped[int] = mapped_column(server_default="0")


class InboundMessage(Base):
    """A message a person sent to one of our numbers."""

    __tablename__ = "inbound_messages"
    __table_args__ = (
        inside("sender_id", "senders"),
        Index("uq_inbound_messages_wamid", "sender_id", "wamid", unique=True),
        Index("ix_inbound_messages_recipient", "workspace_id", "recipient_id", "received_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    workspace_id: Mapped[UUID]
    sender_id: Mapped[UUID]
    recipient_id: Mapped[UUID]
    wamid: Mapped[str]
    kind: Mapped[str]
    text: Mapped[str | None]
    payload: Mapped[dict[str, Any]]
    answers_wamid: Mapped[str | None]
    received_at: Mapped[datetime]


class CallbackMinute(Base):
    """A minute in which callbacks about a number came as they should: silence told something.

    Noted only while a schedule waits for that, see ``services.resends``.
    """

    __tablename__ = "callback_minutes"
    __table_args__ = (inside("sender_id", "senders", ondelete="CASCADE"),)

    sender_id: Mapped[UUID] = mapped_column(primary_key=True)
    minute: Mapped[datetime] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
