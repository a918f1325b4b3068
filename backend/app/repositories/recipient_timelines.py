"""What happened with a person: consent, deliveries and what they wrote, in one list."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CompoundSelect,
    DateTime,
    LargeBinary,
    String,
    Uuid,
    cast,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.domain.paging import PageOf, PageRequest
from app.domain.refs import Ref
from app.models.callbacks import InboundMessage
from app.models.deliveries import Delivery
from app.models.recipients import ConsentEvent


@dataclass(frozen=True, slots=True)
class Item:
    """One entry; ``key`` sorts by time and then by id."""

    key: UUID
    id: UUID
    at: datetime
    kind: str
    detail: Mapping[str, Any]


def page(session: Session, ref: Ref, request: PageRequest) -> PageOf[Item]:
    """A page of the person's timeline."""
    all_ = _everything(ref).subquery()
    statement = select(all_.c.key, all_.c.id, all_.c.at, all_.c.kind, all_.c.detail)
    if request.after is not None:
        later = all_.c.key < request.after if request.newest_first else all_.c.key > request.after
        statement = statement.where(later)
    order = all_.c.key.desc() if request.newest_first else all_.c.key.asc()
    rows = session.execute(statement.order_by(order).limit(request.limit + 1)).all()
    items = [Item(*row) for row in rows[: request.limit]]
    total = None
    if request.include_total:
        total = session.scalar(select(func.count()).select_from(all_))
    return PageOf(items, items[-1].key if len(rows) > request.limit else None, total)


def _everything(ref: Ref) -> CompoundSelect[Any]:
    return union_all(
        _of(
            ConsentEvent,
            ConsentEvent.at,
            "consent",
            ref,
            ("about", "value", "source", "evidence", "actor"),
        ),
        _of(
            Delivery,
            Delivery.created_at,
            "delivery",
            ref,
            ("status", "reason", "origin", "schedule_id", "sender_id", "due_at"),
        ),
        _of(
            InboundMessage,
            InboundMessage.received_at,
            "inbound",
            ref,
            ("sender_id", "text"),
        ),
    )


def _of(
    table: Any, at: InstrumentedAttribute[datetime], kind: str, ref: Ref, names: tuple[str, ...]
) -> Any:
    detail = [
        part for name in names for part in (literal(name, String()), _shown(getattr(table, name)))
    ]
    return select(
        _key(at, table.id).label("key"),
        table.id.label("id"),
        at.label("at"),
        literal(kind, String()).label("kind"),
        func.jsonb_build_object(*detail).label("detail"),
    ).where(table.workspace_id == ref.workspace_id, table.recipient_id == ref.id)


def _shown(column: InstrumentedAttribute[Any]) -> Any:
    # As all instants of answers: PostgreSQL would write +00:00 and microseconds.
    if isinstance(column.type, DateTime):
        return func.to_char(func.timezone("UTC", column), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
    return column


def _key(at: Any, id_: Any) -> Any:
    # As a UUID of version 7 holds it: 48 bits of milliseconds, here of ``at``, then the id's own.
    milliseconds = func.int8send(cast(func.floor(func.extract("epoch", at) * 1000), BigInteger))
    head = func.substr(milliseconds, 3, type_=LargeBinary())
    tail = func.substr(func.uuid_send(id_), 7, type_=LargeBinary())
    return cast(func.encode(head.concat(tail), "hex"), Uuid())
