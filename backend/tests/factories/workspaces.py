"""Workspaces and their owners."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.core import clock, tokens
from app.core.ids import new_id
from app.models import tables
from app.models.users import Membership, User, UserSession
from app.models.workspaces import Workspace


def workspace(session: Session, *, name: str = "Bakery", timezone: str = "UTC") -> Workspace:
    """A workspace."""
    row = Workspace(name=name, timezone=timezone, country="US", locale="en")
    session.add(row)
    session.flush()
    return row


def membership(session: Session, workspace_id: UUID, user_id: UUID, *, role: str) -> None:
    """An existing user becomes a member."""
    session.add(Membership(workspace_id=workspace_id, user_id=user_id, role=role))
    session.commit()


def remove(session: Session, workspace_id: UUID) -> None:
    """Delete a workspace whose rows were committed, with everything in it; commits."""
    for table in reversed(tables.metadata.sorted_tables):
        if "workspace_id" in table.c:
            session.execute(delete(table).where(table.c.workspace_id == workspace_id))
    session.execute(delete(Workspace).where(Workspace.id == workspace_id))
    session.commit()


def leave(session: Session, workspace_id: UUID, user_id: UUID) -> None:
    """A member goes."""
    session.delete(session.get_one(Membership, (workspace_id, user_id)))
    session.commit()


def member_token(
    session: Session, workspace_id: UUID, *, role: str = "owner", name: str = "Ana"
) -> str:
    """An access token of a new member with ``role``."""
    user = User(email=f"{new_id()}@example.com", name=name, password_hash="-")
    session.add(user)
    session.flush()
    log_in = UserSession(
        workspace_id=workspace_id,
        user_id=user.id,
        refresh_hash=str(new_id()),
        expires_at=clock.now() + timedelta(days=1),
    )
    session.add_all([Membership(workspace_id=workspace_id, user_id=user.id, role=role), log_in])
    session.commit()
    return tokens.issue_access(user.id, log_in.id, workspace_id)


def owner_token(session: Session) -> str:
    """An access token of the owner of a new workspace."""
    return member_token(session, workspace(session).id)
