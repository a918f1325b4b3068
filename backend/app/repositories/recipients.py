"""Recipients: one row, a page of them, and what lies beside them."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg2.errors import UniqueViolation
from sqlalchemy import ColumnElement, Select, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain.paging import PageOf, PageRequest
from app.domain.recipients import Columns
from app.domain.refs import Ref
from app.models.recipients import GroupMember, Recipient, ServiceWindow
from app.repositories import pages, recipient_search
from app.repositories.recipient_filters import Filters
from app.repositories.recipient_sets import values_of

__all__ = ["Filters"]


@dataclass(frozen=True, slots=True)
class Beside:
    """What is told of a recipient and lies in other tables."""

    group_ids: tuple[UUID, ...] = ()
    last_inbound_at: datetime | None = None


class KeyTakenError(Exception):
    """Somebody else has this ``column``'s value already."""

    def __init__(self, column: str) -> None:
        super().__init__(column)
        self.column = column


def get(session: Session, ref: Ref) -> Recipient | None:
    """One recipient that isn't erased."""
    return session.scalar(_living(ref.workspace_id).where(Recipient.id == ref.id))


def lock(session: Session, ref: Ref) -> Recipient | None:
    """The same, locked against every other change until the end of the transaction."""
    statement = _living(ref.workspace_id).where(Recipient.id == ref.id)
    return session.scalar(
        statement.with_for_update(key_share=True).execution_options(populate_existing=True)
    )


def change_if_version(
    session: Session, ref: Ref, columns: Columns, expected: int | None
) -> Recipient | None:
    """Write a person's edit; None when ``expected`` is no longer the version.

    Raises KeyTakenError when a key is somebody else's.
    """
    statement = update(Recipient).where(
        Recipient.workspace_id == ref.workspace_id,
        Recipient.id == ref.id,
        Recipient.erased_at.is_(None),
    )
    if expected is not None:
        statement = statement.where(Recipient.version == expected)
    statement = statement.values(**values_of(columns), version=Recipient.version + 1)
    try:
        with session.begin_nested():
            return session.scalars(
                statement.returning(Recipient).execution_options(populate_existing=True)
            ).one_or_none()
    except IntegrityError as error:
        if not isinstance(error.orig, UniqueViolation):
            raise
        name = error.orig.diag.constraint_name or ""
        raise KeyTakenError(name.removeprefix("uq_recipients_workspace_id_")) from error


def ids_of(
    session: Session, workspace_id: UUID, ids: Collection[UUID], external_ids: Collection[str]
) -> tuple[set[UUID], dict[str, UUID]]:
    """Which of these ids exist, and the ids behind these external ids."""
    rows = session.execute(
        select(Recipient.id, Recipient.external_id).where(
            Recipient.workspace_id == workspace_id,
            Recipient.erased_at.is_(None),
            or_(Recipient.id.in_(ids), Recipient.external_id.in_(external_ids)),
        )
    ).all()
    return {row.id for row in rows}, {row.external_id: row.id for row in rows if row.external_id}


def id_by(session: Session, workspace_id: UUID, column: str, value: str) -> UUID | None:
    """The recipient with this ``phone``, ``whatsapp_user_id`` or ``external_id``."""
    return session.scalar(
        select(Recipient.id).where(
            Recipient.workspace_id == workspace_id, getattr(Recipient, column) == value
        )
    )


def page(
    session: Session, workspace_id: UUID, filters: Filters, request: PageRequest
) -> PageOf[Recipient]:
    """A page of the workspace's recipients."""
    living = _living(workspace_id)
    if not filters.q:
        narrowed = living.where(*_conditions(workspace_id, filters))
        return pages.fetch(session, narrowed, Recipient.id, request)
    found = living.where(Recipient.id.in_(recipient_search.ids(filters, request)))
    everybody = recipient_search.ids(filters)
    return pages.fetch(session, found, Recipient.id, request, counted=everybody)


def stream(session: Session, workspace_id: UUID) -> Iterator[Recipient]:
    """All recipients in the order they were made, read in parts by a cursor of the server."""
    statement = _living(workspace_id).order_by(Recipient.id)
    return iter(session.scalars(statement, execution_options=_STREAMED))


_STREAMED = {"yield_per": 1000}


def attribute_names(session: Session, workspace_id: UUID) -> list[str]:
    """Names of all attributes in use, sorted."""
    name = func.jsonb_object_keys(Recipient.attributes).label("name")
    names = select(name).distinct().where(Recipient.workspace_id == workspace_id)
    return sorted(session.scalars(names))


def beside(session: Session, workspace_id: UUID, ids: Sequence[UUID]) -> dict[UUID, Beside]:
    """Groups and last inbound message of these recipients, in one statement."""
    groups = (
        select(func.array_agg(aggregate_order_by(GroupMember.group_id, GroupMember.group_id)))
        .where(GroupMember.workspace_id == workspace_id, GroupMember.recipient_id == Recipient.id)
        .scalar_subquery()
    )
    inbound = (
        select(func.max(ServiceWindow.last_inbound_at))
        .where(
            ServiceWindow.workspace_id == workspace_id,
            ServiceWindow.recipient_id == Recipient.id,
        )
        .scalar_subquery()
    )
    rows = session.execute(
        select(Recipient.id, groups, inbound).where(
            Recipient.workspace_id == workspace_id, Recipient.id.in_(ids)
        )
    )
    return {id_: Beside(tuple(group_ids or ()), at) for id_, group_ids, at in rows}


def _living(workspace_id: UUID) -> Select[Recipient]:
    return select(Recipient).where(
        Recipient.workspace_id == workspace_id, Recipient.erased_at.is_(None)
    )


def _conditions(workspace_id: UUID, filters: Filters) -> list[ColumnElement[bool]]:
    same: dict[Any, Any] = {
        Recipient.phone: filters.phone,
        Recipient.external_id: filters.external_id,
        Recipient.consent_marketing: filters.consent,
        Recipient.reachable: filters.reachable,
    }
    conditions = [column == value for column, value in same.items() if value is not None]
    if filters.group_id is not None:
        conditions.append(_in_group(Ref(workspace_id, filters.group_id)))
    return conditions


def _in_group(group: Ref) -> ColumnElement[bool]:
    return exists().where(
        GroupMember.workspace_id == group.workspace_id,
        GroupMember.group_id == group.id,
        GroupMember.recipient_id == Recipient.id,
    )
