"""Log in, stay logged in, log out."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Request, Response

from app.api import browser, deps, login_limit, paging
from app.api.browser import SameOrigin
from app.api.deps import AuthReadSession, AuthSession, Caller, IsPerson
from app.api.idempotency import Route
from app.api.paging import Page, Paging
from app.api.problems import problems
from app.api.schemas.accounts import (
    KeySummary,
    LogInIn,
    MembershipOut,
    MeOut,
    PasswordIn,
    SessionOut,
    SwitchIn,
    TokenOut,
    UserOut,
    WorkspaceSummary,
)
from app.domain.errors import NotAuthenticatedError
from app.domain.members import Member
from app.models.users import UserSession
from app.models.workspaces import Workspace
from app.services import accounts, audit, sessions
from app.services.accounts import Identity

router = APIRouter(prefix="/auth", tags=["auth"], route_class=Route)


@router.post("/login", responses=problems(401, 403, 422, 429), dependencies=[SameOrigin])
def log_in(body: LogInIn, request: Request, response: Response) -> TokenOut:
    """Trade an address and a password for an access token; sets the refresh cookie."""
    address = browser.address_of(request)
    login_limit.take_log_in(body.email, address)
    device = browser.device(request)
    try:
        with deps.auth_transaction(request) as session:
            tokens = sessions.log_in(session, body.email, body.password, device, body.workspace_id)
    except NotAuthenticatedError:
        # A transaction of its own: the refusal undid that one.
        with deps.auth_transaction(request) as session:
            audit.note_refused_log_in(session, body.email)
        raise
    login_limit.clear(body.email, address)
    browser.set_refresh_cookie(response, tokens.refresh)
    return TokenOut(access_token=tokens.access)


@router.post("/refresh", responses=problems(401, 403), dependencies=[SameOrigin])
def refresh(request: Request, response: Response) -> TokenOut:
    """Trade the refresh cookie for a new access token and the next cookie.

    The cookie before may be used again for 30 seconds and is given the same successor; any
    older one ends the session.
    """
    # A transaction of its own: when the session is ended, that must last though we refuse.
    with deps.auth_transaction(request) as session:
        tokens = sessions.refresh(session, browser.refresh_cookie(request) or "")
    if tokens is None:
        raise NotAuthenticatedError("Log in again.", code="session_ended")
    browser.set_refresh_cookie(response, tokens.refresh)
    return TokenOut(access_token=tokens.access)


@router.post("/logout", status_code=204, responses=problems(403), dependencies=[SameOrigin])
def log_out(
    request: Request,
    response: Response,
    session: AuthSession,
    authorization: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> None:
    """End the session of the refresh cookie, or of the access token that was sent."""
    bearer = (authorization or "").removeprefix("Bearer ") or None
    sessions.log_out(session, browser.refresh_cookie(request), bearer)
    browser.delete_refresh_cookie(response)


@router.get("/me", responses=problems(401))
def get_me(session: AuthReadSession, member: Caller) -> MeOut:
    """Whose credential this is, and what it may do."""
    identity = accounts.identify(session, member)
    return _me(identity, member, accounts.workspaces_of(session, member))


@router.post("/switch", responses=problems(401, 403, 422))
def switch_workspace(body: SwitchIn, session: AuthSession, member: IsPerson) -> TokenOut:
    """Go on in another workspace of yours: use the new token, the old one stops."""
    return TokenOut(access_token=sessions.switch(session, member, body.workspace_id))


@router.post("/password", status_code=204, responses=problems(401, 403, 422, 429))
def change_password(
    body: PasswordIn, request: Request, session: AuthSession, member: IsPerson
) -> None:
    """Change your password; your other sessions end."""
    address = browser.address_of(request)
    login_limit.take(member.actor, address)
    accounts.change_password(session, member, body.current_password, body.new_password)
    login_limit.clear(member.actor, address)


@router.get("/sessions", responses=problems(401, 403, 422))
def list_sessions(session: AuthReadSession, member: IsPerson, request: Paging) -> Page[SessionOut]:
    """Where you are logged in."""
    page = sessions.page(session, member, request)
    return paging.shape(page, lambda row: _session(row, member))


@router.delete("/sessions", status_code=204, responses=problems(401, 403))
def end_other_sessions(session: AuthSession, member: IsPerson) -> None:
    """Log out everywhere else."""
    sessions.end_others(session, member)


@router.get("/sessions/{session_id}", responses=problems(401, 403, 404))
def get_session(session_id: UUID, session: AuthReadSession, member: IsPerson) -> SessionOut:
    """One of your sessions."""
    return _session(sessions.get(session, member, session_id), member)


@router.delete("/sessions/{session_id}", status_code=204, responses=problems(401, 403, 404))
def end_session(session_id: UUID, session: AuthSession, member: IsPerson) -> None:
    """Log out one of your sessions; its access tokens stop at once."""
    sessions.end(session, member, session_id)


def _session(row: UserSession, member: Member) -> SessionOut:
    return SessionOut(
        id=row.id,
        address=row.address,
        user_agent=row.user_agent,
        created_at=row.created_at,
        last_used_at=row.rotated_at,
        expires_at=row.expires_at,
        current=row.id == member.session_id,
    )


def _me(identity: Identity, member: Member, workspaces: list[tuple[Workspace, str]]) -> MeOut:
    user, key = identity.user, identity.api_key
    role = member.role or ""
    return MeOut(
        user=UserOut(id=user.id, email=user.email, name=user.name, role=role) if user else None,
        api_key=KeySummary.model_validate(key) if key else None,
        workspace=WorkspaceSummary.model_validate(identity.workspace),
        scopes=sorted(member.scopes),
        workspaces=[MembershipOut(id=one.id, name=one.name, role=role) for one, role in workspaces],
    )
