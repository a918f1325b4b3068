"""Carrying an import out, a thousand rows a transaction.

The rows' effects and the number of rows done are committed together, and each chunk begins by
locking the import at the row it expects: after a crash, or with two workers at it, every row is
done exactly once.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.core import live, queue
from app.core.db import transaction
from app.domain.audit import Action
from app.domain.errors import FieldError, Refusal
from app.domain.recipient_bulk import OPT_OUT_KEPT, Outcome
from app.domain.recipients import Consent
from app.domain.refs import Ref
from app.models.imports import RecipientImport
from app.repositories import imports
from app.services import audit, recipient_bulk
from app.services.imports import mapping, reading

logger = logging.getLogger(__name__)

_CHUNK = 1000
# The answer of an import stays small whatever the file was; ``failed`` counts all.
_MAX_ERRORS = 10_000
_STALLED = timedelta(seconds=45)
_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class _Work:
    ref: Ref
    table: reading.Table
    targets: mapping.Targets
    consent: Consent | None
    rules: recipient_bulk.Rules
    processed: int


def run(ref: Ref) -> None:
    """Do what is left of an import; one that has ended or is gone is no error."""
    try:
        with transaction() as session:
            row = imports.start_if_open(session, ref)
        if row is None or row.file is None:
            return
        work = _work(ref, row, row.file)
        for start in range(work.processed, len(work.table.rows), _CHUNK):
            with transaction() as session:
                if not _take(session, work, start):
                    return
        _finish(ref, "completed", None)
    except Refusal as refusal:
        _finish(ref, "failed", refusal.detail)
    except DBAPIError:
        # The database was away or chose another transaction: the sweep rings again.
        raise
    except Exception:
        logger.exception("import %s can't be finished", ref.id)
        _finish(ref, "failed", "Something went wrong on our side; it has been logged.")


def sweep() -> None:
    """Ring for imports whose worker died or whose doorbell was lost."""
    with transaction() as session:
        stalled = imports.stalled(session, _STALLED, _AT_ONCE)
    for ref in stalled:
        queue.publish("imports.run", str(ref.workspace_id), str(ref.id))


def _work(ref: Ref, row: RecipientImport, file: bytes) -> _Work:
    options = row.options
    given = options["consent"]
    consent = given and Consent(
        given["marketing"],
        given["source"],
        datetime.fromisoformat(given["at"]),
        given["evidence"],
    )
    rules = recipient_bulk.Rules(
        options["on_conflict"],
        tuple(UUID(id_) for id_ in options["group_ids"]),
        options["actor"],
        options["default_country"],
    )
    return _Work(ref, reading.read(file), options["mapping"], consent, rules, row.processed)


def _take(session: Session, work: _Work, start: int) -> bool:
    failed = imports.lock_if_at(session, work.ref, start)
    if failed is None:
        return False
    rows = work.table.rows[start : start + _CHUNK]
    drafts = [
        (index, mapping.draft(_by_name(work, row), work.targets, work.consent))
        for index, row in enumerate(rows)
        if row.problem is None
    ]
    outcome = recipient_bulk.save(session, work.ref.workspace_id, drafts, work.rules)
    errors = _errors(rows, outcome)
    imports.advance(
        session,
        work.ref,
        processed=start + len(rows),
        counts={
            "created": outcome.created,
            "updated": outcome.updated,
            "skipped": outcome.skipped,
            "failed": len(errors),
        },
        errors=errors[: max(0, _MAX_ERRORS - failed)],
        warnings=[
            {"row": rows[index].number, "code": OPT_OUT_KEPT} for index in outcome.opt_outs_kept
        ],
    )
    _announce(session, work.ref, "running", start + len(rows), len(work.table.rows))
    return True


def _by_name(work: _Work, row: reading.Row) -> dict[str, str]:
    return dict(zip(work.table.header, row.cells, strict=False))


def _errors(rows: Sequence[reading.Row], outcome: Outcome) -> list[dict[str, Any]]:
    # A row that has several faults is one failed row: the first is told, the rest beside it.
    found: dict[int, list[FieldError]] = {
        index: [FieldError("row", "unreadable", row.problem)]
        for index, row in enumerate(rows)
        if row.problem is not None
    }
    for index, error in outcome.errors:
        found.setdefault(index, []).append(error)
    return [
        {
            "row": rows[index].number,
            "field": errors[0].field,
            "code": errors[0].code,
            "message": " ".join(error.message for error in errors),
            "values": rows[index].cells,
        }
        for index, errors in sorted(found.items())
    ]


def _finish(ref: Ref, status: str, detail: str | None) -> None:
    with transaction() as session:
        counts = imports.finish_if_running(session, ref, status, detail)
        if counts is not None:
            audit.note(session, Action.IMPORT_ENDED, ref, after={"status": status, **counts})
            live.announce(session, ref.workspace_id, "import.progress", id=ref.id, status=status)


def _announce(session: Session, ref: Ref, status: str, processed: int, total: int) -> None:
    live.announce(
        session,
        ref.workspace_id,
        "import.progress",
        id=ref.id,
        status=status,
        processed=processed,
        total=total,
    )
