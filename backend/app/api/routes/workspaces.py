"""The workspace: its name, zone and sending rules."""

from fastapi import APIRouter, Response

from app.api import deps
from app.api.deps import ExpectedVersion, IsAdmin, ReadSession, WriteSession
from app.api.idempotency import Route
from app.api.problems import problems
from app.api.schemas.workspaces import WorkspaceIn, WorkspaceOut
from app.services import workspaces

router = APIRouter(prefix="/workspace", tags=["workspace"], route_class=Route)


@router.get("", responses=problems(401, 403))
def get_workspace(session: ReadSession, member: IsAdmin, response: Response) -> WorkspaceOut:
    """The caller's workspace."""
    workspace = workspaces.get(session, member.workspace_id)
    deps.tag(response, workspace.version)
    return WorkspaceOut.model_validate(workspace)


@router.patch("", responses=problems(401, 403, 412, 422))
def change_workspace(
    body: WorkspaceIn,
    session: WriteSession,
    member: IsAdmin,
    expected: ExpectedVersion,
    response: Response,
) -> WorkspaceOut:
    """Change some of the workspace's settings; what is left out stays."""
    changes = body.model_dump(exclude_unset=True)
    workspace = workspaces.change(session, member.workspace_id, changes, expected)
    deps.tag(response, workspace.version)
    return WorkspaceOut.model_validate(workspace)
