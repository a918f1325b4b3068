"""Invitations: how people other than the first owner come in."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from app.api import browser, login_limit, paging
from app.api.browser import SameOrigin
from app.api.deps import AuthSession, CanManageMembers, IsAdmin, ReadSession, WriteSession
from app.api.idempotency import Route
from app.api.paging import Page, Paging
from app.api.problems import problems
from app.api.schemas.accounts import UserOut, WorkspaceSummary
from app.api.schemas.members import (
    AcceptedOut,
    AcceptIn,
    InvitationIn,
    InvitationOut,
    NewInvitationOut,
)
from app.services import invitations, workspaces

router = APIRouter(prefix="/invitations", tags=["members"], route_class=Route)
open_router = APIRouter(prefix="/invitations", tags=["members"], route_class=Route)


@router.get("", responses=problems(401, 403, 422))
def list_invitations(session: ReadSession, member: IsAdmin, request: Paging) -> Page[InvitationOut]:
    """Invitations that nobody has accepted."""
    page = invitations.page(session, member.workspace_id, request)
    return paging.shape(page, InvitationOut.of)


@router.post("", status_code=201, responses=problems(401, 403, 409, 422))
def create_invitation(
    body: InvitationIn, request: Request, session: WriteSession, member: CanManageMembers
) -> NewInvitationOut:
    """Invite somebody; `link` is shown this once, works once and for 72 hours."""
    row, token = invitations.create(session, member, body.email, body.role)
    request.state.shown_once = ("link", "token")
    shown = InvitationOut.of(row).model_dump()
    return NewInvitationOut(**shown, link=invitations.link(token), token=token)


@router.get("/{invitation_id}", responses=problems(401, 403, 404))
def get_invitation(invitation_id: UUID, session: ReadSession, member: IsAdmin) -> InvitationOut:
    """One invitation that nobody has accepted."""
    return InvitationOut.of(invitations.get(session, member.ref(invitation_id)))


@router.delete("/{invitation_id}", status_code=204, responses=problems(401, 403, 404))
def withdraw_invitation(
    invitation_id: UUID, session: WriteSession, member: CanManageMembers
) -> None:
    """Withdraw an invitation; its link stops at once."""
    invitations.withdraw(session, member.ref(invitation_id))


@open_router.post("/accept", responses=problems(401, 403, 409, 422, 429), dependencies=[SameOrigin])
def accept_invitation(
    body: AcceptIn, request: Request, response: Response, session: AuthSession
) -> AcceptedOut:
    """Become a member and log in; sets the refresh cookie.

    Who has an account under the invited address gives its password, others choose one.
    """
    device = browser.device(request)
    login_limit.take(body.token, device.address)
    accepted = invitations.accept(session, body.token, body.name, body.password, device)
    login_limit.clear(body.token, device.address)
    browser.set_refresh_cookie(response, accepted.tokens.refresh)
    user = accepted.user
    return AcceptedOut(
        access_token=accepted.tokens.access,
        user=UserOut(id=user.id, email=user.email, name=user.name, role=accepted.role),
        workspace=WorkspaceSummary.model_validate(workspaces.get(session, accepted.workspace_id)),
    )
