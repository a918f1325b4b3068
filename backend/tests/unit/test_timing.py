"""When a schedule fires."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain import timing
from app.domain.errors import InvalidError

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def test_a_wall_time_is_of_the_schedules_zone() -> None:
    found = timing.once("2026-12-01T09:00", "America/Mexico_City", "UTC")
    assert found.due_at(NOW) == datetime(2026, 12, 1, 15, 0, tzinfo=UTC)
    assert found.local_at(found.due_at(NOW)) == "2026-12-01T09:00:00"


def test_a_moment_ago_is_now_and_earlier_is_refused() -> None:
    late = timing.once("2026-11-24T11:59:30Z", None, "UTC")
    assert late.due_at(NOW) == NOW
    with pytest.raises(InvalidError) as refused:
        timing.once("2026-11-24T11:00:00Z", None, "UTC").due_at(NOW)
    assert refused.value.errors[0].code == "in_past"
    assert refused.value.errors[0].field == "timing.at"


def test_a_wall_time_needs_a_zone() -> None:
    with pytest.raises(InvalidError) as refused:
        timing.once("2026-12-01T09:00", None, "UTC")
    assert refused.value.errors[0].field == "timing.timezone"


def test_now_is_the_moment_of_acceptance() -> None:
    assert timing.now(None, "Europe/Madrid").due_at(NOW) == NOW


def test_further_than_five_years_is_refused() -> None:
    far = (NOW + timedelta(days=2000)).isoformat()
    with pytest.raises(InvalidError):
        timing.once(far, None, "UTC").due_at(NOW)
