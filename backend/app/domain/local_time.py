"""Wall time and IANA zone to UTC: the one place where that is computed.

Zone rules change several times a year and a system's copy may be years old, so the pinned
``tzdata`` package decides, never the files of the machine. Store the wall time, the zone, the
fold choice, the instant and ``tzdata_version()``; compute again when that version differs.
"""

import re
import zoneinfo
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Literal

import tzdata  # type: ignore[import-untyped]  # it ships no types

from app.domain.errors import InvalidError

# Process-wide on purpose: nothing in this program may see the system's zone files.
zoneinfo.reset_tzpath(to=())
zoneinfo.ZoneInfo.clear_cache()

Fold = Literal["first", "second"]
Anomaly = Literal["gap", "fold"]

_WALL = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?", re.ASCII)
_INSTANT = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})", re.ASCII
)
# Outside of these years an offset could leave the range that datetime can hold.
_YEARS = range(1970, 3000)
# "Factory" and "localtime" are placeholders of the database, not places.
_NOT_ZONES = {"Factory", "localtime", "posixrules"}


@dataclass(frozen=True, slots=True)
class Instant:
    """When a wall time happens.

    ``utc`` is aware; ``wall_used`` is naive, the local time at ``utc``. It differs from the
    asked one only with ``warning == "gap"``; ``"fold"`` says that the asked one exists twice.
    """

    utc: datetime
    warning: Anomaly | None
    wall_used: datetime


def tzdata_version() -> str:
    """Version of the zone rules in use, such as ``2026f``."""
    return str(tzdata.IANA_VERSION)


@lru_cache(maxsize=1)
def zones() -> frozenset[str]:
    """Every IANA zone name, aliases included."""
    return frozenset(zoneinfo.available_timezones() - _NOT_ZONES)


@lru_cache(maxsize=1024)
def zone_info(name: str, field: str = "timezone") -> zoneinfo.ZoneInfo:
    """The rules of a zone. Raises InvalidError ``unknown_timezone`` on ``field``."""
    if name not in zones():
        raise InvalidError.of(
            field, "unknown_timezone", f"{name!r} is not an IANA time zone such as Europe/Madrid."
        )
    return zoneinfo.ZoneInfo(name)


def parse_wall(text: str, field: str = "at") -> datetime:
    """``YYYY-MM-DDTHH:MM[:SS]`` to a naive datetime; raises InvalidError ``invalid_time``."""
    if _WALL.fullmatch(text):
        wall = _iso(text)
        if wall is not None:
            return wall
    raise InvalidError.of(
        field, "invalid_time", f"{text!r} is not a local time written YYYY-MM-DDTHH:MM[:SS]."
    )


def parse_instant(text: str, field: str = "at") -> datetime:
    """RFC 3339 with an offset or ``Z`` to UTC; raises InvalidError ``invalid_time``."""
    if _INSTANT.fullmatch(text):
        instant = _iso(text.upper())
        if instant is not None:
            return instant.astimezone(UTC)
    raise InvalidError.of(
        field, "invalid_time", f"{text!r} is not an instant such as 2026-12-01T15:00:00Z."
    )


def format_instant(instant: datetime) -> str:
    """``2026-12-01T15:00:00.000Z``; finer than a millisecond is cut, never rounded up."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs an offset")
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def to_utc(wall: datetime, zone: str, fold: Fold = "first") -> Instant:
    """When ``wall`` (naive) happens in ``zone``.

    In a gap: the first instant after it, so never earlier than asked and never dropped; on the
    same local day unless nothing is left of it (Nuuk in spring, Apia on 2011-12-30). In a fold:
    the first or the second.
    """
    if wall.tzinfo is not None:
        raise ValueError("a wall time has no offset")
    rules = zone_info(zone)
    early, late = (_offset(wall, rules, choice) for choice in (0, 1))
    if early == late:
        return Instant((wall - early).replace(tzinfo=UTC), None, wall)
    if early > late:
        chosen = early if fold == "first" else late
        return Instant((wall - chosen).replace(tzinfo=UTC), "fold", wall)
    utc = _end_of_gap(wall, rules, early, late)
    return Instant(utc, "gap", local(utc, zone).replace(tzinfo=None, fold=0))


def local(utc: datetime, zone: str) -> datetime:
    """An instant as the clocks of ``zone`` show it (aware)."""
    if utc.tzinfo is None:
        raise ValueError("an instant needs an offset")
    return utc.astimezone(zone_info(zone))


def _iso(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:  # the 31st of February, 25 o'clock
        return None
    return moment if moment.year in _YEARS else None


def _offset(wall: datetime, rules: zoneinfo.ZoneInfo, fold: int) -> timedelta:
    offset = wall.replace(tzinfo=rules, fold=fold).utcoffset()
    return offset or timedelta(0)


def _end_of_gap(
    wall: datetime, rules: zoneinfo.ZoneInfo, before: timedelta, after: timedelta
) -> datetime:
    # The clocks jump somewhere in (wall - after, wall - before]; zoneinfo doesn't tell where,
    # so halve that span down to the second, the unit of the zone database.
    low, high = (wall - after).replace(tzinfo=UTC), (wall - before).replace(tzinfo=UTC)
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=1) // 2)
        if middle.astimezone(rules).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)
