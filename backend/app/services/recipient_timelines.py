"""What happened with a person."""

from uuid import UUID

from sqlalchemy.orm import Session

from app.domain.paging import PageOf, PageRequest
from app.domain.refs import Ref
from app.repositories import recipient_timelines
from app.repositories.recipient_timelines import Item
from app.services import recipients


def page(session: Session, workspace_id: UUID, key: str, request: PageRequest) -> PageOf[Item]:
    """A page of the timeline, newest first unless asked otherwise. Raises NotFoundError."""
    recipient = recipients.get(session, workspace_id, key).recipient
    ref = Ref(workspace_id, recipient.id)
    return recipient_timelines.page(session, ref, request)
