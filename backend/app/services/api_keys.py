"""API keys of integrators: made by people, shown once."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.core import api_keys as api_key_format
from app.core import clock
from app.domain.audit import Action
from app.domain.errors import InvalidError, NotFoundError
from app.domain.members import Member
from app.domain.paging import PageOf, PageRequest
from app.domain.refs import Ref
from app.models.api_keys import ApiKey
from app.repositories import api_keys
from app.services import audit
from app.services import sessions as log_ins


def create(
    session: Session,
    member: Member,
    name: str,
    scopes: Sequence[str],
    expires_at: datetime | None,
) -> tuple[ApiKey, str]:
    """Make a key; returns its row and the key itself, which is not kept.

    Raises InvalidError for an expiry that has passed.
    """
    if expires_at is not None and expires_at <= clock.now():
        raise InvalidError.of("expires_at", "in_past", "expires_at has passed already.")
    key, stored = api_key_format.generate()
    row = ApiKey(
        workspace_id=member.workspace_id,
        name=name,
        prefix=stored.prefix,
        secret_hash=stored.digest,
        scopes=sorted(set(scopes)),
        created_by=member.user_id,
        expires_at=expires_at,
    )
    session.add(row)
    session.flush()
    made = {"name": name, "scopes": row.scopes, "expires_at": expires_at}
    audit.note(session, Action.API_KEY_CREATED, member.ref(row.id), after=made)
    return row, key


def page(session: Session, workspace_id: UUID, request: PageRequest) -> PageOf[ApiKey]:
    """The workspace's keys."""
    return api_keys.page(session, workspace_id, request)


def revoke(session: Session, ref: Ref) -> None:
    """Revoke a key; it stops at once. Raises NotFoundError."""
    if not api_keys.revoke(session, ref):
        raise NotFoundError("API key", ref.id)
    log_ins.tell_streams(session, {ref.workspace_id})
    audit.note(session, Action.API_KEY_REVOKED, ref)
