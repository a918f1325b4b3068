"""Schedules, planned as the API plans them."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.core.ids import new_id
from app.domain.members import Member
from app.domain.permissions import SCOPES
from app.services import schedules
from app.services.schedules import View


def member(workspace_id: UUID) -> Member:
    """An API key that may do everything."""
    return Member(workspace_id, SCOPES, api_key_id=new_id())


def schedule(
    session: Session,
    workspace_id: UUID,
    *,
    message_id: UUID,
    sender_id: UUID,
    audience: dict[str, list[Any]],
    **values: Any,
) -> View:
    """A schedule, due now unless ``values`` says otherwise."""
    nobody: dict[str, list[Any]] = {
        "group_ids": [],
        "recipient_ids": [],
        "exclude_group_ids": [],
    }
    body = {
        "name": "Offer",
        "message_id": message_id,
        "sender_id": sender_id,
        "audience": nobody | audience,
        "timing": {"kind": "now"},
        "draft": False,
        "metadata": {},
        "max_rate_mps": None,
        "expires_after_s": 14400,
        "daily_limit": "spread",
        "when_unconfirmed": "hold",
        "resend_after_s": None,
        "priority": "campaign",
        "service_window": None,
        "reference": None,
    }
    view = schedules.create(session, member(workspace_id), body | values)
    session.flush()
    return view
