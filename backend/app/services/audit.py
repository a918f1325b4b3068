"""Writing down who did what, in the transaction that does it: neither is there without the other.

Who asks and from where is said once, when a request's session is made.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.domain import audit
from app.domain.audit import Action, Origin
from app.domain.paging import PageOf, PageRequest
from app.domain.refs import Ref
from app.models.audit_log import AuditEntry
from app.repositories import audit_log
from app.repositories.audit_log import Filters as Filters

_ORIGIN = "origin"


def acts_for(session: Session, origin: Origin) -> None:
    """Have all that this session does be ``origin``'s doing; without it, it is the system's."""
    session.info[_ORIGIN] = origin


def note(
    session: Session,
    action: Action,
    about: Ref | UUID,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    by: UUID | None = None,
) -> None:
    """Write down what was done to ``about``, a row or something in the whole of a workspace.

    Of the fields given those that differ are kept. ``by`` is the person, where the session was
    made before anybody knew them. Secrets are never given here.
    """
    was, becomes = audit.changed(before or {}, after or {})
    origin = _origin(session)
    if by is not None:
        origin = replace(origin, user_id=by)
    whose, what = (about.workspace_id, about.id) if isinstance(about, Ref) else (about, None)
    audit_log.add(session, whose, action, what, origin, before=was or None, after=becomes or None)


def note_of_person(session: Session, email: str, action: Action, *, by: UUID | None = None) -> None:
    """Write down what was done to somebody's account, in each of their workspaces."""
    audit_log.add_of_person(session, email, action, replace(_origin(session), user_id=by))


def note_refused_log_in(session: Session, email: str) -> None:
    """Write down that somebody could not log in with this address; of a stranger nothing is kept.

    Both take as long: one statement, and a commit that doesn't wait for the disk. So nobody can
    learn by a clock which addresses have accounts.
    """
    audit_log.commit_without_waiting(session)
    audit_log.add_of_person(session, email, Action.SESSION_REFUSED, _origin(session))


def page(
    session: Session, workspace_id: UUID, filters: Filters, request: PageRequest
) -> PageOf[AuditEntry]:
    """The workspace's log."""
    return audit_log.page(session, workspace_id, filters, request)


def _origin(session: Session) -> Origin:
    origin: Origin = session.info.get(_ORIGIN, Origin())
    return origin
