"""When a schedule fires: ``now`` and ``once``, judged in the schedule's own zone."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.domain import local_time
from app.domain.errors import InvalidError

# Up to this late counts as now: forms are filled in by people.
GRACE = timedelta(seconds=60)
FURTHEST = timedelta(days=5 * 366)


@dataclass(frozen=True, slots=True)
class Timing:
    """``at`` is UTC for ``once``, None for ``now``; ``wall`` is what the person wrote, if a
    wall time; ``warning`` is ``gap`` or ``fold`` when the clock changes at that moment."""

    kind: str
    timezone: str
    at: datetime | None = None
    wall: str | None = None
    warning: str | None = None

    def due_at(self, accepted_at: datetime) -> datetime:
        """The instant it is due, for a schedule accepted at ``accepted_at`` (UTC).

        Raises InvalidError ``in_past``, or ``too_far`` past five years.
        """
        if self.at is None:
            return accepted_at
        if self.at < accepted_at - GRACE:
            local = local_time.local(self.at, self.timezone)
            raise InvalidError.of(
                "timing.at",
                "in_past",
                f"{local:%Y-%m-%d %H:%M} in {self.timezone} is in the past.",
            )
        if self.at > accepted_at + FURTHEST:
            raise InvalidError.of("timing.at", "too_far", "Choose a time within five years.")
        return max(self.at, accepted_at)

    def local_at(self, due_at: datetime) -> str:
        """The wall time in the schedule's zone, ``YYYY-MM-DDTHH:MM:SS``."""
        local = local_time.local(due_at, self.timezone)
        return local.replace(tzinfo=None).isoformat(timespec="seconds")


def once(at: str, timezone: str | None, default_timezone: str) -> Timing:
    """Read ``timing.at``: a wall time beside a zone, or an instant with an offset.

    Raises InvalidError naming the field.
    """
    if _has_offset(at):
        instant = local_time.parse_instant(at, "timing.at").astimezone(UTC)
        return Timing("once", timezone or default_timezone, instant)
    if timezone is None:
        raise InvalidError.of(
            "timing.timezone",
            "required",
            "A wall time needs timing.timezone; or give timing.at with an offset.",
        )
    wall = local_time.parse_wall(at, "timing.at")
    found = local_time.to_utc(wall, timezone)
    return Timing("once", timezone, found.utc, at, found.warning)


def now(timezone: str | None, default_timezone: str) -> Timing:
    """At once."""
    return Timing("now", timezone or default_timezone)


def _has_offset(at: str) -> bool:
    time_part = at.partition("T")[2]
    return at.endswith(("Z", "z")) or "+" in time_part or "-" in time_part
