"""Who is calling: from a bearer token to a member of a workspace."""

from datetime import timedelta

from sqlalchemy.orm import Session

from app.core import api_keys as api_key_format
from app.core import clock, tokens
from app.domain import permissions
from app.domain.errors import NotAuthenticatedError
from app.domain.members import Member
from app.domain.permissions import Role
from app.repositories import api_keys, sessions

# A key in use is asked for up to 50 times a second; when it was used last is told to the minute.
_NOTED_EVERY = timedelta(minutes=1)


def authenticate(session: Session, bearer: str) -> Member:
    """The member a token stands for. Raises NotAuthenticatedError, never saying why."""
    if bearer.startswith(api_key_format.PREFIX):
        member = _by_api_key(session, bearer)
    else:
        member = _by_access_token(session, bearer)
    if member is None:
        raise NotAuthenticatedError("The token is not valid (any more).", code="token_invalid")
    return member


def _by_api_key(session: Session, bearer: str) -> Member | None:
    sent = api_key_format.parse(bearer)
    if sent is None:
        return None
    key = api_keys.find_usable(session, sent.prefix)
    if key is None or not api_key_format.matches(sent, key.secret_hash):
        return None
    member = Member(key.workspace_id, frozenset(key.scopes), api_key_id=key.id)
    if key.last_used_at is None or clock.now() - key.last_used_at >= _NOTED_EVERY:
        api_keys.touch(session, member.ref(key.id))
    return member


def _by_access_token(session: Session, bearer: str) -> Member | None:
    try:
        claims = tokens.read_access(bearer)
    except tokens.InvalidTokenError:
        return None
    row = sessions.active(session, claims.session_id)
    if row is None:
        return None
    user_id, workspace_id, role_name = row
    if (user_id, workspace_id) != (claims.user_id, claims.workspace_id):
        return None
    role = Role(role_name)
    return Member(workspace_id, permissions.of_role(role), user_id, claims.session_id, role)


def still_holds(session: Session, member: Member) -> bool:
    """Whether the credential of a caller seen earlier was neither revoked nor left to expire.

    Asked by long streams, which outlive the access token they were opened with.
    """
    if member.session_id is not None:
        return sessions.active(session, member.session_id) is not None
    key_id = member.api_key_id
    return key_id is not None and api_keys.is_usable(session, member.ref(key_id))
