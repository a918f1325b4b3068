"""Who may do what: scopes of API keys, and the scopes each role implies.

``write`` doesn't imply ``read``: a key that only sends needs no eyes.
"""

from enum import StrEnum

_AREAS = (
    "messages",
    "templates",
    "recipients",
    "groups",
    "schedules",
    "deliveries",
    "conversations",
    "analytics",
    "senders",
    "webhooks",
)
ADMIN = "admin"
SCOPES = frozenset({f"{area}:{verb}" for area in _AREAS for verb in ("read", "write")} | {ADMIN})
_READ = frozenset(scope for scope in SCOPES if scope.endswith(":read"))


class Role(StrEnum):
    """A person's role in a workspace."""

    OWNER = "owner"
    ADMIN = "admin"
    EDITOR = "editor"
    APPROVER = "approver"
    VIEWER = "viewer"


SCOPES_OF_ROLE = {
    Role.OWNER: SCOPES,
    Role.ADMIN: SCOPES,
    Role.EDITOR: SCOPES - {ADMIN, "senders:write", "webhooks:write"},
    Role.APPROVER: _READ,
    Role.VIEWER: _READ,
}
