"""Groups: people put together by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.domain.errors import ConflictError, NotFoundError, StaleVersionError
from app.domain.paging import PageOf, PageRequest
from app.domain.refs import Ref
from app.domain.states import ScheduleStatus
from app.models.recipients import Group
from app.repositories import groups
from app.services import recipients

# Deleting a group that one of these will read would quietly send to nobody.
_WAITING = (
    ScheduleStatus.PENDING_APPROVAL,
    ScheduleStatus.SCHEDULED,
    ScheduleStatus.SENDING,
    ScheduleStatus.PAUSED,
)


@dataclass(frozen=True, slots=True)
class View:
    """A group and how many people are in it."""

    group: Group
    size: int


def create(session: Session, workspace_id: UUID, name: str, description: str) -> View:
    """A new group of nobody."""
    return View(groups.add(session, workspace_id, name, description), 0)


def get(session: Session, ref: Ref) -> View:
    """One group. Raises NotFoundError."""
    group = groups.get(session, ref)
    if group is None:
        raise NotFoundError("group", ref.id)
    return _views(session, ref.workspace_id, [group])[0]


def page(session: Session, workspace_id: UUID, q: str | None, request: PageRequest) -> PageOf[View]:
    """A page of groups."""
    found = groups.page(session, workspace_id, q, request)
    return PageOf(_views(session, workspace_id, found.items), found.next_after, found.total)


def change(session: Session, ref: Ref, changes: Mapping[str, Any], expected: int | None) -> View:
    """Rename or describe anew. Raises NotFoundError, StaleVersionError."""
    if not changes:
        return get(session, ref)
    if groups.change_if_version(session, ref, changes, expected) is None:
        get(session, ref)
        raise StaleVersionError("The group was changed meanwhile; read it again.")
    return get(session, ref)


def remove(session: Session, ref: Ref) -> None:
    """Delete a group, its people stay.

    Raises NotFoundError, ConflictError ``in_use`` while a schedule waits to send to it.
    """
    name = groups.waiting_schedule(session, ref, _WAITING)
    if name is not None:
        raise ConflictError(f"The schedule “{name}” still sends to this group.", code="in_use")
    if not groups.remove(session, ref):
        raise NotFoundError("group", ref.id)


def change_members(session: Session, ref: Ref, add: Sequence[str], remove: Sequence[str]) -> View:
    """Put people in and take people out, by id or ``external:<id>``.

    Raises NotFoundError, InvalidError ``unknown_reference``.
    """
    if not groups.known(session, ref.workspace_id, [ref.id]):
        raise NotFoundError("group", ref.id)
    joining = recipients.locate_all(session, ref.workspace_id, add, "add")
    leaving = recipients.locate_all(session, ref.workspace_id, remove, "remove")
    groups.join(session, ref.workspace_id, [(ref.id, id_) for id_ in joining])
    groups.leave(session, ref, leaving)
    return get(session, ref)


def members(session: Session, ref: Ref, request: PageRequest) -> PageOf[recipients.View]:
    """A page of the people in a group. Raises NotFoundError."""
    get(session, ref)
    filters = recipients.Filters(group_id=ref.id)
    return recipients.page(session, ref.workspace_id, filters, request)


def _views(session: Session, workspace_id: UUID, rows: Sequence[Group]) -> list[View]:
    sizes = groups.sizes(session, workspace_id, [group.id for group in rows])
    return [View(group, sizes.get(group.id, 0)) for group in rows]
