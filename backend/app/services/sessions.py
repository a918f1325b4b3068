"""Log-in sessions: open, renew and end them.

The browser holds a refresh token that changes with each use; the session remembers the current
one and the one before. Used again within the grace period the one before is given the same
successor (two tabs, or an answer that got lost). Any other old token means that two parties hold
the family, and ends it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.core import clock, live, passwords, refresh_tokens, tokens
from app.core.ids import new_id
from app.core.refresh_tokens import RefreshToken
from app.domain.audit import Action
from app.domain.errors import InvalidError, NotAuthenticatedError, NotFoundError
from app.domain.members import Member
from app.domain.paging import PageOf, PageRequest
from app.domain.refs import Ref
from app.models.users import User, UserSession
from app.repositories import sessions, users
from app.services import audit

LIFETIME = timedelta(days=30)
GRACE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Device:
    """Where a log-in came from, shown to its owner in the list of sessions."""

    address: str | None = None
    user_agent: str | None = None


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a client gets: ``access`` for the API, ``refresh`` for the cookie."""

    access: str
    refresh: RefreshToken


def log_in(
    session: Session, email: str, password: str, device: Device, workspace_id: UUID | None = None
) -> Tokens:
    """Open a session, in the workspace that was used last unless one is named.

    Raises NotAuthenticatedError, the same for every cause and after the same time; once the
    password was right, InvalidError ``unknown_reference`` for somebody else's workspace.
    """
    user = users.find_by_email(session, email)
    if user is None:
        passwords.verify_dummy(password)
        raise wrong_credentials()
    right, better_hash = passwords.verify(password, user.password_hash)
    workspaces = users.workspaces_of(session, user.id) if right else []
    if not workspaces:
        raise wrong_credentials()
    if better_hash is not None:
        users.set_password(session, user.id, better_hash)
    ids = [workspace.id for workspace, _ in workspaces]
    if workspace_id not in {None, *ids}:
        raise InvalidError.unknown_reference("workspace_id", workspace_id)
    return start(session, user, workspace_id or ids[0], device)


def start(session: Session, user: User, workspace_id: UUID, device: Device) -> Tokens:
    """Open a session for somebody who has proved who they are."""
    token = refresh_tokens.first(new_id())
    row = UserSession(
        id=token.session_id,
        workspace_id=workspace_id,
        user_id=user.id,
        refresh_hash=token.digest,
        expires_at=clock.now() + LIFETIME,
        user_agent=device.user_agent,
        address=device.address,
    )
    session.add(row)
    session.flush()
    audit.note(session, Action.SESSION_STARTED, Ref(workspace_id, row.id), by=user.id)
    return _tokens(row, token)


def wrong_credentials() -> NotAuthenticatedError:
    """The same for every cause."""
    return NotAuthenticatedError(
        "The address or the password is wrong.", code="invalid_credentials"
    )


def refresh(session: Session, text: str) -> Tokens | None:
    """Trade a refresh token for its successor and a new access token; None when it is refused.

    A refusal is a result and not an exception, for the end of a family must be committed.
    """
    token = refresh_tokens.read(text)
    if token is None:
        return None
    successor = token.successor()
    row = sessions.rotate_if_current(
        session, token.session_id, token.digest, successor.digest, LIFETIME
    ) or sessions.find_just_rotated(session, token.session_id, token.digest, GRACE)
    if row is None:
        # Whoever showed it need not be the person.
        _revoke(session, token.session_id)
        return None
    return _tokens(row, successor)


def switch(session: Session, member: Member, workspace_id: UUID) -> str:
    """Go on in another workspace of the caller's; returns an access token for it.

    The session moves: tokens for the workspace before stop, the refresh cookie goes on here.
    Raises InvalidError ``unknown_reference`` for a workspace that isn't theirs.
    """
    assert member.session_id is not None, "an API key has no session"
    there = Ref(workspace_id, member.person_id)
    row = sessions.move_if_active(session, member.session_id, there)
    if row is None:
        raise InvalidError.unknown_reference("workspace_id", workspace_id)
    tell_streams(session, {member.workspace_id})
    return tokens.issue_access(row.user_id, row.id, row.workspace_id)


def log_out(session: Session, refresh_text: str | None, bearer: str | None) -> None:
    """End the session of either token; tokens that name none are ignored."""
    token = refresh_tokens.read(refresh_text) if refresh_text else None
    if token is not None:
        _revoke(session, token.session_id, by_its_person=True)
    if bearer is not None:
        try:
            session_id = tokens.read_access(bearer).session_id
        except tokens.InvalidTokenError:
            return
        _revoke(session, session_id, by_its_person=True)


def _revoke(session: Session, session_id: UUID, *, by_its_person: bool = False) -> None:
    ended = sessions.revoke(session, session_id)
    if ended is not None:
        tell_streams(session, {ended.workspace_id})
        by = ended.user_id if by_its_person else None
        audit.note(session, Action.SESSIONS_ENDED, Ref(ended.workspace_id, ended.id), by=by)


def page(session: Session, member: Member, request: PageRequest) -> PageOf[UserSession]:
    """The caller's own sessions."""
    return sessions.page(session, member.workspace_id, member.person_id, request)


def get(session: Session, member: Member, session_id: UUID) -> UserSession:
    """One of the caller's sessions. Raises NotFoundError."""
    row = sessions.find(session, member.ref(session_id), member.person_id)
    if row is None:
        raise NotFoundError("session", session_id)
    return row


def end(session: Session, member: Member, session_id: UUID) -> None:
    """End one of the caller's sessions. Raises NotFoundError."""
    if not sessions.revoke_own(session, member.ref(session_id), member.person_id):
        raise NotFoundError("session", session_id)
    tell_streams(session, {member.workspace_id})
    ended = member.ref(session_id)
    audit.note(session, Action.SESSIONS_ENDED, ended, by=member.person_id)


def end_others(session: Session, member: Member) -> None:
    """End all of the caller's sessions but the one that asks."""
    tell_streams(session, sessions.revoke_all(session, member.person_id, but=member.session_id))
    audit.note(session, Action.SESSIONS_ENDED, member.workspace_id, by=member.person_id)


def tell_streams(session: Session, workspace_ids: Iterable[UUID]) -> None:
    """Have the open live streams of these workspaces ask, after the commit, whether they hold."""
    for workspace_id in workspace_ids:
        live.announce(session, workspace_id, live.ACCESS_CHANGED)


def _tokens(row: UserSession, token: RefreshToken) -> Tokens:
    return Tokens(tokens.issue_access(row.user_id, row.id, row.workspace_id), token)
