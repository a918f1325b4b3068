"""Clocks apart, clocks that jump, databases that went back."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from app.domain import clock_guard, database_epochs
from app.domain.clock_guard import Reading
from app.domain.database_epochs import Known, Tick

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
ONE, TWO = UUID(int=1), UUID(int=2)


def _reading(database_s: float, elapsed_s: float, host_s: float = 0, doubt_s: float = 0) -> Reading:
    database, host = (NOON + timedelta(seconds=s) for s in (database_s, host_s))
    return Reading(database, host, elapsed_s, doubt_s)


@pytest.mark.parametrize(
    ("moved", "passed", "reason"),
    [
        (60, 60, None),
        (8 * 86400, 8 * 86400, None),
        (-3, 0, None),
        (-29, 0, None),
        (-31, 0, "clock_stepped_back"),
        (-3600, 60, "clock_stepped_back"),
        (0, 40, "clock_stepped_back"),
        (300, 10, None),
        (311, 10, "clock_leapt"),
        (3600, 60, "clock_leapt"),
    ],
)
def test_time_passes_or_jumps(moved: float, passed: float, reason: str | None) -> None:
    assert clock_guard.jumped(_reading(0, 0), _reading(moved, passed), None) == reason


def test_a_slow_answer_is_no_jump() -> None:
    before, after = _reading(0, 0), _reading(3600, 60, doubt_s=3600)
    assert clock_guard.jumped(before, after, None) is None


def test_the_high_water_mark_tells_after_a_restart() -> None:
    now = _reading(0, 0)
    assert clock_guard.jumped(None, now, NOON - timedelta(days=8)) is None
    assert clock_guard.jumped(None, now, NOON + timedelta(seconds=29)) is None
    assert clock_guard.jumped(None, now, NOON + timedelta(seconds=31)) == "clock_stepped_back"


def test_how_far_apart_is_what_the_question_took_less() -> None:
    assert _reading(-40, 0).ahead_s == -40
    assert clock_guard.certainly(-40, 15) == 25
    assert clock_guard.certainly(1, 15) == 0


@pytest.mark.parametrize(
    ("known", "witnesses", "reason"),
    [
        (Known(None, None), [Tick(ONE, 7)], None),
        (Known(Tick(ONE, 7), "here"), [], None),
        (Known(Tick(ONE, 7), "here"), [Tick(ONE, 7), Tick(ONE, 3)], None),
        (Known(Tick(ONE, 7), "here"), [Tick(ONE, 3), Tick(ONE, 8)], "restored"),
        (Known(Tick(ONE, 7), "here"), [Tick(TWO, 1)], "restored"),
        (Known(Tick(TWO, 1), "here", frozenset({ONE})), [Tick(ONE, 9)], None),
        (Known(Tick(ONE, 7), "elsewhere"), [Tick(ONE, 7)], "other_database"),
        (Known(Tick(ONE, 7), None), [Tick(ONE, 7)], None),
    ],
)
def test_a_database_behind_its_witnesses_went_back(
    known: Known, witnesses: list[Tick], reason: str | None
) -> None:
    assert database_epochs.went_back(known, "here", witnesses) == reason
