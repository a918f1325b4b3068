"""Bodies of set-up, log-in and sessions."""

from typing import Annotated, ClassVar, Literal
from uuid import UUID

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email
from pydantic import AfterValidator, ConfigDict, StringConstraints
from pydantic_core import PydanticCustomError

from app.api.schemas.base import In, Instant, Line, Out, Title
from app.api.schemas.workspaces import Country, Locale, TimezoneName, WorkspaceOut
from app.core.tokens import LIFETIME_SECONDS
from app.domain.password_rules import MAX_LENGTH, MIN_LENGTH

# An address here is a name to log in by; inside a company it may well be ana@mail.local.
SPECIAL_USE_DOMAIN_NAMES.clear()


def _address(text: str) -> str:
    try:
        found = validate_email(text, check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError as error:
        raise PydanticCustomError(
            "invalid_email", "is not an email address: {why}", {"why": str(error)}
        ) from None
    return found.normalized


Email = Annotated[str, StringConstraints(max_length=254), AfterValidator(_address)]
# Judged by domain/password_rules as well, which knows the person's address.
NewPassword = Annotated[str, StringConstraints(min_length=MIN_LENGTH, max_length=MAX_LENGTH)]
Password = Annotated[str, StringConstraints(max_length=4096)]


class SetupIn(In):
    """The first owner and their workspace."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "workspace_name": "Panadería Sol",
                    "email": "ana@example.com",
                    "password": "seven brown loaves at dawn",
                    "name": "Ana",
                    "timezone": "America/Mexico_City",
                    "country": "MX",
                    "locale": "es",
                }
            ]
        }
    )

    workspace_name: Title
    email: Email
    password: NewPassword
    name: Line = ""
    timezone: TimezoneName = "UTC"
    country: Country = "US"
    locale: Locale = "en"
    setup_token: Password | None = None


class SetupState(Out):
    """``needed`` until the first owner exists."""

    needed: bool


class TokenOut(Out):
    """An access token and the seconds it lives."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 (the kind of token, not a token)
    expires_in: int = LIFETIME_SECONDS


class UserOut(Out):
    """A person."""

    id: UUID
    email: str
    name: str
    role: str


class SetupOut(TokenOut):
    """The owner, logged in."""

    user: UserOut
    workspace: WorkspaceOut


class LogInIn(In):
    """An address and its password; without ``workspace_id`` where you were last."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"email": "ana@example.com", "password": "seven brown loaves at dawn"}]
        }
    )
    not_yet: ClassVar[frozenset[str]] = frozenset({"totp_code"})

    email: Line
    password: Password
    totp_code: Line | None = None
    workspace_id: UUID | None = None


class SwitchIn(In):
    """The workspace to go on in."""

    workspace_id: UUID


class PasswordIn(In):
    """The password you have and the one you want."""

    current_password: Password
    new_password: NewPassword


class WorkspaceSummary(Out):
    """The workspace a credential belongs to."""

    id: UUID
    name: str
    timezone: str
    country: str
    locale: str


class KeySummary(Out):
    """The API key that was sent."""

    id: UUID
    name: str
    prefix: str


class MembershipOut(Out):
    """A workspace you belong to."""

    id: UUID
    name: str
    role: str


class MeOut(Out):
    """Whose credential it is, and what it may do. One of ``user`` and ``api_key`` is null.

    ``workspaces``: all that the person may switch to, the current one among them.
    """

    user: UserOut | None
    api_key: KeySummary | None
    workspace: WorkspaceSummary
    scopes: list[str]
    workspaces: list[MembershipOut]


class SessionOut(Out):
    """One log-in; ``current`` is the one that asks."""

    id: UUID
    address: str | None
    user_agent: str | None
    created_at: Instant
    last_used_at: Instant
    expires_at: Instant
    current: bool
