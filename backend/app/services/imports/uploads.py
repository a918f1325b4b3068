"""Taking an uploaded file: read and judged at once, carried out by a worker."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.core.queue import nudge
from app.domain.audit import Action
from app.domain.errors import InvalidError, NotFoundError
from app.domain.recipient_bulk import OnConflict
from app.domain.recipients import Consent
from app.domain.refs import Ref
from app.models.imports import RecipientImport
from app.repositories import groups
from app.repositories import imports as rows
from app.services import audit
from app.services.imports import mapping, reading

_MAX_FILENAME = 200


@dataclass(frozen=True, slots=True)
class Options:
    """What people chose; ``mapping`` None: guess by the columns' names."""

    mapping: Mapping[str, str | None] | None = None
    group_ids: Sequence[UUID] = ()
    consent: Consent | None = None
    default_country: str | None = None
    on_conflict: OnConflict = "skip"


def create(
    session: Session,
    workspace_id: UUID,
    filename: str,
    data: bytes,
    options: Options,
    *,
    user_id: UUID | None,
    actor: str,
) -> RecipientImport:
    """Keep the file and ring for a worker. Raises InvalidError for what can't be read."""
    table = reading.read(data)
    targets = mapping.targets(table.header, options.mapping)
    known = groups.known(session, workspace_id, options.group_ids)
    for position, id_ in enumerate(options.group_ids):
        if id_ not in known:
            raise InvalidError.unknown_reference(f"group_ids.{position}", id_)
    made = rows.add(
        session,
        workspace_id,
        filename=_safe(filename),
        file=data,
        total=len(table.rows),
        created_by=user_id,
        options=_kept(options, table.header, targets, actor),
    )
    started = {"filename": made.filename, "total": made.total}
    audit.note(session, Action.IMPORT_STARTED, Ref(workspace_id, made.id), after=started)
    nudge(session, "imports.run", str(workspace_id), str(made.id))
    return made


def get(session: Session, ref: Ref) -> RecipientImport:
    """One import. Raises NotFoundError."""
    found = rows.get(session, ref)
    if found is None:
        raise NotFoundError("import", ref.id)
    return found


def rejected(session: Session, ref: Ref) -> list[list[object]]:
    """The rows that were not taken, as they were, with the reason: to be mended and sent again.

    Raises NotFoundError.
    """
    found = get(session, ref)
    header: list[object] = [*found.options["header"]]
    table = [[*header, "error_row", "error_field", "error_reason"]]
    for error in found.errors:
        # Rows may be shorter or longer than the header; the reasons stay in their columns.
        cells = (error["values"] + [""] * len(header))[: len(header)]
        table.append([*cells, error["row"], error["field"], error["message"]])
    return table


def _kept(
    options: Options, header: Sequence[str], targets: mapping.Targets, actor: str
) -> dict[str, Any]:
    consent = options.consent
    return {
        "header": header,
        "mapping": targets,
        "group_ids": [str(id_) for id_ in options.group_ids],
        "consent": consent
        and {
            "marketing": consent.marketing,
            "source": consent.source,
            "evidence": consent.evidence,
            "at": consent.at.isoformat(),
        },
        "default_country": options.default_country,
        "on_conflict": options.on_conflict,
        "actor": actor,
    }


def _safe(filename: str) -> str:
    text = filename.encode(errors="replace").decode().replace("\x00", "")
    return text[:_MAX_FILENAME] or "upload.csv"
