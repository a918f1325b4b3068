"""The first owner of an installation."""

from fastapi import APIRouter, Request, Response

from app.api import browser, login_limit, loopback
from app.api.browser import SameOrigin
from app.api.deps import AuthReadSession, AuthSession
from app.api.idempotency import Route
from app.api.problems import problems
from app.api.schemas.accounts import SetupIn, SetupOut, SetupState, UserOut
from app.api.schemas.workspaces import WorkspaceOut
from app.domain.errors import ForbiddenError
from app.domain.permissions import Role
from app.services import accounts, sessions
from app.services.accounts import NewOwner

router = APIRouter(prefix="/setup", tags=["setup"], route_class=Route)


@router.get("")
def get_setup(session: AuthReadSession) -> SetupState:
    """Whether the first owner is still to be made."""
    return SetupState(needed=not accounts.is_set_up(session))


@router.post("", status_code=201, responses=problems(403, 409, 422, 429), dependencies=[SameOrigin])
def set_up(body: SetupIn, request: Request, response: Response, session: AuthSession) -> SetupOut:
    """Make the first workspace and its owner.

    Free from the machine itself; from elsewhere it takes `setup_token`, which is `SETUP_TOKEN`
    or stands in the log of the start.
    """
    _refuse_strangers(request, body.setup_token)
    owner = NewOwner(**body.model_dump(exclude={"setup_token"}))
    user, workspace = accounts.set_up(session, owner)
    tokens = sessions.start(session, user, workspace.id, browser.device(request))
    browser.set_refresh_cookie(response, tokens.refresh)
    return SetupOut(
        access_token=tokens.access,
        user=UserOut(id=user.id, email=user.email, name=user.name, role=Role.OWNER),
        workspace=WorkspaceOut.model_validate(workspace),
    )


def _refuse_strangers(request: Request, token: str | None) -> None:
    if not loopback.is_local(request):
        login_limit.take("setup", browser.address_of(request))
    if not loopback.may_set_up(request, token):
        raise ForbiddenError("From here this takes the right setup_token.", code="setup_token")
