"""Messages: reusable content; each edit writes a new version and leaves the old ones be."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.core import clock
from app.core.ids import new_id
from app.domain.errors import ConflictError, InvalidError, NotFoundError, StaleVersionError
from app.domain.paging import PageOf, PageRequest
from app.domain.refs import Ref
from app.models.messages import Message, MessageVersion
from app.repositories import message_versions, messages
from app.services import message_content, rendering
from app.services.message_content import Checked, Draft

_OF_CONTENT = frozenset({"kind", "category", "content", "preview_url", "template_id", "parameters"})


@dataclass(frozen=True, slots=True)
class View:
    """A message with its newest version."""

    message: Message
    version: MessageVersion

    @property
    def variables(self) -> list[str]:
        """Names that the message takes from its reader."""
        return compiled(self.version).variables()


def compiled(version: MessageVersion) -> rendering.Compiled:
    """A version, ready to be filled."""
    return rendering.compile_version(version.id, version.kind, version.content)


def get(session: Session, ref: Ref) -> View:
    """One message. Raises NotFoundError."""
    found = messages.find(session, ref)
    if found is None:
        raise NotFoundError("message", ref.id)
    return View(*found)


def page(
    session: Session, workspace_id: UUID, request: PageRequest, **filters: Any
) -> PageOf[View]:
    """Messages; filters ``q``, ``kind``, ``archived``."""
    found = messages.page(session, workspace_id, request, **filters)
    newest = messages.newest_versions(session, workspace_id, found.items)
    views = [View(message, newest[message.id]) for message in found.items]
    return PageOf(views, found.next_after, found.total)


def create(session: Session, workspace_id: UUID, title: str, draft: Draft) -> View:
    """A new message. Raises InvalidError."""
    checked = message_content.check(session, workspace_id, draft)
    message = Message(id=new_id(), workspace_id=workspace_id, title=title, version=1)
    version = _version(workspace_id, message.id, 1, checked)
    messages.add(session, message, version)
    return View(message, version)


def create_inline(session: Session, workspace_id: UUID, draft: Draft) -> MessageVersion:
    """Content for one direct send, which belongs to no message. Raises InvalidError."""
    checked = message_content.check(session, workspace_id, draft)
    version = _version(workspace_id, None, 1, checked)
    messages.add(session, version)
    return version


def change(session: Session, ref: Ref, changes: Mapping[str, Any], expected: int | None) -> View:
    """Write the next version; schedules keep the one they have.

    ``changes``: ``title``, ``archived`` and fields of ``Draft``. A template is read anew only
    when the content changes, so that one deleted at Meta can still be archived.
    Raises NotFoundError, StaleVersionError, InvalidError.
    """
    if not changes:
        return get(session, ref)
    message = messages.edit_if_version(session, ref, _of_message(changes), expected)
    if message is None:
        get(session, ref)
        raise StaleVersionError("The message was changed meanwhile; read it again.")
    before = message_versions.of_message(session, ref, message.version - 1)
    if before is None:
        raise LookupError(f"message {ref.id} has no version {message.version - 1}")
    checked = _edited(session, before, changes)
    version = _version(ref.workspace_id, ref.id, message.version, checked)
    messages.add(session, version)
    return View(message, version)


def adopt(session: Session, ref: Ref, checked: Checked) -> MessageVersion:
    """Write the next version with content that was put together elsewhere."""
    message = messages.edit_if_version(session, ref, {}, None)
    if message is None:
        raise NotFoundError("message", ref.id)
    version = _version(ref.workspace_id, ref.id, message.version, checked)
    messages.add(session, version)
    return version


def remove(session: Session, ref: Ref) -> None:
    """Delete a message that no schedule uses. Raises NotFoundError, ConflictError ``in_use``."""
    get(session, ref)
    try:
        with session.begin_nested():
            if not messages.delete_if_unused(session, ref):
                raise ConflictError("Schedules use this message; archive it.", code="in_use")
    except IntegrityError as error:
        # A schedule that names it was made at this very moment.
        raise ConflictError("A schedule uses this message.", code="in_use") from error


def newest_version(session: Session, message: Ref, field: str = "message_id") -> MessageVersion:
    """What a new send of a message uses. Raises InvalidError ``unknown_reference``."""
    found = messages.find(session, message)
    if found is None:
        raise InvalidError.unknown_reference(field, message.id)
    return found[1]


def _of_message(changes: Mapping[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if "title" in changes:
        values["title"] = changes["title"]
    if "archived" in changes:
        values["archived_at"] = clock.now() if changes["archived"] else None
    return values


def _edited(session: Session, before: MessageVersion, changes: Mapping[str, Any]) -> Checked:
    of_content = {name: value for name, value in changes.items() if name in _OF_CONTENT}
    if not of_content:
        return Checked(before.kind, before.category, before.content)
    draft = message_content.draft_of(before)
    if of_content.get("kind", draft.kind) != draft.kind:
        # Nothing of one kind's content carries over to another.
        draft = Draft(of_content["kind"], draft.category)
    return message_content.check(session, before.workspace_id, replace(draft, **of_content))


def _version(
    workspace_id: UUID, message_id: UUID | None, number: int, checked: Checked
) -> MessageVersion:
    return MessageVersion(
        id=new_id(),
        workspace_id=workspace_id,
        message_id=message_id,
        version=number,
        kind=checked.kind,
        category=checked.category,
        content=checked.content,
    )
