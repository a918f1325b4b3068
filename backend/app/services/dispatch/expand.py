"""Expand: open an occurrence, a row for each person, ahead of its first due instant.

One transaction, all or nothing; a second run finds the occurrence open and does nothing.
"""

import json
import logging
from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.core import clock, crash_points, live, queue
from app.core.db import transaction
from app.domain.refs import Ref
from app.domain.states import SENDABLE, OccurrenceStatus
from app.models.schedules import Occurrence, Schedule
from app.repositories import (
    expansions,
    lanes,
    message_versions,
    occurrences,
    schedules,
    workspaces,
)
from app.services.dispatch import doorbells, release, template_guard

logger = logging.getLogger(__name__)

# Opened this long before it is due: a million people take less than a minute.
LEAD = timedelta(minutes=5)
PRIORITIES = {"direct": 0, "transactional": 1, "campaign": 2}
# What is due this soon and still not opened waits for a doorbell that was lost.
_ANY_MOMENT = timedelta(seconds=5)


def open_occurrence(occurrence_id: UUID) -> None:
    """Make the deliveries of a planned occurrence and ring its sender."""
    with transaction() as session:
        occurrence = occurrences.get_any(session, occurrence_id)
        if occurrence is None or occurrence.status != OccurrenceStatus.PLANNED:
            return
        ref = Ref(occurrence.workspace_id, occurrence.schedule_id)
        expansions.lock(session, ref.workspace_id, occurrence.sender_id, ref.id)
        # Read after the lock: who pauses, cancels or edits has finished or waits for us.
        schedule = schedules.find(session, ref)
        if schedule is None or schedule.status not in SENDABLE:
            return
        session.refresh(schedule)
        # Only one opens it: a second would make a million rows in vain.
        if occurrences.take_planned(session, occurrence_id) is None:
            return
        _expand(session, occurrence, schedule)
        crash_points.reach("expanding")
    crash_points.reach("expanded")


def _expand(session: Session, occurrence: Occurrence, schedule: Schedule) -> None:
    opening = opening_of(session, occurrence, schedule)
    people, to_send = expansions.expand(session, audience_of(schedule), opening)
    if not expansions.mark_open(session, occurrence.id, people):
        # Somebody was quicker or it was cancelled: what was just made must not stay.
        session.rollback()
        return
    if to_send:
        open_lane(session, opening)
        template_guard.hold_unfit(session, occurrence.id)
        release.doubt_if_restored(session, occurrence, people)
        doorbells.ring_for(session, occurrence.sender_id, opening.due_at)
    else:
        queue.nudge(session, "dispatch.complete", str(occurrence.id))
    live.announce(
        session, schedule.workspace_id, "schedule.updated", id=schedule.id, status=schedule.status
    )


def opening_of(session: Session, occurrence: Occurrence, schedule: Schedule) -> expansions.Opening:
    """What an occurrence is opened with, as its schedule is now."""
    workspace = workspaces.get(session, schedule.workspace_id)
    version = message_versions.of_message(
        session, Ref(schedule.workspace_id, schedule.message_id), schedule.message_version
    )
    if workspace is None or version is None:
        raise LookupError("a schedule's workspace and message version are kept by foreign keys")
    return expansions.Opening(
        occurrence_id=occurrence.id,
        schedule_id=schedule.id,
        sender_id=occurrence.sender_id,
        message_version_id=version.id,
        category=version.category,
        requires_opt_in=workspace.marketing_requires_opt_in,
        service_window=schedule.service_window or workspace.service_window,
        daily_limit=schedule.daily_limit,
        priority=PRIORITIES[schedule.priority],
        version=schedule.version,
        max_rate_mps=schedule.max_rate_mps,
        due_at=occurrence.due_at,
        expires_after_s=schedule.expires_after_s,
        reference=schedule.reference,
        metadata=json.dumps(schedule.meta),
    )


def open_lane(
    session: Session, opening: expansions.Opening, *, state: str = "runnable", renew: bool = False
) -> None:
    """Make the occurrence's lane, or with ``renew`` have it as ``opening`` says."""
    lanes.open_lane(
        session,
        occurrence_id=opening.occurrence_id,
        sender_id=opening.sender_id,
        schedule_id=opening.schedule_id,
        message_version_id=opening.message_version_id,
        category=opening.category,
        service_window=opening.service_window,
        priority=opening.priority,
        version=opening.version,
        max_rate_mps=opening.max_rate_mps,
        daily_limit=opening.daily_limit,
        state=state,
        renew=renew,
    )


def audience_of(schedule: Schedule) -> expansions.Audience:
    """A schedule's stored audience."""
    stored = schedule.audience
    return expansions.Audience(
        schedule.workspace_id,
        *(
            [UUID(id_) for id_ in stored[name]]
            for name in ("group_ids", "recipient_ids", "exclude_group_ids")
        ),
    )


def open_due(session: Session) -> list[UUID]:
    """Planned occurrences that must be opened by now."""
    return occurrences.planned_before(session, clock.now() + LEAD)


def open_overdue() -> None:
    """Open what is due any moment and nobody has opened: Redis was away, its doorbell is lost."""
    with transaction() as session:
        found = occurrences.planned_before(session, clock.now() + _ANY_MOMENT)
    for occurrence_id in found:
        open_occurrence(occurrence_id)
