"""Templates: what WhatsApp has approved, as it last told us."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.core.ids import new_id
from app.core.queue import nudge
from app.domain.errors import InvalidError, NotFoundError
from app.domain.paging import PageOf, PageRequest
from app.domain.refs import Ref
from app.integrations.whatsapp import templates as shapes
from app.models.templates import Template
from app.repositories import senders, templates


def get(session: Session, ref: Ref) -> Template:
    """One template. Raises NotFoundError."""
    template = templates.find(session, ref)
    if template is None:
        raise NotFoundError("template", ref.id)
    return template


def page(
    session: Session, workspace_id: UUID, request: PageRequest, **filters: Any
) -> PageOf[Template]:
    """Templates; filters ``sender_id``, ``status``, ``category``, ``q``."""
    return templates.page(session, workspace_id, request, **filters)


def ask_for_sync(session: Session, sender: Ref) -> None:
    """Have a worker read the templates of a sender's WABA. Raises InvalidError."""
    if senders.find(session, sender) is None:
        raise InvalidError.unknown_reference("sender_id", sender.id)
    nudge(session, "templates.sync", str(sender.id))


def shape_of(template: Template) -> shapes.Template:
    """Its texts and the slots a message must fill."""
    return shapes.parse(as_listed(template))


def as_listed(template: Template) -> dict[str, Any]:
    """The template as Meta lists it: what a message version keeps of it."""
    return {
        "name": template.name,
        "language": template.language,
        "category": template.category,
        "parameter_format": template.parameter_format,
        "components": template.components,
    }


def store(
    session: Session,
    workspace_id: UUID,
    waba_id: str,
    listed: Iterable[Mapping[str, Any]],
    began_at: datetime,
) -> int:
    """Store a complete listing that began at ``began_at``; return how many it held."""
    rows = {}
    for item in listed:
        row = _row(item)
        if row is not None:
            # Twice in one listing (a page moved meanwhile): one statement can't write it twice.
            rows[row["name"], row["language"]] = row
    of_sync = {"workspace_id": workspace_id, "waba_id": waba_id, "synced_at": began_at}
    templates.upsert(session, [{"id": new_id(), **of_sync, **row} for row in rows.values()])
    templates.mark_gone(session, workspace_id, waba_id, began_at)
    return len(rows)


def _row(item: Mapping[str, Any]) -> dict[str, Any] | None:
    shape = shapes.parse(item)
    if not (shape.name and shape.language):
        return None
    components, score = item.get("components"), item.get("quality_score")
    reason = _upper(item.get("rejected_reason"))
    return {
        "meta_id": str(item.get("id") or ""),
        "name": shape.name,
        "language": shape.language,
        "category": _upper(item.get("category")).lower(),
        "status": _upper(item.get("status")) or "UNKNOWN",
        "quality": (_upper(score.get("score")) or None) if isinstance(score, Mapping) else None,
        "parameter_format": "NAMED" if shape.named else "POSITIONAL",
        "components": components if isinstance(components, list) else [],
        "rejected_reason": None if reason in {"", "NONE"} else reason,
    }


def _upper(value: object) -> str:
    return value.upper() if isinstance(value, str) else ""
