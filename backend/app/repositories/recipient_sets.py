"""Many recipients at once: one statement each to find, insert and change them.

Rows travel as one JSON parameter that ``jsonb_to_recordset`` turns into a table.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    DateTime,
    String,
    TableValuedAlias,
    Uuid,
    bindparam,
    cast,
    column,
    func,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from app.domain.recipients import Columns
from app.models.recipients import Recipient

NAMES = tuple(field.name for field in fields(Columns))
_TYPES: dict[str, Any] = {
    "attributes": JSONB(),
    "reachable": Boolean(),
    "consent_at": DateTime(timezone=True),
}
_KEYS = ("phone", "whatsapp_user_id", "external_id")


def columns_of(row: Any) -> Columns:
    """The columns people's edits set, of a row."""
    return Columns(**{name: getattr(row, name) for name in NAMES})


def values_of(columns: Columns) -> dict[str, Any]:
    """The same, by name."""
    return {name: getattr(columns, name) for name in NAMES}


def take_turns(session: Session, workspace_id: UUID) -> None:
    """Let one bulk change of a workspace run at a time, until the end of the transaction.

    Two that name the same people in another order would wait for each other for ever.
    """
    key = f"recipients:{workspace_id}"
    session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": key})


def lock_known(
    session: Session, workspace_id: UUID, keys: Mapping[str, Sequence[str]]
) -> dict[UUID, Columns]:
    """The rows that have one of these keys, locked in the order of their ids."""
    wanted = [getattr(Recipient, name).in_(keys[name]) for name in _KEYS if keys.get(name)]
    rows = session.execute(
        select(Recipient.id, *(getattr(Recipient, name) for name in NAMES))
        .where(Recipient.workspace_id == workspace_id, or_(*wanted))
        .order_by(Recipient.id)
        .with_for_update(key_share=True)
    )
    return {row.id: columns_of(row) for row in rows}


def insert_new(session: Session, workspace_id: UUID, rows: Mapping[UUID, Columns]) -> set[UUID]:
    """Insert rows; the ids of those that went in, the others share a key with somebody."""
    table = _table(rows)
    target = postgresql.insert(Recipient).from_select(
        ["id", "workspace_id", "consent_all", "version", *NAMES],
        select(
            table.c.id,
            literal(workspace_id, Uuid()),
            literal("allowed"),
            literal(1),
            *(table.c[name] for name in NAMES),
        ).order_by(table.c.id),
        include_defaults=False,
    )
    statement = target.on_conflict_do_nothing().returning(Recipient.id)
    return set(session.scalars(statement))


def change(session: Session, workspace_id: UUID, rows: Mapping[UUID, Columns]) -> None:
    """Write people's edits to rows that ``lock_known`` has locked."""
    table = _table(rows)
    session.execute(
        update(Recipient)
        .where(Recipient.workspace_id == workspace_id, Recipient.id == table.c.id)
        .values({name: table.c[name] for name in NAMES})
        .values(version=Recipient.version + 1, updated_at=func.clock_timestamp()),
        execution_options={"synchronize_session": False},
    )


def _table(rows: Mapping[UUID, Columns]) -> TableValuedAlias:
    data = [_record(id_, columns) for id_, columns in rows.items()]
    named = [column(name, _TYPES.get(name, String())) for name in NAMES]
    records = func.jsonb_to_recordset(cast(bindparam("rows", data, JSONB()), JSONB()))
    return records.table_valued(column("id", Uuid()), *named).render_derived(
        name="given", with_types=True
    )


def _record(id_: UUID, columns: Columns) -> dict[str, Any]:
    at = columns.consent_at
    return values_of(columns) | {"id": str(id_), "consent_at": at.isoformat() if at else None}
