"""Another template for a send that was held because of its own, or the same as it is now.

What has left keeps the version it was sent with; the rest goes with a new one, which takes the
parameters over. A template that asks for other parameters can't stand in.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from app.domain.errors import ConflictError, InvalidError
from app.domain.refs import Ref
from app.models.messages import MessageVersion
from app.models.schedules import Occurrence, Schedule
from app.models.templates import Template
from app.repositories import lanes, message_versions, template_guard, templates
from app.services import message_content, messages, schedule_changes

_FIELD = "substitute_template_id"


def offered(session: Session, row: Occurrence) -> Sequence[Template]:
    """Approved templates that take the same parameters; the own one only when it is well."""
    version = _version(session, row)
    if version is None:
        return []
    approved = templates.approved_of_sender(session, Ref(row.workspace_id, row.sender_id))
    return [template for template in approved if _takes(template, version)]


def check(session: Session, template: Ref) -> None:
    """Raise InvalidError when there is no such template."""
    if templates.find(session, template) is None:
        raise InvalidError.unknown_reference(_FIELD, template.id)


def put_in(session: Session, row: Occurrence, schedule: Schedule, template_id: UUID | None) -> None:
    """Have a held occurrence go on with ``template_id``, or with its own as it is now.

    Raises InvalidError on the field, or ConflictError while its own is not approved.
    """
    version = _version(session, row)
    if version is None:
        if template_id is not None:
            raise InvalidError.of(_FIELD, "not_for_kind", "It sends no template.")
        return
    if template_id is None and not template_guard.unfit_held(session, row.id):
        return
    own = UUID(version.content["template_id"])
    template = _usable(session, row, template_id or own, is_own=template_id in (None, own))
    checked = message_content.of_template(template, version.content["parameters"])
    if version.message_id is None:
        raise LookupError("a schedule's version belongs to its message")
    adopted = messages.adopt(session, Ref(row.workspace_id, version.message_id), checked)
    schedule_changes.take_version(session, schedule, adopted.version)


def _version(session: Session, row: Occurrence) -> MessageVersion | None:
    id_ = lanes.message_version(session, Ref(row.workspace_id, row.id))
    version = message_versions.by_ids(session, [id_])[id_] if id_ else None
    return version if version is not None and version.kind == "template" else None


def _usable(session: Session, row: Occurrence, template_id: UUID, *, is_own: bool) -> Template:
    approved = templates.approved_of_sender(session, Ref(row.workspace_id, row.sender_id))
    found = next((one for one in approved if one.id == template_id), None)
    if found is not None:
        return found
    if is_own:
        raise ConflictError(
            "WhatsApp doesn't let its template be sent: choose another one, or wait.",
            code="template_unavailable",
        )
    raise InvalidError.of(_FIELD, "template_unavailable", "This sender can't send that template.")


def _takes(template: Template, version: MessageVersion) -> bool:
    try:
        message_content.of_template(template, version.content["parameters"])
    except InvalidError:
        return False
    return True
