"""From what a send came to, to what becomes of its delivery and of whatever sends it."""

from dataclasses import dataclass, replace
from uuid import UUID

from app.core import clock
from app.domain import stops
from app.domain.meta_errors import Kind, Verdict, classify
from app.domain.stops import What
from app.integrations.whatsapp.answers import Accepted, Ambiguous, Answer, NotSent, Refused
from app.integrations.whatsapp.errors import MetaError
from app.repositories.settlements import Settlement
from app.repositories.stop_orders import Order
from app.services.dispatch.jobs import Job

_LONGEST_RETRY_S = 60.0
_NOT_SENT_WAIT_S = 2.0
_PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Outcome:
    """``verdict`` is None unless Meta refused; ``order`` is what must stop, if anything."""

    settlement: Settlement
    verdict: Verdict | None = None
    order: Order | None = None


def read(job: Job, answer: Answer, sender_id: UUID) -> Outcome:
    """What an answer means for its delivery."""
    match answer:
        case Accepted():
            return _accepted(job, answer, sender_id)
        case NotSent():
            return Outcome(
                _settled(
                    job, "scheduled", "not_sent", detail=answer.reason, wait_s=_NOT_SENT_WAIT_S
                )
            )
        case Ambiguous():
            return Outcome(_settled(job, "unconfirmed", "unconfirmed", detail=answer.reason))
        case Refused():
            return _refused(job, answer, sender_id)


def log_fields(job: Job, outcome: Outcome) -> dict[str, object]:
    """What a log line about an attempt carries: ids and codes, nothing of the message."""
    settled = outcome.settlement
    return {
        "workspace_id": job.lane.workspace_id,
        "schedule_id": job.lane.schedule_id,
        "occurrence_id": settled.occurrence_id,
        "delivery_id": settled.delivery_id,
        "attempt_id": settled.attempt_id,
        "outcome": settled.outcome,
        "reason": settled.reason,
        "meta_code": settled.meta_code,
    }


def later(outcome: Outcome, wait_s: float) -> Outcome:
    """The same outcome, tried again no sooner than in ``wait_s``."""
    return replace(outcome, settlement=replace(outcome.settlement, wait_s=wait_s))


def _accepted(job: Job, answer: Accepted, sender_id: UUID) -> Outcome:
    settlement = _settled(
        job,
        "accepted",
        "accepted",
        wamid=answer.wamid,
        message_status=answer.message_status,
        http_status=200,
    )
    if answer.message_status != _PAUSED:
        return Outcome(settlement)
    # Taken, but the template was paused by its pacing: what follows would be dropped too.
    order = Order(
        job.lane.workspace_id,
        sender_id,
        What.TEMPLATE_PAUSED,
        "template_unavailable",
        occurrence_id=job.row.occurrence_id,
    )
    return Outcome(settlement, order=order)


def _refused(job: Job, answer: Refused, sender_id: UUID) -> Outcome:
    error = answer.error
    verdict = classify(error.code, error.subcode)
    # A direct send has no occurrence that could be held for its template.
    again = verdict.requeue and (verdict.kind is not Kind.TEMPLATE or job.row.origin == "schedule")
    settlement = _settled(
        job,
        "scheduled" if again else "failed",
        "refused",
        reason=None if again else verdict.reason,
        detail=error.details or error.message,
        meta_code=error.code,
        http_status=error.http_status,
        wait_s=_wait(job, verdict),
        max_tries=verdict.max_tries if verdict.counts_as == "try" else 0,
    )
    order = _order(job, error, verdict, settlement.detail, sender_id)
    return Outcome(settlement, verdict, order)


def _wait(job: Job, verdict: Verdict) -> float:
    if not verdict.requeue:
        return 0
    if verdict.counts_as == "try":
        return max(float(verdict.delay_s), min(_LONGEST_RETRY_S, 2.0**job.row.tries))
    return max(float(verdict.delay_s), 1.0)


def _order(
    job: Job, error: MetaError, verdict: Verdict, detail: str | None, sender_id: UUID
) -> Order | None:
    what = stops.due_to(error.code, verdict)
    if what is None or (what is What.OCCURRENCE_HELD and job.row.origin != "schedule"):
        return None
    of_recipient = what in stops.OF_RECIPIENTS
    of_sender = what in stops.OF_SENDERS
    return Order(
        job.lane.workspace_id,
        sender_id,
        what,
        verdict.reason,
        detail,
        occurrence_id=None if of_recipient or of_sender else job.row.occurrence_id,
        recipient_id=job.row.recipient_id if of_recipient else None,
        until=stops.passes_at(verdict, clock.now()),
    )


def _settled(
    job: Job,
    becomes: str,
    outcome: str,
    *,
    reason: str | None = None,
    detail: str | None = None,
    wamid: str | None = None,
    message_status: str | None = None,
    meta_code: int | None = None,
    http_status: int | None = None,
    wait_s: float = 0,
    max_tries: int = 0,
) -> Settlement:
    return Settlement(
        occurrence_id=job.row.occurrence_id,
        delivery_id=job.row.id,
        claim_id=job.claim_id,
        becomes=becomes,
        attempt_id=job.attempt_id,
        outcome=outcome,
        reason=reason,
        detail=detail,
        wamid=wamid,
        message_status=message_status,
        meta_code=meta_code,
        http_status=http_status,
        wait_s=wait_s,
        max_tries=max_tries,
    )
