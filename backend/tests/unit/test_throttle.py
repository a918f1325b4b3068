"""Counting tries."""

from datetime import UTC, datetime, timedelta

from app.domain import throttle
from app.domain.throttle import Tries

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
LIMIT = 5


def _after(tries: Tries | None, number: int, now: datetime) -> Tries:
    for _ in range(number):
        tries = throttle.after_one_more(tries, LIMIT, now)
    assert tries is not None
    return tries


def test_the_one_past_the_limit_waits_a_minute() -> None:
    assert throttle.seconds_to_wait(_after(None, 5, NOW), NOW) == 0
    blocked = _after(None, 6, NOW)
    assert throttle.seconds_to_wait(blocked, NOW) == 60
    assert throttle.seconds_to_wait(blocked, NOW + timedelta(seconds=59.9)) == 1
    assert throttle.seconds_to_wait(blocked, NOW + timedelta(seconds=60)) == 0


def test_slow_tries_never_wait() -> None:
    tries, now = None, NOW
    for _ in range(50):
        tries = _after(tries, 5, now)
        assert throttle.seconds_to_wait(tries, now) == 0
        now += throttle.WINDOW


def test_each_wait_is_longer_up_to_a_quarter_of_an_hour() -> None:
    tries, now, waits = None, NOW, []
    for _ in range(20):
        tries = _after(tries, 6, now)
        waits.append(throttle.seconds_to_wait(tries, now))
        now += timedelta(seconds=waits[-1])
    assert waits[:6] == [60, 120, 240, 480, 900, 900]
    assert set(waits[4:]) == {900}


def test_an_hour_of_quiet_starts_over() -> None:
    blocked = _after(_after(None, 6, NOW), 6, NOW + timedelta(seconds=60))
    assert blocked.waits == 2
    assert blocked.blocked_until is not None
    assert _after(blocked, 1, blocked.blocked_until + throttle.FORGOTTEN).waits == 0
    assert _after(blocked, 1, blocked.blocked_until + timedelta(minutes=59)).waits == 2
