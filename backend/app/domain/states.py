"""Every state and every allowed move; ``docs/states.md`` is drawn from here."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar


class DeliveryStatus(StrEnum):
    """One message to one recipient. Each delivery is in exactly one."""

    SCHEDULED = "scheduled"
    SENDING = "sending"
    ACCEPTED = "accepted"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    UNCONFIRMED = "unconfirmed"
    SKIPPED = "skipped"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class OccurrenceStatus(StrEnum):
    """One firing of a schedule."""

    PLANNED = "planned"
    OPEN = "open"
    RUNNING = "running"
    COMPLETED = "completed"
    HELD = "held"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"
    MISSED = "missed"


class ScheduleStatus(StrEnum):
    """A schedule as people see it."""

    DRAFT = "draft"
    PENDING_APPROVAL = "pending_approval"
    SCHEDULED = "scheduled"
    SENDING = "sending"
    PAUSED = "paused"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    FAILED = "failed"
    ARCHIVED = "archived"


class SenderStatus(StrEnum):
    """Whether a business number may send."""

    ACTIVE = "active"
    PAUSED = "paused"
    DISCONNECTED = "disconnected"


_D, _O, _S = DeliveryStatus, OccurrenceStatus, ScheduleStatus

# Backwards: sending -> scheduled (proven not sent, or refused), failed -> delivered/read
# (WhatsApp's later evidence) and a resend (unconfirmed/failed -> scheduled). No others. What
# waits for another attempt may learn that an earlier one left after all.
DELIVERY_MOVES: Mapping[DeliveryStatus, frozenset[DeliveryStatus]] = {
    _D.SCHEDULED: frozenset(
        {
            _D.SENDING,
            _D.ACCEPTED,
            _D.SENT,
            _D.DELIVERED,
            _D.READ,
            _D.FAILED,
            _D.SKIPPED,
            _D.EXPIRED,
            _D.CANCELLED,
        }
    ),
    _D.SENDING: frozenset(
        {
            _D.SCHEDULED,
            _D.ACCEPTED,
            _D.SENT,
            _D.DELIVERED,
            _D.READ,
            _D.FAILED,
            _D.UNCONFIRMED,
            _D.EXPIRED,
            _D.CANCELLED,
        }
    ),
    _D.UNCONFIRMED: frozenset(
        {_D.ACCEPTED, _D.SENT, _D.DELIVERED, _D.READ, _D.FAILED, _D.SCHEDULED}
    ),
    _D.ACCEPTED: frozenset({_D.SENT, _D.DELIVERED, _D.READ, _D.FAILED}),
    _D.SENT: frozenset({_D.DELIVERED, _D.READ, _D.FAILED}),
    _D.DELIVERED: frozenset({_D.READ}),
    _D.READ: frozenset(),
    _D.FAILED: frozenset({_D.DELIVERED, _D.READ, _D.SCHEDULED}),
    _D.SKIPPED: frozenset(),
    _D.EXPIRED: frozenset(),
    _D.CANCELLED: frozenset(),
}

# Backwards here: pausing remembers where it came from, and a resend opens what was completed.
OCCURRENCE_MOVES: Mapping[OccurrenceStatus, frozenset[OccurrenceStatus]] = {
    _O.PLANNED: frozenset({_O.OPEN, _O.CANCELLED, _O.SKIPPED, _O.MISSED}),
    _O.OPEN: frozenset({_O.RUNNING, _O.COMPLETED, _O.HELD, _O.PAUSED, _O.CANCELLED}),
    _O.RUNNING: frozenset({_O.COMPLETED, _O.HELD, _O.PAUSED, _O.CANCELLED}),
    _O.HELD: frozenset({_O.RUNNING, _O.COMPLETED, _O.PAUSED, _O.CANCELLED}),
    _O.PAUSED: frozenset({_O.OPEN, _O.RUNNING, _O.HELD, _O.CANCELLED}),
    _O.COMPLETED: frozenset({_O.RUNNING}),
    _O.CANCELLED: frozenset(),
    _O.SKIPPED: frozenset(),
    _O.MISSED: frozenset(),
}

SCHEDULE_MOVES: Mapping[ScheduleStatus, frozenset[ScheduleStatus]] = {
    _S.DRAFT: frozenset({_S.SCHEDULED, _S.PENDING_APPROVAL, _S.ARCHIVED}),
    _S.PENDING_APPROVAL: frozenset({_S.SCHEDULED, _S.DRAFT, _S.CANCELLED}),
    _S.SCHEDULED: frozenset({_S.SENDING, _S.PAUSED, _S.COMPLETED, _S.CANCELLED, _S.FAILED}),
    _S.SENDING: frozenset({_S.SCHEDULED, _S.PAUSED, _S.COMPLETED, _S.CANCELLED, _S.FAILED}),
    _S.PAUSED: frozenset({_S.SCHEDULED, _S.SENDING, _S.COMPLETED, _S.CANCELLED}),
    _S.COMPLETED: frozenset({_S.SENDING, _S.ARCHIVED}),
    _S.CANCELLED: frozenset({_S.ARCHIVED}),
    _S.FAILED: frozenset({_S.ARCHIVED}),
    _S.ARCHIVED: frozenset(),
}

SENDER_MOVES: Mapping[SenderStatus, frozenset[SenderStatus]] = {
    SenderStatus.ACTIVE: frozenset({SenderStatus.PAUSED, SenderStatus.DISCONNECTED}),
    SenderStatus.PAUSED: frozenset({SenderStatus.ACTIVE}),
    SenderStatus.DISCONNECTED: frozenset({SenderStatus.ACTIVE}),
}

_State = TypeVar("_State", bound=StrEnum)


def before(moves: Mapping[_State, frozenset[_State]], to: _State) -> frozenset[_State]:
    """From which states ``to`` may be reached: what a conditional UPDATE asks for."""
    return frozenset(state for state, allowed in moves.items() if to in allowed)


# Of such a schedule occurrences are opened.
SENDABLE = frozenset({_S.SCHEDULED, _S.SENDING})
CANCELLABLE = before(SCHEDULE_MOVES, _S.CANCELLED)
OCCURRENCE_CANCELLABLE = before(OCCURRENCE_MOVES, _O.CANCELLED)
