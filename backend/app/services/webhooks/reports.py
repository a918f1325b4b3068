"""From a status WhatsApp reported to what is merged, and what else has to stop because of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.core import clock
from app.domain import local_time, stops
from app.domain.meta_errors import Path, Verdict, classify
from app.domain.opaque_id import OpaqueId
from app.domain.status_merge import Fact
from app.domain.stops import What
from app.integrations.whatsapp.callback_events import CallbackError, StatusEvent
from app.repositories.status_reports import Report

_LARGEST_CODE = 2**31 - 1
# An error that comes late, after an outage of ours, says nothing about now.
_STOPS_WITHIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Seen:
    """A status with the time to take it for: Meta's, else when we got it."""

    event: StatusEvent
    fact: Fact
    at: datetime


def report(seen: Seen, about: OpaqueId, *, inferred: bool) -> Report:
    """What to merge."""
    errors = _errors(seen)
    first = errors[0] if errors else None
    verdict = classify(first["code"] or None, path=Path.CALLBACK) if first else None
    order = _order(first["code"], verdict, seen.at) if first and verdict else None
    return Report(
        occurrence_id=about.occurrence_id,
        delivery_id=about.delivery_id,
        attempt_id=about.attempt_id,
        wamid=seen.event.wamid,
        fact=seen.fact.value,
        at=seen.at,
        errors=errors,
        code=first["code"] if first else None,
        pricing=_pricing(seen.event),
        detail=_detail(seen, about, errors, inferred=inferred),
        order=order,
        order_reason=verdict.reason if order and verdict else None,
        order_detail=(first["details"] or first["title"]) if order and first else None,
        order_until=stops.passes_at(verdict, seen.at) if verdict else None,
    )


def _errors(seen: Seen) -> list[dict[str, Any]]:
    if seen.fact is not Fact.FAILED:
        return []
    given = seen.event.errors or (CallbackError(0, None, None),)
    return [_error(error, seen.at) for error in given]


def _error(error: CallbackError, at: datetime) -> dict[str, Any]:
    code = error.code if 0 <= error.code <= _LARGEST_CODE else 0
    return {
        "code": code,
        "title": error.title,
        "details": error.details,
        "reason": classify(code or None, path=Path.CALLBACK).reason,
        "at": int(at.timestamp()),
    }


def _order(code: int, verdict: Verdict, at: datetime) -> What | None:
    what = stops.due_to(code, verdict)
    late = at < clock.now() - _STOPS_WITHIN
    return None if late and what not in stops.OF_RECIPIENTS else what


def _pricing(event: StatusEvent) -> dict[str, Any] | None:
    price = event.pricing
    if price is None:
        return None
    return {
        "type": price.type,
        "category": price.category,
        "model": price.model,
        "billable": price.billable,
    }


def _detail(
    seen: Seen, about: OpaqueId, errors: list[dict[str, Any]], *, inferred: bool
) -> dict[str, Any]:
    detail: dict[str, Any] = {
        "at": local_time.format_instant(seen.at),
        "attempt_id": str(about.attempt_id),
        "wamid": seen.event.wamid,
    }
    if errors:
        detail["errors"] = [
            {name: error[name] for name in ("code", "title", "details", "reason")}
            for error in errors
        ]
    if inferred:
        detail["inferred"] = True
    return detail
