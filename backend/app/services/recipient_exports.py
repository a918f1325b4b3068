"""The address book as rows of a table."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.domain.audit import Action
from app.repositories import recipients
from app.services import audit

_COLUMNS = (
    "id",
    "external_id",
    "name",
    "phone",
    "whatsapp_user_id",
    "country",
    "language",
    "timezone",
    "consent_marketing",
    "consent_all",
    "consent_source",
    "consent_at",
    "reachable",
    "unreachable_reason",
    "created_at",
)


def note(session: Session, workspace_id: UUID) -> None:
    """Write down, before the first row leaves, that somebody takes everybody's data along."""
    audit.note(session, Action.RECIPIENTS_EXPORTED, workspace_id)


def rows(session: Session, workspace_id: UUID) -> Iterator[list[object]]:
    """A header, then everybody, oldest first; one column for each attribute in use.

    The header's names are those that an import understands.
    """
    attributes = recipients.attribute_names(session, workspace_id)
    yield [*_COLUMNS, *(f"attributes.{name}" for name in attributes)]
    for row in recipients.stream(session, workspace_id):
        own = [_cell(getattr(row, name)) for name in _COLUMNS]
        yield own + [_cell(row.attributes.get(name)) for name in attributes]
        # Streaming everybody must not keep everybody in memory.
        session.expunge(row)


def _cell(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return str(value).lower() if isinstance(value, bool) else value
