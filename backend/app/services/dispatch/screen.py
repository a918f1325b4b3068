"""A first look at claimed rows: who can't get this message, before a slot is spent on them.

The mark checks again, under locks. A skip decided here needs none: at this moment it was true.
"""

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial
from uuid import UUID

from sqlalchemy.orm import Session

from app.domain import local_time
from app.integrations.whatsapp.payloads import PayloadError
from app.repositories import message_versions
from app.repositories.claims import ClaimedRow
from app.repositories.lanes import DueLane
from app.repositories.settlements import Settlement
from app.services import rendering
from app.services.dispatch.jobs import Job, prepare, unmarked

# Our clock is read after the database's answer came, so this only guards against its rounding.
_NEVER_EARLY_S = 0.001


def screen(
    session: Session,
    lanes: Mapping[UUID, DueLane],
    claim_id: UUID,
    rows: Iterable[ClaimedRow],
    barred: Collection[str] = (),
) -> tuple[list[Job], list[Settlement]]:
    """Rows that may leave, filled for their reader; and those that may not, with the reason.

    ``barred``: countries to which this number may send nothing.
    """
    jobs: list[Job] = []
    settled: list[Settlement] = []
    now = time.monotonic()
    compiled_by = _compiled(session, {lane.message_version_id for lane in lanes.values()})
    for row in rows:
        lane = lanes[row.occurrence_id]
        kind, compiled = compiled_by[lane.message_version_id]
        ready_at = now + max(0.0, row.due_in) + _NEVER_EARLY_S
        if row.country in barred:
            settled.append(unmarked(row, claim_id, "skipped", reason="country_barred"))
            continue
        looked_at = _look_at(row, lane, claim_id, kind, compiled, ready_at)
        if isinstance(looked_at, Job):
            jobs.append(looked_at)
        else:
            settled.append(looked_at)
    return jobs, settled


def _look_at(
    row: ClaimedRow,
    lane: DueLane,
    claim_id: UUID,
    kind: str,
    compiled: rendering.Compiled,
    ready_at: float,
) -> Job | Settlement:
    settle = partial(unmarked, row, claim_id)
    if row.expires_in <= 0:
        return settle("expired", reason="expired")
    reason = _reason_not_to(row, lane, kind)
    if reason is not None:
        return settle("skipped", reason=reason)
    if lane.category == "marketing" and row.marketing_in > 0:
        return _cooling(row, settle)
    filled = compiled.render(_person(row), row.variables)
    if isinstance(filled, rendering.Missing):
        detail = filled.problem or ", ".join(filled.names)
        return settle("skipped", reason="missing_variable", detail=detail)
    try:
        return prepare(lane, row, claim_id, filled, ready_at)
    except PayloadError as error:
        return settle("skipped", reason="invalid_number", detail=str(error))


def _cooling(row: ClaimedRow, settle: Callable[..., Settlement]) -> Settlement:
    """WhatsApp's limit refuses marketing to this person for now: wait for its end, if in time."""
    if row.marketing_in < row.expires_in:
        return settle("scheduled", wait_s=row.marketing_in)
    until = row.marketing_paused_until
    detail = local_time.format_instant(until) if until else None
    return settle("skipped", reason="marketing_limit", detail=detail)


def _reason_not_to(row: ClaimedRow, lane: DueLane, kind: str) -> str | None:
    marketing = lane.category == "marketing"
    if row.erased or not (row.phone or row.whatsapp_user_id):
        return "no_phone"
    if row.consent_all == "opted_out" or (marketing and row.consent_marketing == "opted_out"):
        return "opted_out"
    if marketing and row.marketing_requires_opt_in and row.consent_marketing != "opted_in":
        return "no_consent"
    if kind != "template" and lane.service_window == "enforce" and not row.window_open:
        return "window_closed"
    return None


def _person(row: ClaimedRow) -> rendering.Person:
    return rendering.Person(
        id=row.recipient_id,
        name=row.name or "",
        phone=row.phone,
        whatsapp_user_id=row.whatsapp_user_id,
        language=row.language,
        country=row.country,
        timezone=row.timezone,
        external_id=row.external_id,
        attributes=row.attributes or {},
    )


# Versions never change, so what was read once holds; a few hundred fit in memory.
_known: dict[UUID, tuple[str, rendering.Compiled]] = {}
_KNOWN_AT_MOST = 512


def _compiled(
    session: Session, version_ids: set[UUID]
) -> Mapping[UUID, tuple[str, rendering.Compiled]]:
    missing = version_ids - _known.keys()
    if missing:
        if len(_known) > _KNOWN_AT_MOST:
            _known.clear()
            missing = version_ids
        for version in message_versions.by_ids(session, missing).values():
            compiled = rendering.compile_version(version.id, version.kind, version.content)
            _known[version.id] = (version.kind, compiled)
    return {version_id: _known[version_id] for version_id in version_ids}
