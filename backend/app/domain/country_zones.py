"""Which time zone a country keeps, for suggesting one from a phone number.

Read from the tables that the zone database itself ships; a country whose clocks differ from
place to place has no answer, since a guess would send at the wrong hour.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from importlib.resources import files

from app.domain import local_time

# Two zones count as one civil time when they agree at each week of these years: Berlin and
# Büsingen, or the twelve zones of Argentina, differ in the past only.
_YEARS = 5


@lru_cache(maxsize=512)
def country_zone(country: str) -> str | None:
    """The IANA zone of a country (ISO 3166 alpha-2) that keeps one time everywhere, else None."""
    names = _by_country("zone.tab").get(country, ())
    if len({_offsets(name) for name in names}) != 1:
        return None
    # zone1970.tab lists the most populous place of a country first, zone.tab doesn't.
    by_size = [name for name in _by_country("zone1970.tab").get(country, ()) if name in names]
    return (by_size or list(names))[0]


@lru_cache(maxsize=2)
def _by_country(table: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for countries, zone in _rows(table):
        for country in countries.split(","):
            found[country] = (*found.get(country, ()), zone)
    return found


def _rows(table: str) -> Iterator[tuple[str, str]]:
    text = files("tzdata").joinpath("zoneinfo", table).read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            countries, _position, zone, *_comment = line.split("\t")
            yield countries, zone


@lru_cache(maxsize=512)
def _offsets(zone: str) -> tuple[timedelta | None, ...]:
    rules: tzinfo = local_time.zone_info(zone)
    start = datetime(int(local_time.tzdata_version()[:4]), 1, 1, tzinfo=UTC)
    weeks = (start + timedelta(weeks=week) for week in range(52 * _YEARS))
    return tuple(week.astimezone(rules).utcoffset() for week in weeks)
