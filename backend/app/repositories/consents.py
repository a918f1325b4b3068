"""Consent: the state on the recipient's row and the events that led to it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from app.domain.refs import Ref
from app.models.recipients import ConsentEvent, Recipient


def change(session: Session, ref: Ref, values: Mapping[str, Any]) -> Recipient | None:
    """Set the consent columns; None when there is no such recipient."""
    return session.scalars(
        update(Recipient)
        .where(
            Recipient.workspace_id == ref.workspace_id,
            Recipient.id == ref.id,
            Recipient.erased_at.is_(None),
        )
        .values(**values)
        .returning(Recipient)
        .execution_options(populate_existing=True)
    ).one_or_none()


def record(session: Session, workspace_id: UUID, events: Sequence[Mapping[str, Any]]) -> None:
    """Write events: ``{recipient_id, about, value, source, evidence, actor}`` each."""
    if events:
        rows = [{**event, "workspace_id": workspace_id} for event in events]
        session.execute(insert(ConsentEvent), rows)
