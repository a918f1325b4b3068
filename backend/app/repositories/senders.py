"""Senders, and the flag on their lanes that a mark sees."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, func, select, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.domain.paging import PageOf, PageRequest
from app.domain.refs import Ref
from app.domain.states import SenderStatus
from app.models.deliveries import Attempt, Delivery
from app.models.schedules import Lane, Schedule
from app.models.senders import Sender, SenderDrain
from app.repositories import pages

_LIVE: dict[str, Any] = {"populate_existing": True}


def find(session: Session, ref: Ref) -> Sender | None:
    """One sender."""
    return session.scalar(
        select(Sender).where(Sender.workspace_id == ref.workspace_id, Sender.id == ref.id)
    )


def ref_of(session: Session, sender_id: UUID) -> Ref | None:
    """The address of a sender named by a task, which carries its id only."""
    workspace_id = session.scalar(select(Sender.workspace_id).where(Sender.id == sender_id))
    return Ref(workspace_id, sender_id) if workspace_id else None


def page(session: Session, workspace_id: UUID, request: PageRequest) -> PageOf[Sender]:
    """The workspace's senders."""
    statement = select(Sender).where(Sender.workspace_id == workspace_id)
    return pages.fetch(session, statement, Sender.id, request)


def add_if_new(session: Session, ref: Ref, values: Mapping[str, Any]) -> Sender | None:
    """Insert a sender with its drain; None when the workspace has this phone number id."""
    statement = (
        insert(Sender)
        .values(workspace_id=ref.workspace_id, id=ref.id, **values)
        .on_conflict_do_nothing(index_elements=["workspace_id", "phone_number_id"])
        .returning(Sender)
    )
    sender = session.scalars(statement).one_or_none()
    if sender is not None:
        session.add(SenderDrain(sender_id=ref.id, workspace_id=ref.workspace_id))
        session.flush()
    return sender


def change_if_version(
    session: Session, ref: Ref, changes: Mapping[str, Any], expected: int | None
) -> Sender | None:
    """Apply a person's changes; None when there is no such sender at ``expected``."""
    statement = update(Sender).where(_is(ref))
    if expected is not None:
        statement = statement.where(Sender.version == expected)
    statement = statement.values(**changes, version=Sender.version + 1)
    return session.scalars(statement.returning(Sender), execution_options=_LIVE).one_or_none()


def note_facts(session: Session, ref: Ref, facts: Mapping[str, Any]) -> Sender | None:
    """Store what Meta says about a number; not a person's edit, so the version stays."""
    statement = update(Sender).where(_is(ref)).values(**facts).returning(Sender)
    return session.scalars(statement, execution_options=_LIVE).one_or_none()


def move_if(
    session: Session,
    ref: Ref,
    *,
    allowed: Collection[SenderStatus],
    to: SenderStatus,
    values: Mapping[str, Any],
    stopped_for: str | None = None,
) -> Sender | None:
    """Move to ``to`` if now in ``allowed``, and tell the lanes; None when no row matched.

    With ``stopped_for`` only one whose reason that is.

    The sender's row first, then its lanes: the order in which an occurrence is opened, so a
    lane made meanwhile sees the new status.
    """
    statement = (
        update(Sender)
        .where(
            _is(ref),
            Sender.status.in_(allowed),
            Sender.status_reason == stopped_for if stopped_for is not None else true(),
        )
        .values(status=to, **values)
        .returning(Sender)
    )
    moved = session.scalars(statement, execution_options=_LIVE).one_or_none()
    if moved is not None:
        _tell_lanes(session, ref, active=to == SenderStatus.ACTIVE)
    return moved


def pause_longer(session: Session, ref: Ref, reason: str, until: datetime | None) -> Sender | None:
    """Have a pause that passes by itself last longer, or until a person decides; None if none."""
    statement = (
        update(Sender)
        .where(
            _is(ref),
            Sender.status == SenderStatus.PAUSED,
            Sender.paused_until.is_not(None) if until is None else Sender.paused_until < until,
        )
        .values(status_reason=reason, paused_until=until)
        .returning(Sender)
    )
    return session.scalars(statement, execution_options=_LIVE).one_or_none()


def rested(session: Session) -> list[Ref]:
    """Senders whose pause has passed by itself, locked."""
    statement = select(Sender.workspace_id, Sender.id).where(
        Sender.status == SenderStatus.PAUSED, Sender.paused_until <= func.clock_timestamp()
    )
    ordered = statement.order_by(Sender.id).with_for_update(key_share=True)
    return [Ref(*row) for row in session.execute(ordered)]


def of_account(session: Session, ref: Ref) -> list[Ref]:
    """All senders of the workspace that are in the same account as this one, by id."""
    waba_id = select(Sender.waba_id).where(_is(ref)).scalar_subquery()
    statement = select(Sender.workspace_id, Sender.id).where(
        Sender.workspace_id == ref.workspace_id, Sender.waba_id == waba_id
    )
    return [Ref(*row) for row in session.execute(statement.order_by(Sender.id))]


def pause_if_base_differs(session: Session, base_url: str, reason: str) -> list[Ref]:
    """Pause, in all workspaces, who was verified against another API than ``base_url``."""
    statement = (
        update(Sender)
        .where(Sender.status == SenderStatus.ACTIVE, Sender.api_base_url != base_url)
        .values(status=SenderStatus.PAUSED, status_reason=reason, paused_until=None)
        .returning(Sender.workspace_id, Sender.id)
    )
    paused = [Ref(*row) for row in session.execute(statement)]
    for ref in paused:
        _tell_lanes(session, ref, active=False)
    return paused


def delete_if_unused(session: Session, ref: Ref) -> bool:
    """Delete a sender that no schedule names and that never sent; False when none matched."""
    statement = delete(Sender).where(
        _is(ref),
        ~exists().where(Schedule.workspace_id == ref.workspace_id, Schedule.sender_id == ref.id),
        ~exists().where(Lane.sender_id == ref.id),
        ~exists().where(Attempt.sender_id == ref.id),
        ~exists().where(Delivery.workspace_id == ref.workspace_id, Delivery.sender_id == ref.id),
    )
    return session.scalar(statement.returning(Sender.id)) is not None


def stopped(session: Session, ids: Collection[UUID]) -> set[UUID]:
    """Which of these senders don't send now."""
    statement = select(Sender.id).where(Sender.id.in_(ids), Sender.status != "active")
    return set(session.scalars(statement))


def everybodys(session: Session) -> list[Sender]:
    """The senders of all workspaces, for who looks after the installation."""
    return list(session.scalars(select(Sender).order_by(Sender.workspace_id, Sender.id)))


def any_has_app_secret(session: Session) -> bool:
    """Whether some sender, of whatever workspace, has an app secret of its own."""
    return bool(session.scalar(select(exists().where(Sender.app_secret_sealed.is_not(None)))))


def _is(ref: Ref) -> Any:
    return (Sender.workspace_id == ref.workspace_id) & (Sender.id == ref.id)


def _tell_lanes(session: Session, ref: Ref, *, active: bool) -> None:
    # Locked by id as a mark does: two orders would deadlock. What a mark holds, this waits for;
    # after it nothing more is marked.
    lanes = select(Lane.occurrence_id).where(
        Lane.workspace_id == ref.workspace_id, Lane.sender_id == ref.id
    )
    locked = lanes.order_by(Lane.occurrence_id).with_for_update(key_share=True).cte("locked")
    session.execute(
        update(Lane)
        .where(Lane.sender_id == ref.id, Lane.occurrence_id.in_(select(locked.c.occurrence_id)))
        .values(sender_active=active)
        .execution_options(synchronize_session=False)
    )
