"""Direct sends: one message to one person, now or at a time, without a schedule.

Same rows and the same protocol as a schedule's, with a lane of their own that goes first.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.core import clock
from app.core.ids import new_id
from app.domain.refs import Ref
from app.models.deliveries import Delivery
from app.repositories import deliveries, lanes, message_versions, workspaces
from app.services import senders
from app.services.dispatch import doorbells, expand

DEFAULT_EXPIRES_AFTER_S = 14400


@dataclass(frozen=True, slots=True)
class Direct:
    """What to send. ``due_at`` None means now."""

    sender_id: UUID
    recipient: Ref
    version_id: UUID
    origin: str
    variables: dict[str, Any] | None = None
    due_at: datetime | None = None
    expires_after_s: int = DEFAULT_EXPIRES_AFTER_S
    reference: str | None = None
    metadata: dict[str, Any] | None = None


def create(session: Session, direct: Direct) -> Delivery:
    """Write the delivery and ring its sender after the commit.

    Who must not get it gets a delivery that is ``skipped``, with the reason.
    """
    workspace_id = direct.recipient.workspace_id
    sender = senders.get(session, direct.recipient.beside(direct.sender_id))
    workspace = workspaces.get(session, workspace_id)
    version = message_versions.by_ids(session, {direct.version_id})[direct.version_id]
    assert workspace is not None
    due_at = direct.due_at or clock.now()
    occurrence_id = new_id()
    reason = deliveries.reason_not_to_send(
        session,
        direct.recipient,
        sender_id=sender.id,
        category=version.category,
        free_form=version.kind != "template",
        requires_opt_in=workspace.marketing_requires_opt_in,
        enforce_window=workspace.service_window == "enforce" and direct.due_at is None,
    )
    delivery = deliveries.insert_direct(
        session,
        {
            "occurrence_id": occurrence_id,
            "id": new_id(),
            "workspace_id": workspace_id,
            "recipient_id": direct.recipient.id,
            "sender_id": sender.id,
            "origin": direct.origin,
            "status": "skipped" if reason else "scheduled",
            "reason": reason,
            "due_at": due_at,
            "variables": direct.variables,
            "reference": direct.reference,
            "meta": direct.metadata,
        },
        direct.expires_after_s,
    )
    if reason is None:
        lanes.open_lane(
            session,
            occurrence_id=occurrence_id,
            sender_id=sender.id,
            schedule_id=None,
            message_version_id=version.id,
            category=version.category,
            service_window=workspace.service_window,
            priority=expand.PRIORITIES["direct"],
        )
        doorbells.ring_for(session, sender.id, due_at)
    return delivery
