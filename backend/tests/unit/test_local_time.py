import subprocess
import sys
import zoneinfo
from datetime import UTC, datetime, time, timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain import local_time
from app.domain.errors import InvalidError

NAIVE = datetime.fromisoformat("2026-01-01T00:00")
FIRST, LAST = datetime(2025, 1, 1, tzinfo=UTC), datetime(2037, 1, 1, tzinfo=UTC)
DAY, MINUTE, SECOND = timedelta(days=1), timedelta(minutes=1), timedelta(seconds=1)
ZONES = sorted(local_time.zones())


def _show(utc: datetime, zone: str) -> datetime:
    """What the clocks of a zone show: only this direction is trusted by the oracle."""
    return utc.astimezone(zoneinfo.ZoneInfo(zone)).replace(tzinfo=None, fold=0)


@cache
def _transitions(zone: str) -> tuple[datetime, ...]:
    """Instants at which the offset changes, found by looking at each day and halving."""
    rules, found, day = zoneinfo.ZoneInfo(zone), [], FIRST
    while day < LAST:
        low, high = day, day + DAY
        before = low.astimezone(rules).utcoffset()
        if high.astimezone(rules).utcoffset() != before:
            while high - low > SECOND:
                middle = low + ((high - low) // SECOND // 2) * SECOND
                if middle.astimezone(rules).utcoffset() == before:
                    low = middle
                else:
                    high = middle
            found.append(high)
        day += DAY
    return tuple(found)


def _oracle(wall: datetime, zone: str) -> tuple[list[datetime], datetime]:
    """Every instant that shows ``wall``, and the first one that shows it or something later."""
    around = wall.replace(tzinfo=UTC)
    near = [t for t in _transitions(zone) if abs(t - around) < 3 * DAY]
    probes = [around - 2 * DAY, around + 2 * DAY, *near, *(t - SECOND for t in near)]
    offsets = {_show(probe, zone) - probe.replace(tzinfo=None) for probe in probes}
    showing = sorted(u for o in offsets if _show(u := around - o, zone) == wall)
    if showing:
        return showing, showing[0]
    instant = around.replace(second=0) - timedelta(hours=15)
    while _show(instant, zone) < wall:
        instant += MINUTE
    return [], instant


def _agrees(wall: datetime, zone: str) -> None:
    showing, first = _oracle(wall, zone)
    got = local_time.to_utc(wall, zone)
    assert (got.utc, got.wall_used) == (first, _show(first, zone)), (wall, zone)
    assert got.warning == ("gap", None, "fold")[len(showing)], (wall, zone)
    assert local_time.to_utc(wall, zone, "second").utc == (showing or [first])[-1], (wall, zone)
    if got.warning == "gap":
        day_is_over = got.wall_used.time() == time.min
        assert got.wall_used.date() == wall.date() or day_is_over, (wall, zone)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(ZONES), st.integers(1, 12 * 365 * 86400))
def test_any_wall_time_of_any_zone_agrees_with_the_oracle(zone: str, second: int) -> None:
    _agrees((FIRST + DAY + second * SECOND).replace(tzinfo=None), zone)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(ZONES), st.data())
def test_wall_times_around_transitions_agree_with_the_oracle(
    zone: str, data: st.DataObject
) -> None:
    transitions = _transitions(zone)
    if transitions:
        near = data.draw(st.sampled_from(transitions))
        shift = data.draw(st.integers(-9000, 9000))
        _agrees(_show(near, zone) + shift * SECOND, zone)


def test_each_transition_of_each_zone_agrees_with_the_oracle() -> None:
    checked = 0
    for zone in ZONES:
        for transition in _transitions(zone)[:3]:
            for minutes in (-61, -60, -30, -1, 0, 29, 60):
                _agrees(_show(transition, zone) + minutes * MINUTE, zone)
                checked += 1
    assert checked > 3000


@pytest.mark.parametrize(
    ("wall", "zone", "utc", "warning"),
    [
        ("2026-12-01T09:00", "America/Vancouver", "2026-12-01T16:00:00.000Z", None),
        ("2026-12-01T09:00:30", "America/Mexico_City", "2026-12-01T15:00:30.000Z", None),
        ("2026-03-29T02:30", "Europe/Madrid", "2026-03-29T01:00:00.000Z", "gap"),
        ("2026-10-25T02:30", "Europe/Madrid", "2026-10-25T00:30:00.000Z", "fold"),
        ("2026-09-06T00:30", "America/Santiago", "2026-09-06T04:00:00.000Z", "gap"),
        ("2026-04-24T00:15", "Africa/Cairo", "2026-04-23T22:00:00.000Z", "gap"),
        ("2026-10-04T02:10", "Australia/Lord_Howe", "2026-10-03T15:30:00.000Z", "gap"),
        ("2011-12-30T09:00", "Pacific/Apia", "2011-12-30T10:00:00.000Z", "gap"),
        ("2026-01-01T00:00", "Pacific/Kiritimati", "2025-12-31T10:00:00.000Z", None),
    ],
)
def test_known_instants(wall: str, zone: str, utc: str, warning: str | None) -> None:
    got = local_time.to_utc(local_time.parse_wall(wall), zone)
    assert (local_time.format_instant(got.utc), got.warning) == (utc, warning)


def test_the_pinned_zone_rules_win_over_the_system_files() -> None:
    # A fresh process that had already read the system's rules, as a library at start might.
    code = (
        "import zoneinfo; from datetime import datetime; zoneinfo.ZoneInfo('America/Vancouver');"
        "from app.domain import local_time as t;"
        "print(t.to_utc(datetime(2026, 12, 1, 9), 'America/Vancouver').utc.hour)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "16"
    assert local_time.tzdata_version() >= "2026f"


def test_zones_hold_aliases_and_no_placeholders() -> None:
    assert {"Europe/Kyiv", "Europe/Kiev", "Asia/Calcutta", "UTC"} <= local_time.zones()
    assert "Factory" not in local_time.zones()


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd", "europe/madrid", "A\0B"])
def test_an_unknown_zone_is_refused(zone: str) -> None:
    with pytest.raises(InvalidError) as refused:
        local_time.zone_info(zone)
    assert refused.value.code == "unknown_timezone"


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30T09:00",
        "2026-12-01 09:00",
        "2026-12-01T24:00",
        "2026-12-01T09:00Z",
        "٢٠٢٦-12-01T09:00",
        "2026-12-01T09:00:00.5",
        "0001-01-01T00:00",
        "9999-12-31T23:59",
        "2026-12-01T09:00\n",
        "",
    ],
)
def test_what_is_not_a_wall_time_is_refused(text: str) -> None:
    with pytest.raises(InvalidError) as refused:
        local_time.parse_wall(text, "timing.at")
    assert refused.value.errors[0].field == "timing.at"


def test_instants_are_read_with_any_offset_and_written_in_utc() -> None:
    read = local_time.parse_instant("2026-12-01t09:00:00.9999-06:00")
    assert read.tzinfo is UTC
    assert local_time.format_instant(read) == "2026-12-01T15:00:00.999Z"


@pytest.mark.parametrize(
    "text", ["2026-12-01T09:00:00", "2026-12-01T09:00Z", "2026-13-01T09:00:00Z"]
)
def test_what_is_not_an_instant_is_refused(text: str) -> None:
    with pytest.raises(InvalidError):
        local_time.parse_instant(text)


def test_naive_and_aware_are_never_mixed_up() -> None:
    with pytest.raises(ValueError, match="needs an offset"):
        local_time.format_instant(NAIVE)
    with pytest.raises(ValueError, match="needs an offset"):
        local_time.local(NAIVE, "UTC")
    with pytest.raises(ValueError, match="has no offset"):
        local_time.to_utc(NAIVE.replace(tzinfo=UTC), "UTC")
