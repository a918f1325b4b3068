"""Who may do what: one table, from each permission to the roles that have it.

Scopes are the permissions that an API key may carry; the others are for people alone. ``write``
doesn't imply ``read``: a key that only sends needs no eyes.
"""

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """A person's role in a workspace."""

    OWNER = "owner"
    ADMIN = "admin"
    EDITOR = "editor"
    APPROVER = "approver"
    VIEWER = "viewer"


_ALL = frozenset(Role)
_EDITORS = frozenset({Role.OWNER, Role.ADMIN, Role.EDITOR})
_APPROVERS = frozenset({Role.OWNER, Role.ADMIN, Role.APPROVER})
_ADMINS = frozenset({Role.OWNER, Role.ADMIN})
_OWNERS = frozenset({Role.OWNER})

_OF_KEYS: Mapping[str, frozenset[Role]] = {
    "messages:read": _ALL,
    "messages:write": _EDITORS,
    "templates:read": _ALL,
    "templates:write": _EDITORS,
    "recipients:read": _ALL,
    "recipients:write": _EDITORS,
    "groups:read": _ALL,
    "groups:write": _EDITORS,
    "schedules:read": _ALL,
    "schedules:write": _EDITORS,
    "deliveries:read": _ALL,
    "deliveries:write": _EDITORS,
    "conversations:read": _ALL,
    "conversations:write": _EDITORS,
    "analytics:read": _ALL,
    "analytics:write": _EDITORS,
    "senders:read": _ALL,
    "senders:write": _ADMINS,
    "webhooks:read": _ALL,
    "webhooks:write": _ADMINS,
    "admin": _ADMINS,
}
# No key makes keys, members or sessions, and a second person's yes is a person's.
_OF_PEOPLE: Mapping[str, frozenset[Role]] = {
    "account": _ALL,
    "schedules:approve": _APPROVERS,
    "api-keys:write": _ADMINS,
    "members:write": _ADMINS,
    "owners:write": _OWNERS,
}
ROLES_OF: Mapping[str, frozenset[Role]] = {**_OF_KEYS, **_OF_PEOPLE}
SCOPES = frozenset(_OF_KEYS)
OF_PEOPLE = frozenset(_OF_PEOPLE)


def of_role(role: Role) -> frozenset[str]:
    """All that a person with ``role`` may do."""
    return frozenset(permission for permission, roles in ROLES_OF.items() if role in roles)
