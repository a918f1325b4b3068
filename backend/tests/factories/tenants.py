"""A workspace with one of everything, every text of which can be told from all others."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock, tokens
from app.core.ids import new_id
from app.models.api_keys import ApiKey
from app.models.imports import RecipientImport
from app.models.invitations import Invitation
from app.models.schedules import Occurrence
from tests.factories import (
    deliveries,
    messages,
    recipients,
    schedules,
    senders,
    templates,
    workspaces,
)


@dataclass(frozen=True, slots=True)
class Tenant:
    """``ids``: by the names that paths and bodies use, such as ``sender_id``."""

    workspace_id: UUID
    headers: dict[str, str]
    ids: dict[str, str]
    mark: str

    def own(self, path: str) -> str:
        """The path with this tenant's ids in it."""
        return path.format_map(_Known(self.ids))


class _Known(dict[str, str]):
    # Operations that are refused by name don't look at the id.
    def __missing__(self, key: str) -> str:
        return str(new_id())


def tenant(session: Session, mark: str, phone: str) -> Tenant:
    """One of everything; ``mark`` stands in all names, ``phone`` is a person's."""
    workspace_id = workspaces.workspace(session, name=mark).id
    token = workspaces.member_token(session, workspace_id, name=mark)
    claims = tokens.read_access(token)
    sender = senders.sender(session, workspace_id, name=mark, display_phone_number=phone)
    person = recipients.recipient(session, workspace_id, phone, name=mark, external_id=mark)
    group = recipients.group(session, workspace_id, person, name=mark)
    message = messages.text(session, workspace_id, content=mark).message
    template = templates.template(session, workspace_id)
    plan = schedules.schedule(
        session,
        workspace_id,
        message_id=message.id,
        sender_id=sender.id,
        audience={"group_ids": [group.id]},
        name=mark,
    )
    occurrence_id = session.scalars(
        select(Occurrence.id).where(Occurrence.schedule_id == plan.schedule.id)
    ).one()
    sent = deliveries.sending(
        session, sender, person, occurrence_id=occurrence_id, wamid=mark
    ).delivery
    session.add_all(rows := _others(workspace_id, claims.user_id, mark))
    session.commit()
    ids = {
        "workspace_id": workspace_id,
        "sender_id": sender.id,
        "recipient_id": person.id,
        "group_id": group.id,
        "message_id": message.id,
        "template_id": template.id,
        "schedule_id": plan.schedule.id,
        "occurrence_id": occurrence_id,
        "delivery_id": sent.id,
        "session_id": claims.session_id,
        "member_id": claims.user_id,
        "api_key_id": rows[0].id,
        "invitation_id": rows[1].id,
        "import_id": rows[2].id,
    }
    headers = {"Authorization": f"Bearer {token}"}
    return Tenant(workspace_id, headers, {name: str(id_) for name, id_ in ids.items()}, mark)


def _others(workspace_id: UUID, user_id: UUID, mark: str) -> list[Any]:
    shared = {"workspace_id": workspace_id}
    return [
        ApiKey(**shared, name=mark, prefix=mark, secret_hash=mark, scopes=["admin"]),
        Invitation(
            **shared,
            email=f"{mark}@example.com",
            role="viewer",
            token_hash=mark,
            invited_by=user_id,
            expires_at=clock.now() + timedelta(days=1),
        ),
        RecipientImport(
            **shared,
            filename=mark,
            file=b"name,phone\n",
            options={"mapping": {mark: "name"}, "header": [mark]},
            errors=[{"row": 2, "field": mark, "code": "x", "message": mark, "values": [mark]}],
        ),
    ]
