"""Many schedules for one person each, claimed and about to be marked."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.core import clock
from app.core.ids import new_id
from app.domain.refs import Ref
from app.models.deliveries import Delivery
from app.models.recipients import Recipient
from app.models.schedules import Lane, Occurrence, Schedule
from app.repositories import drains
from app.repositories.drains import Lease
from tests.factories import messages, senders, workspaces


@dataclass(frozen=True)
class Unit:
    """One schedule, its open occurrence and its only delivery."""

    recipient: Ref
    schedule: Ref
    occurrence_id: UUID
    delivery_id: UUID
    attempt_id: UUID


@dataclass(frozen=True)
class Field:
    """Units of one sender under one claim, whose lease is held."""

    workspace_id: UUID
    lease: Lease
    claim_id: UUID
    units: list[Unit]


Own = Callable[[int, Unit], dict[str, Any]]
_OWN: dict[Any, Own] = {
    Recipient: lambda n, u: _of(u.recipient) | {"phone": f"+1415{n:07}"},
    Schedule: lambda _, u: _of(u.schedule),
    Occurrence: lambda _, u: {"id": u.occurrence_id, "schedule_id": u.schedule.id},
    Lane: lambda _, u: {"occurrence_id": u.occurrence_id, "schedule_id": u.schedule.id},
    Delivery: lambda _, u: {
        "occurrence_id": u.occurrence_id,
        "id": u.delivery_id,
        "recipient_id": u.recipient.id,
        "schedule_id": u.schedule.id,
    },
}


def make(session: Session, many: int) -> Field:
    """Make and commit so many."""
    workspace = workspaces.workspace(session, name="Races")
    workspace.service_window = "ignore"
    sender = senders.sender(session, workspace.id)
    lease = drains.acquire(session, sender.id, "worker-1", 3600)
    assert lease is not None
    field = Field(workspace.id, lease, new_id(), [_unit(workspace.id) for _ in range(many)])
    shared = _shared(session, field)
    for table, own in _OWN.items():
        units = enumerate(field.units)
        session.execute(insert(table), [shared[table] | own(n, unit) for n, unit in units])
    session.commit()
    return field


def _unit(workspace_id: UUID) -> Unit:
    person, schedule = Ref(workspace_id, new_id()), Ref(workspace_id, new_id())
    return Unit(person, schedule, new_id(), new_id(), new_id())


def _shared(session: Session, field: Field) -> dict[Any, dict[str, Any]]:
    message, now = messages.text(session, field.workspace_id), clock.now()
    of_all = {"workspace_id": field.workspace_id, "sender_id": field.lease.sender_id}
    return {
        Recipient: {"name": "Ana", "timezone": "UTC", "timezone_source": "workspace"},
        Schedule: of_all | {
            "name": "Race", "message_id": message.message.id, "message_version": 1,
            "audience": {"group_ids": [], "recipient_ids": [], "exclude_group_ids": []},
            "timing": {"kind": "now"}, "status": "scheduled", "meta": {},
        },
        Occurrence: of_all | {
            "key": "0", "timezone": "UTC", "tzdata_version": "test", "due_at": now,
            "last_due_at": now, "status": "open",
        },
        Lane: of_all | {
            "message_version_id": message.version.id, "priority": 2, "version": 1,
            "category": "utility", "service_window": "ignore",
        },
        Delivery: of_all | {
            "origin": "schedule", "status": "scheduled", "due_at": now,
            "claim_id": field.claim_id, "expires_at": now + timedelta(hours=4),
        },
    }  # fmt: skip


def _of(ref: Ref) -> dict[str, UUID]:
    return {"workspace_id": ref.workspace_id, "id": ref.id}
