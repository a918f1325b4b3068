"""The people of a workspace."""

from uuid import UUID

from sqlalchemy.orm import Session

from app.domain.paging import PageOf, PageRequest
from app.models.users import Membership
from app.repositories import users


def page(session: Session, workspace_id: UUID, request: PageRequest) -> PageOf[Membership]:
    """The workspace's members."""
    return users.page_members(session, workspace_id, request)
