"""Bodies of members and invitations."""

from typing import ClassVar
from uuid import UUID

from pydantic import ConfigDict

from app.api.schemas.accounts import Email, Password, TokenOut, UserOut, WorkspaceSummary
from app.api.schemas.base import In, Instant, Line, Out
from app.core import clock
from app.domain.permissions import Role
from app.models.invitations import Invitation
from app.models.users import Membership


class MemberOut(Out):
    """A person and their role in the workspace."""

    id: UUID
    email: str
    name: str
    role: Role
    version: int
    created_at: Instant

    @classmethod
    def of(cls, row: Membership) -> "MemberOut":
        """The answer for a membership."""
        return cls(
            id=row.user_id,
            email=row.user.email,
            name=row.user.name,
            role=Role(row.role),
            version=row.version,
            created_at=row.created_at,
        )


class MemberPatch(In):
    """What may be changed of a member."""

    read_only: ClassVar[frozenset[str]] = frozenset(
        {"id", "email", "name", "version", "created_at"}
    )

    role: Role


class InvitationIn(In):
    """Whom to invite as what. Only an owner can invite owners."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"email": "luz@example.com", "role": "editor"}]}
    )
    read_only: ClassVar[frozenset[str]] = frozenset(
        {"id", "invited_by", "expires_at", "expired", "created_at", "link", "token"}
    )

    email: Email
    role: Role


class InvitationOut(Out):
    """An invitation nobody has accepted; ``invited_by`` is a member's id."""

    id: UUID
    email: str
    role: Role
    invited_by: UUID
    expires_at: Instant
    expired: bool
    created_at: Instant

    @classmethod
    def of(cls, row: Invitation) -> "InvitationOut":
        """The answer for an invitation."""
        return cls(
            id=row.id,
            email=row.email,
            role=Role(row.role),
            invited_by=row.invited_by,
            expires_at=row.expires_at,
            expired=row.expires_at <= clock.now(),
            created_at=row.created_at,
        )


class NewInvitationOut(InvitationOut):
    """A new invitation; ``link`` and its ``token`` are shown this once."""

    link: str
    token: str


class AcceptIn(In):
    """The token of the link, and a password: a new one, or that of the account you have."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "token": "the part of the link behind token=",
                    "name": "Luz",
                    "password": "seven brown loaves at dawn",
                }
            ]
        }
    )

    token: Line
    name: Line = ""
    password: Password


class AcceptedOut(TokenOut):
    """The new member, logged in."""

    user: UserOut
    workspace: WorkspaceSummary
