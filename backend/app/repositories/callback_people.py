"""People as callbacks name them: by wa_id, a form of the phone, or a business-scoped user id."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Integer, Text, Uuid

from app.domain.refs import Ref
from app.models.recipients import ConsentEvent, Recipient


@dataclass(frozen=True, slots=True)
class Handle:
    """One way to look for person ``n`` of a workspace; ``phone`` is E.164."""

    n: int
    workspace_id: UUID
    phone: str | None
    wa_id: str | None
    user_id: str | None


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a callback says about a person; None says nothing."""

    id: UUID
    wa_id: str | None
    user_id: str | None
    username: str | None
    name: str | None


_HANDLE: dict[str, Any] = {
    "n": Integer(),
    "workspace_id": Uuid(),
    "phone": Text(),
    "wa_id": Text(),
    "user_id": Text(),
}
# Of several rows the one with the very number wins, then the known wa_id, then the user id.
# Each way has an index of its own: joined by OR, the table would be read for each person.
_FIND = text(f"""
    WITH wanted AS (
      SELECT * FROM unnest({", ".join(f":{name}" for name in _HANDLE)})
        AS w({", ".join(_HANDLE)})
    )
    SELECT DISTINCT ON (wanted.n) wanted.n, found.id
      FROM wanted CROSS JOIN LATERAL (
        SELECT 1 AS rank, r.id FROM recipients r
         WHERE r.workspace_id = wanted.workspace_id AND r.phone = wanted.phone
        UNION ALL
        SELECT 2, r.id FROM recipients r
         WHERE r.workspace_id = wanted.workspace_id AND r.wa_id = wanted.wa_id
        UNION ALL
        SELECT 3, r.id FROM recipients r
         WHERE r.workspace_id = wanted.workspace_id AND r.whatsapp_user_id = wanted.user_id
      ) found
     ORDER BY wanted.n, found.rank, found.id
""").bindparams(*(bindparam(name, type_=ARRAY(kind)) for name, kind in _HANDLE.items()))

_LESSON: dict[str, Any] = {
    "id": Uuid(),
    "wa_id": Text(),
    "user_id": Text(),
    "username": Text(),
    "name": Text(),
}
# Whoever writes is reachable. A name or user id that is known stays: names are people's edits,
# and two rows of one person are for people to merge.
_LEARN = text(f"""
    UPDATE recipients r SET
      wa_id = coalesce(said.wa_id, r.wa_id),
      username = coalesce(said.username, r.username),
      name = CASE WHEN r.name = '' THEN coalesce(said.name, '') ELSE r.name END,
      whatsapp_user_id = coalesce(r.whatsapp_user_id, (
        SELECT said.user_id WHERE NOT EXISTS (
          SELECT 1 FROM recipients other
           WHERE other.workspace_id = r.workspace_id AND other.whatsapp_user_id = said.user_id))),
      reachable = true, unreachable_reason = NULL, undeliverable_count = 0,
      updated_at = clock_timestamp()
      FROM unnest({", ".join(f":{name}" for name in _LESSON)}) AS said({", ".join(_LESSON)})
     WHERE r.id = said.id AND (
       NOT r.reachable OR r.undeliverable_count > 0
       OR r.wa_id IS DISTINCT FROM coalesce(said.wa_id, r.wa_id)
       OR r.username IS DISTINCT FROM coalesce(said.username, r.username)
       OR r.name = '' AND said.name IS NOT NULL
       OR r.whatsapp_user_id IS NULL AND said.user_id IS NOT NULL)
""").bindparams(*(bindparam(name, type_=ARRAY(kind)) for name, kind in _LESSON.items()))


def find(session: Session, handles: Sequence[Handle]) -> dict[int, UUID]:
    """``n`` -> the recipient."""
    values = {name: [getattr(handle, name) for handle in handles] for name in _HANDLE}
    return {row.n: row.id for row in session.execute(_FIND, values)}


def lock(session: Session, ids: Iterable[UUID]) -> dict[UUID, Recipient]:
    """Lock people in the order of their ids; those erased meanwhile are left out."""
    statement = (
        select(Recipient)
        .where(Recipient.id.in_(sorted(ids)), Recipient.erased_at.is_(None))
        .order_by(Recipient.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return {row.id: row for row in session.scalars(statement)}


def learn(session: Session, lessons: Collection[Lesson]) -> None:
    """Write down what was said about people that ``lock`` has locked."""
    values = {name: [getattr(lesson, name) for lesson in lessons] for name in _LESSON}
    session.execute(_LEARN, values)


def has_said(session: Session, ref: Ref, source: str, evidence: str) -> bool:
    """Whether a consent event with this evidence is there already."""
    statement = select(ConsentEvent.id).where(
        ConsentEvent.workspace_id == ref.workspace_id,
        ConsentEvent.recipient_id == ref.id,
        ConsentEvent.source == source,
        ConsentEvent.evidence == evidence,
    )
    return session.scalar(statement.limit(1)) is not None
