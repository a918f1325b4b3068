"""Delivery bodies."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from app.api.schemas.base import Instant, Out
from app.domain import reasons
from app.domain.states import DeliveryStatus
from app.services.deliveries import Proof
from app.services.message_sends import Sent


class ReasonOut(BaseModel):
    """Why it was not sent or did not arrive; ``meta_code`` is WhatsApp's own, if any."""

    code: str
    title: str
    explanation: str
    action: str
    meta_code: int | None = Field(default=None, exclude_if=lambda code: code is None)

    @classmethod
    def of(cls, code: str, meta_code: int | None) -> "ReasonOut":
        """A stable code and its words."""
        said = reasons.describe(code)
        return cls(
            code=said.code,
            title=said.title,
            explanation=said.explanation,
            action=said.action,
            meta_code=meta_code,
        )


class DeliveryRecipientOut(Out):
    """To whom."""

    id: UUID
    name: str
    phone: str | None


class PricingOut(BaseModel):
    """What WhatsApp said about its price."""

    billable: bool | None = None
    category: str | None = None
    model: str | None = None


class DeliveryOut(Out):
    """One message to one recipient. Direct sends have neither schedule nor occurrence.

    ``message_status`` is WhatsApp's own word for an accepted template: ``accepted``,
    ``held_for_quality_assessment`` or ``paused``. ``stale_since``: accepted a day before that,
    and not a word since. ``duplicate_suspected``: two attempts turned out to have left.
    """

    id: UUID
    origin: str
    schedule_id: UUID | None
    occurrence_id: UUID | None
    reference: str | None
    metadata: dict[str, Any] | None
    message_id: UUID | None
    sender_id: UUID
    recipient: DeliveryRecipientOut
    status: DeliveryStatus
    reason: ReasonOut | None
    due_at: Instant
    attempts: int
    wamid: str | None
    message_status: str | None = None
    stale_since: Instant | None = None
    duplicate_suspected: bool = False
    accepted_at: Instant | None
    sent_at: Instant | None
    delivered_at: Instant | None
    read_at: Instant | None
    failed_at: Instant | None
    pricing: PricingOut | None
    created_at: Instant

    @classmethod
    def of_send(cls, sent: Sent) -> "DeliveryOut":
        """The answer to a direct send: nothing has left yet."""
        row = sent.delivery
        own = ("id", "origin", "reference", "sender_id", "status", "due_at", "created_at")
        times = ("accepted_at", "sent_at", "delivered_at", "read_at", "failed_at")
        return cls.model_validate(
            {
                **{name: getattr(row, name) for name in (*own, *times)},
                "schedule_id": None,
                "occurrence_id": None,
                "metadata": row.meta,
                "message_id": sent.message_id,
                "recipient": DeliveryRecipientOut.model_validate(sent.recipient),
                "reason": ReasonOut.of(row.reason, row.meta_code) if row.reason else None,
                "attempts": row.attempts,
                "wamid": row.wamid,
                "pricing": row.pricing,
            }
        )

    @classmethod
    def of_row(cls, row: Any) -> "DeliveryOut":
        """A row of a list."""
        return cls.model_validate(_of_row(row))


class TimelineEntryOut(Out):
    """One thing that happened; ``source`` says who knows it."""

    at: Instant
    source: str
    event: str
    detail: dict[str, Any]


class DeliveryProofOut(DeliveryOut):
    """A delivery with what its reader saw and all that happened to it."""

    rendered: str | None
    timeline: list[TimelineEntryOut]

    @classmethod
    def of_proof(cls, proof: Proof) -> "DeliveryProofOut":
        """The whole story of one delivery."""
        return cls.model_validate(
            {
                **_of_row(proof.row),
                "rendered": proof.rendered,
                "timeline": [TimelineEntryOut.model_validate(e) for e in proof.timeline],
            }
        )


def _of_row(row: Any) -> dict[str, Any]:
    values = dict(row._mapping)
    person = {
        "id": values["recipient_id"],
        "name": values["recipient_name"] or "",
        "phone": values["recipient_phone"],
    }
    reason = ReasonOut.of(row.reason, row.meta_code) if row.reason else None
    if row.origin != "schedule":
        values |= {"schedule_id": None, "occurrence_id": None}
    return {**values, "recipient": person, "reason": reason}
