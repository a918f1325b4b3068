"""Statuses: find the delivery each is about, merge them all, keep what finds none."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.core import keys, live
from app.core.queue import nudge
from app.domain import opaque_id, phones, status_merge
from app.domain.opaque_id import OpaqueId
from app.domain.refs import Ref
from app.domain.status_merge import Fact
from app.integrations.whatsapp.callback_events import StatusEvent
from app.repositories import callback_senders, status_matches, status_reports
from app.repositories.status_matches import Wanted
from app.repositories.status_reports import Merged
from app.services.webhooks import reports
from app.services.webhooks.reports import Seen

# Longer ones aren't Meta's, and no index could hold them.
LONGEST_WAMID = 512
_FEW = 20


def seen(event: StatusEvent, received_at: datetime) -> Seen | None:
    """A status to merge; None for one that tells nothing, such as ``deleted``."""
    fact = status_merge.reported(event.status)
    if fact is None or len(event.wamid) > LONGEST_WAMID:
        return None
    return Seen(event, fact, event.at or event.origin.noted_at or received_at)


def merge(session: Session, batch: Sequence[Seen]) -> list[int]:
    """Merge a batch; returns the positions of what belongs to no delivery we know.

    At most four statements, however many statuses. What has to stop is nudged after the commit.
    """
    about = _by_our_id(batch)
    missing = [n for n in range(len(batch)) if n not in about]
    about |= _by_wamid(session, batch, missing) if missing else {}
    wanted = {(found.occurrence_id, found.delivery_id) for found, _ in about.values()}
    known = status_reports.lock(session, wanted) if wanted else set()
    matched = {
        n: (found, inferred)
        for n, (found, inferred) in about.items()
        if (found.occurrence_id, found.delivery_id) in known
    }
    if matched:
        merged = status_reports.merge(
            session,
            [
                reports.report(batch[n], found, inferred=inferred)
                for n, (found, inferred) in matched.items()
            ],
        )
        _tell(session, merged)
    return [n for n in range(len(batch)) if n not in matched]


def _by_our_id(batch: Sequence[Seen]) -> dict[int, tuple[OpaqueId, bool]]:
    key = keys.key_for("opaque-id")
    decoded = {
        n: opaque_id.decode(one.event.opaque, key)
        for n, one in enumerate(batch)
        if one.event.opaque
    }
    return {n: (found, False) for n, found in decoded.items() if found is not None}


def _by_wamid(
    session: Session, batch: Sequence[Seen], missing: Sequence[int]
) -> dict[int, tuple[OpaqueId, bool]]:
    numbers = {batch[n].event.origin.phone_number_id or "" for n in missing}
    senders = callback_senders.by_number(session, numbers)
    wanted = [
        way
        for n in missing
        for sender in senders.get(batch[n].event.origin.phone_number_id or "", ())
        for way in _ways(n, batch[n], sender)
    ]
    return status_matches.find(session, wanted) if wanted else {}


def _ways(n: int, one: Seen, sender: Ref) -> Iterator[Wanted]:
    event, inferable = one.event, one.fact is Fact.FAILED
    forms: Sequence[str | None] = (None,)
    if event.recipient_id is not None:
        forms = phones.whatsapp_variants(f"+{event.recipient_id}")
    for form in forms:
        wa_id = form.removeprefix("+") if form else None
        yield Wanted(n, sender.id, event.wamid, form, wa_id, event.user_id, one.at, inferable)


def _tell(session: Session, merged: Sequence[Merged]) -> None:
    if any(one.ordered for one in merged):
        nudge(session, "dispatch.obey")
    moved = [one for one in merged if one.before != one.status]
    progressed: dict[UUID, Merged] = {one.occurrence_id: one for one in moved}
    for one in progressed.values():
        live.announce(
            session,
            one.workspace_id,
            "occurrence.progress",
            occurrence_id=one.occurrence_id,
            schedule_id=one.schedule_id,
        )
    if len(merged) <= _FEW:
        for one in moved:
            live.announce(session, one.workspace_id, "delivery.updated", id=one.delivery_id)
