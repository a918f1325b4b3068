"""The audit log's words: what is written down, and who can have done it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

# A longer value is told by its size and SHA-256: an audience may name a hundred thousand people.
_LONGEST = 2000


class Action(StrEnum):
    """What was done: the kind of object, a dot, what became of it."""

    SESSION_STARTED = "session.started"
    SESSION_REFUSED = "session.refused"
    SESSIONS_ENDED = "session.ended"
    PASSWORD_CHANGED = "user.password_changed"  # noqa: S105 (a name, no password)
    WORKSPACE_CREATED = "workspace.created"
    WORKSPACE_CHANGED = "workspace.changed"
    MEMBER_CHANGED = "member.changed"
    MEMBER_REMOVED = "member.removed"
    INVITATION_CREATED = "invitation.created"
    INVITATION_WITHDRAWN = "invitation.withdrawn"
    INVITATION_ACCEPTED = "invitation.accepted"
    API_KEY_CREATED = "api_key.created"
    API_KEY_REVOKED = "api_key.revoked"
    SENDER_CREATED = "sender.created"
    SENDER_CHANGED = "sender.changed"
    SENDER_DELETED = "sender.deleted"
    SENDER_PAUSED = "sender.paused"
    SENDER_RESUMED = "sender.resumed"
    SCHEDULE_CREATED = "schedule.created"
    SCHEDULE_CHANGED = "schedule.changed"
    SCHEDULE_DELETED = "schedule.deleted"
    SCHEDULE_SUBMITTED = "schedule.submitted"
    SCHEDULE_PAUSED = "schedule.paused"
    SCHEDULE_RESUMED = "schedule.resumed"
    SCHEDULE_CANCELLED = "schedule.cancelled"
    SCHEDULE_HURRIED = "schedule.sent_now"
    SCHEDULE_ARCHIVED = "schedule.archived"
    SCHEDULE_DUPLICATED = "schedule.duplicated"
    OCCURRENCE_PAUSED = "occurrence.paused"
    OCCURRENCE_RESUMED = "occurrence.resumed"
    OCCURRENCE_CANCELLED = "occurrence.cancelled"
    OCCURRENCE_SKIPPED = "occurrence.skipped"
    OCCURRENCE_FORGOTTEN = "occurrence.forgotten"
    IMPORT_STARTED = "import.started"
    IMPORT_ENDED = "import.ended"
    RECIPIENTS_EXPORTED = "recipient.exported"
    RECIPIENT_ERASED = "recipient.erased"
    DELIVERY_RESOLVED = "delivery.resolved"
    DELIVERIES_FORGOTTEN = "delivery.forgotten"

    @property
    def object_type(self) -> str:
        """The kind of object."""
        return self.value.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Origin:
    """Who asked, and from where; neither id is set for somebody who has not logged in yet."""

    user_id: UUID | None = None
    api_key_id: UUID | None = None
    address: str | None = None
    request_id: str | None = None

    @property
    def kind(self) -> str:
        """``person``, ``api_key``, ``anonymous`` or, where there was no request, ``system``."""
        if self.user_id is not None:
            return "person"
        if self.api_key_id is not None:
            return "api_key"
        return "anonymous" if self.request_id is not None else "system"


def changed(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields that differ, before and after, as JSON can hold them."""
    names = [name for name in after if name not in before or before[name] != after[name]]
    return (
        {name: _plain(before[name]) for name in names if name in before},
        {name: _plain(after[name]) for name in names},
    )


def _plain(value: Any) -> Any:
    text = json.dumps(value, default=str, sort_keys=True)
    if len(text) > _LONGEST:
        return {"characters": len(text), "sha256": hashlib.sha256(text.encode()).hexdigest()}
    return json.loads(text)
