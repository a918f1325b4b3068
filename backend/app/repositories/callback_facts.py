"""What callbacks say about our own templates and numbers, in whichever workspace has them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, true, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from app.domain.refs import Ref
from app.domain.states import SenderStatus
from app.models.senders import Sender
from app.models.templates import Template

Scope = tuple[UUID, ...] | None
# Callbacks tell whole seconds, the database microseconds.
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Named:
    """A template by Meta's id, or by name and language, in an account."""

    waba_id: str
    meta_id: str | None
    name: str | None
    language: str | None


def change_template(
    session: Session, named: Named, at: datetime, values: Mapping[str, Any], scope: Scope
) -> int:
    """Change a template unless we have heard from WhatsApp later than ``at``; how many changed."""
    same_name = and_(Template.name == named.name, Template.language == named.language)
    changed = session.scalars(
        update(Template)
        .where(
            Template.waba_id == named.waba_id,
            or_(Template.meta_id == named.meta_id, same_name),
            Template.synced_at < at + _SECOND,
            _within(Template.workspace_id, scope),
        )
        .values(**values, synced_at=func.greatest(Template.synced_at, at))
        .returning(Template.id)
    )
    return len(changed.all())


def change_number(
    session: Session,
    waba_id: str,
    digits: str | None,
    values: Mapping[str, Any],
    scope: Scope,
    **only_if: Any,
) -> list[Ref]:
    """Change the sender with these digits, or all of the account; returns who it was.

    ``only_if``: columns that must have these values.
    """
    own = func.regexp_replace(Sender.display_phone_number, r"\D", "", "g")
    rows = session.execute(
        update(Sender)
        .where(
            Sender.waba_id == waba_id,
            own == digits if digits is not None else true(),
            _within(Sender.workspace_id, scope),
        )
        .filter_by(**only_if)
        .values(**values)
        .returning(Sender.workspace_id, Sender.id)
    )
    return [Ref(*row) for row in rows]


def of_account(session: Session, waba_id: str, scope: Scope) -> list[Ref]:
    """All senders of an account, in the order in which they are locked."""
    rows = session.execute(
        select(Sender.workspace_id, Sender.id)
        .where(Sender.waba_id == waba_id, _within(Sender.workspace_id, scope))
        .order_by(Sender.id)
    )
    return [Ref(*row) for row in rows]


def one_of_account(session: Session, waba_id: str, scope: Scope) -> list[UUID]:
    """Of each workspace that has the account one sender, if possible one that may send."""
    statement = (
        select(Sender.id)
        .ext(distinct_on(Sender.workspace_id))
        .where(Sender.waba_id == waba_id, _within(Sender.workspace_id, scope))
        .order_by(Sender.workspace_id, Sender.status != SenderStatus.ACTIVE, Sender.id)
    )
    return list(session.scalars(statement))


def _within(column: Any, scope: Scope) -> ColumnElement[bool]:
    return true() if scope is None else column.in_(scope)
