"""Imports: uploaded files and how far each has come."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, literal, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session, defer

from app.domain.refs import Ref
from app.models.imports import RecipientImport

_OPEN = ("queued", "running")
_COUNTS = ("created", "updated", "skipped", "failed")


def add(session: Session, workspace_id: UUID, **values: Any) -> RecipientImport:
    """A new import, waiting to be run."""
    row = RecipientImport(workspace_id=workspace_id, **values)
    session.add(row)
    session.flush()
    return row


def get(session: Session, ref: Ref) -> RecipientImport | None:
    """One import without its file."""
    return session.scalar(
        select(RecipientImport)
        .where(RecipientImport.workspace_id == ref.workspace_id, RecipientImport.id == ref.id)
        .options(defer(RecipientImport.file))
        .execution_options(populate_existing=True)
    )


def start_if_open(session: Session, ref: Ref) -> RecipientImport | None:
    """Say that it runs, with its file; None when it has ended."""
    return session.scalars(
        update(RecipientImport)
        .where(
            RecipientImport.workspace_id == ref.workspace_id,
            RecipientImport.id == ref.id,
            RecipientImport.status.in_(_OPEN),
        )
        .values(status="running")
        .returning(RecipientImport)
        .execution_options(populate_existing=True)
    ).one_or_none()


def lock_if_at(session: Session, ref: Ref, processed: int) -> int | None:
    """How many rows have failed, when the import stands at row ``processed``; else None.

    Locked, so that one runner goes on from here.
    """
    row = session.execute(
        select(RecipientImport.processed, RecipientImport.failed)
        .where(
            RecipientImport.workspace_id == ref.workspace_id,
            RecipientImport.id == ref.id,
            RecipientImport.status == "running",
        )
        .with_for_update()
    ).one_or_none()
    return row.failed if row is not None and row.processed == processed else None


def advance(
    session: Session,
    ref: Ref,
    *,
    processed: int,
    counts: dict[str, int],
    errors: list[dict[str, Any]],
    warnings: list[dict[str, Any]],
) -> None:
    """Note a chunk: ``counts`` are added to created, updated, skipped and failed."""
    table = RecipientImport
    session.execute(
        update(table)
        .where(table.workspace_id == ref.workspace_id, table.id == ref.id)
        .values({name: getattr(table, name) + n for name, n in counts.items()})
        .values(
            processed=processed,
            errors=table.errors.op("||")(literal(errors, JSONB())),
            warnings=table.warnings.op("||")(literal(warnings, JSONB())),
        ),
        execution_options={"synchronize_session": False},
    )


def finish_if_running(
    session: Session, ref: Ref, status: str, detail: str | None
) -> dict[str, int] | None:
    """End an import and let go of its file; what became of its rows, None when it had ended."""
    statement = (
        update(RecipientImport)
        .where(
            RecipientImport.workspace_id == ref.workspace_id,
            RecipientImport.id == ref.id,
            RecipientImport.status == "running",
        )
        .values(status=status, detail=detail, file=None, finished_at=func.clock_timestamp())
        .returning(*(getattr(RecipientImport, name) for name in _COUNTS))
        .execution_options(synchronize_session=False)
    )
    row = session.execute(statement).one_or_none()
    return dict(row._mapping) if row is not None else None


def stalled(session: Session, quiet: timedelta, limit: int) -> list[Ref]:
    """Open imports in all workspaces that nobody has moved for a while."""
    rows = session.execute(
        select(RecipientImport.workspace_id, RecipientImport.id)
        .where(
            RecipientImport.status.in_(_OPEN),
            RecipientImport.updated_at < func.clock_timestamp() - quiet,
        )
        .order_by(RecipientImport.id)
        .limit(limit)
    )
    return [Ref(row.workspace_id, row.id) for row in rows]
