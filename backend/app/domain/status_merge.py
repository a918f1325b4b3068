"""What WhatsApp reported about a delivery, and the one status that follows from it.

Callbacks come late, twice and in any order. So facts only grow (the earliest time of each
kind, a set of errors) and the shown status is a function of them: the same callbacks give the
same row whatever their order, and evidence of arrival beats an earlier failure.

A resend is the one thing that empties facts: it clears ``accepted_at``, ``sent_at`` and
``failed_at`` of the delivery, and from then on callbacks of the superseded attempt add only
what ``survives`` allows.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from app.domain.states import DeliveryStatus


class Fact(StrEnum):
    """A kind of report. Each has a column ``<fact>_at`` and the status of the same name."""

    ACCEPTED = "accepted"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


# The first fact that is known names the status; without any, our own base status stays.
PRECEDENCE = (Fact.READ, Fact.DELIVERED, Fact.FAILED, Fact.SENT, Fact.ACCEPTED)

# ``status`` of Meta's callbacks. A played voice note was read; ``deleted`` says nothing of use.
_REPORTED = {
    "sent": Fact.SENT,
    "delivered": Fact.DELIVERED,
    "read": Fact.READ,
    "played": Fact.READ,
    "failed": Fact.FAILED,
}


@dataclass(frozen=True, slots=True)
class Event:
    """One report: what, when (aware), and Meta's error codes when it failed."""

    fact: Fact
    at: datetime
    errors: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known: the earliest time of each kind (aware, None when unknown)."""

    accepted_at: datetime | None = None
    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    read_at: datetime | None = None
    failed_at: datetime | None = None
    errors: frozenset[int] = frozenset()

    def at(self, fact: Fact) -> datetime | None:
        """When a fact was first reported."""
        moment: datetime | None = getattr(self, f"{fact}_at")
        return moment


def reported(status: str) -> Fact | None:
    """The fact in ``status`` of a callback; None for one that tells nothing (or is new)."""
    return _REPORTED.get(status)


def merge(facts: Facts, event: Event) -> Facts:
    """Add a report. Commutative, associative and idempotent."""
    known = facts.at(event.fact)
    earliest = min(known, event.at) if known else event.at
    changes = {f"{event.fact}_at": earliest, "errors": facts.errors | event.errors}
    return replace(facts, **changes)  # type: ignore[arg-type]  # one name per field of Facts


def shown_status(facts: Facts, base: DeliveryStatus) -> DeliveryStatus:
    """The status that people see. ``base`` is the status that the row has now.

    Feeding an earlier answer back as ``base`` changes nothing, since facts only grow.
    """
    for fact in PRECEDENCE:
        if facts.at(fact) is not None:
            return DeliveryStatus(fact.value)
    return base


def survives(fact: Fact, *, had_failed: bool) -> bool:
    """Whether a late report on a superseded attempt still counts for its delivery.

    Its failure never does: a person asked for another attempt. After a failure its ``sent`` is
    an echo of the past; without one it is news that the message left after all.
    """
    if had_failed:
        return fact in (Fact.DELIVERED, Fact.READ)
    return fact is not Fact.FAILED


def shown_status_sql(row: str = "") -> str:
    """``shown_status`` as an SQL expression over the columns of ``row`` (an alias, or none)."""
    prefix = f"{row}." if row else ""
    whens = (f"WHEN {prefix}{fact}_at IS NOT NULL THEN '{fact}'" for fact in PRECEDENCE)
    return f"CASE {' '.join(whens)} ELSE {prefix}status END"


SHOWN_STATUS_SQL = shown_status_sql()
