"""Resolving deliveries: sending again what is in doubt or failed, or calling it failed.

A resend never makes a new delivery. It supersedes the open attempt and puts the row back, and
with it opens the lane, the occurrence and the schedule again where they had ended.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.core import clock, live
from app.domain.audit import Action as Acts
from app.domain.errors import ConflictError, NotFoundError
from app.domain.members import Member
from app.domain.refs import Ref
from app.repositories import deliveries, resolutions, resolvable
from app.repositories.deliveries import Filters
from app.repositories.resolutions import Key, Resolver
from app.services import audit, reopenings
from app.services import deliveries as proofs
from app.services.dispatch import doorbells

# WhatsApp's own report of an attempt in doubt comes within this time, if it comes.
WAIT_S = 15 * 60
MOST_AT_ONCE = 10_000


class Action(StrEnum):
    """What a person may decide."""

    RESEND = "resend"
    MARK_FAILED = "mark_failed"


@dataclass(frozen=True, slots=True)
class Sums:
    """Of the deliveries that a filter found: ``remaining`` could be resolved by another call."""

    resolved: int
    too_early: int
    stopped: int
    remaining: int


def resolve(session: Session, member: Member, ref: Ref, action: Action) -> proofs.Proof:
    """Resolve one. Raises NotFoundError, ConflictError (``too_early`` before 15 minutes)."""
    row = deliveries.find(session, ref)
    if row is None:
        raise NotFoundError("delivery", ref.id)
    key = (row.occurrence_id, row.id)
    if action is Action.RESEND:
        reopenings.reopen(session, ref.workspace_id, [(row.schedule_id, key)])
        changed = resolutions.resend(session, ref.workspace_id, [key], _who(member), WAIT_S)
    else:
        changed = resolutions.mark_failed(session, ref.workspace_id, [key], _who(member))
    if not changed:
        raise _why_not(session, ref, key, action)
    _tell(session, member.workspace_id, [(row.schedule_id, key)])
    audit.note(session, Acts.DELIVERY_RESOLVED, ref, after={"action": action.value})
    if action is Action.RESEND:
        doorbells.ring_for(session, row.sender_id, clock.now())
    return proofs.get(session, ref)


def resolve_all(session: Session, member: Member, filters: Filters, action: Action) -> Sums:
    """Resolve what a filter finds, at most 10,000 in one call."""
    workspace_id, again = member.workspace_id, action is Action.RESEND
    found = resolvable.find(
        session, workspace_id, filters, again=again, wait_s=WAIT_S, most=MOST_AT_ONCE
    )
    keys = [key for _, key in found.ready]
    if again and keys:
        senders = reopenings.reopen(session, workspace_id, found.ready)
        changed = resolutions.resend(session, workspace_id, keys, _who(member), WAIT_S)
        for sender_id in senders:
            doorbells.ring_for(session, sender_id, clock.now())
    else:
        changed = resolutions.mark_failed(session, workspace_id, keys, _who(member))
    _tell(session, workspace_id, found.ready)
    if changed:
        done = {"action": action.value, "resolved": len(changed), "filter": asdict(filters)}
        audit.note(session, Acts.DELIVERY_RESOLVED, workspace_id, after=done)
    return Sums(
        resolved=len(changed),
        too_early=found.sums.get("too_early", 0),
        stopped=found.sums.get("stopped", 0),
        remaining=found.sums.get("ready", 0) - len(keys),
    )


def _who(member: Member) -> Resolver:
    return Resolver("person" if member.user_id else "api", member.actor)


def _tell(session: Session, workspace_id: UUID, rows: Sequence[tuple[UUID | None, Key]]) -> None:
    if len(rows) == 1:
        live.announce(session, workspace_id, "delivery.updated", id=rows[0][1][1])
    for occurrence_id, schedule_id in {key[0]: schedule_id for schedule_id, key in rows}.items():
        live.announce(
            session,
            workspace_id,
            "occurrence.progress",
            occurrence_id=occurrence_id,
            schedule_id=schedule_id,
        )


def _why_not(session: Session, ref: Ref, key: Key, action: Action) -> ConflictError:
    row: Any = deliveries.find(session, ref)
    wait = resolutions.seconds_to_wait(session, key, WAIT_S)
    if action is Action.RESEND and row.status in ("unconfirmed", "failed") and wait > 0:
        return ConflictError(
            "WhatsApp may still report on this attempt; resend it 15 minutes after it was made.",
            code="too_early",
            retry_after=int(wait) + 1,
        )
    what = "resent" if action is Action.RESEND else "marked as failed"
    return ConflictError(f"A delivery that is {row.status} can't be {what}.")
