"""Messages."""

from uuid import UUID

from sqlalchemy.orm import Session

from app.models.templates import Template
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


def of_template(session: Session, template: Template) -> View:
    """A message that sends a template without parameters."""
    draft = Draft("template", template_id=template.id)
    view = messages.create(session, template.workspace_id, "Hello", draft)
    session.commit()
    return view
