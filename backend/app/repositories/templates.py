"""Templates of the workspace's WABAs."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.domain.paging import PageOf, PageRequest
from app.domain.refs import Ref
from app.models.senders import Sender
from app.models.templates import Template
from app.repositories import pages

GONE = "DELETED"
_KEY = ("workspace_id", "waba_id", "name", "language")


def find(session: Session, ref: Ref) -> Template | None:
    """One template."""
    return session.scalar(
        select(Template).where(Template.workspace_id == ref.workspace_id, Template.id == ref.id)
    )


def page(
    session: Session,
    workspace_id: UUID,
    request: PageRequest,
    *,
    sender_id: UUID | None = None,
    status: str | None = None,
    category: str | None = None,
    q: str | None = None,
) -> PageOf[Template]:
    """The workspace's templates; ``q`` is found in the name, whatever its case."""
    statement = select(Template).where(Template.workspace_id == workspace_id)
    if sender_id is not None:
        wabas = select(Sender.waba_id).where(
            Sender.workspace_id == workspace_id, Sender.id == sender_id
        )
        statement = statement.where(Template.waba_id.in_(wabas))
    if status is not None:
        statement = statement.where(Template.status == status)
    if category is not None:
        statement = statement.where(Template.category == category)
    if q:
        statement = statement.where(Template.name.icontains(q, autoescape=True))
    return pages.fetch(session, statement, Template.id, request)


def approved_of_sender(session: Session, sender: Ref, most: int = 200) -> list[Template]:
    """Templates that a sender may use now, by name."""
    waba_id = select(Sender.waba_id).where(
        Sender.workspace_id == sender.workspace_id, Sender.id == sender.id
    )
    statement = (
        select(Template)
        .where(
            Template.workspace_id == sender.workspace_id,
            Template.waba_id.in_(waba_id),
            Template.status == "APPROVED",
        )
        .order_by(Template.name, Template.language)
        .limit(most)
    )
    return list(session.scalars(statement))


def database_now(session: Session) -> datetime:
    """The database's clock, by which syncs are ordered."""
    now: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    return now


def upsert(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert or refresh templates, one row for each name and language of a WABA.

    A sync that began earlier never overwrites what a later one stored.
    """
    if not rows:
        return
    statement = insert(Template).values(list(rows))
    fresh = {name: statement.excluded[name] for name in rows[0] if name not in {"id", *_KEY}}
    session.execute(
        statement.on_conflict_do_update(
            index_elements=_KEY,
            set_={**fresh, "updated_at": func.clock_timestamp()},
            where=Template.synced_at <= statement.excluded.synced_at,
        )
    )


def mark_gone(session: Session, workspace_id: UUID, waba_id: str, before: datetime) -> None:
    """What a complete listing that began at ``before`` no longer held was deleted at Meta."""
    session.execute(
        update(Template)
        .where(
            Template.workspace_id == workspace_id,
            Template.waba_id == waba_id,
            Template.synced_at < before,
            Template.status != GONE,
        )
        .values(status=GONE)
    )
