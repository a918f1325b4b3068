"""Messages."""

from uuid import UUID

from sqlalchemy.orm import Session

from app.services import messages
from app.services.message_content import Draft
from app.services.messages import View


def text(
    session: Session,
    workspace_id: UUID,
    content: str = 'Hi {{ name | default: "there" }}',
    category: str = "utility",
) -> View:
    """A text message."""
    view = messages.create(session, workspace_id, "Hello", Draft("text", category, content))
    session.commit()
    return view
