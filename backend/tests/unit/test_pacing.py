import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.pacing import MARGIN, Pacer, PairLimits, climbed

rates = st.sampled_from([1, 2, 5, 20, 80, 333, 1000])
EXACT = pytest.approx


def send(pacer: Pacer, now: float, many: int) -> list[float]:
    """So many requests as fast as they may leave; when each left."""
    times: list[float] = []
    for _ in range(many):
        now = pacer.free_at(now)
        pacer.take(now)
        times.append(now)
    return times


def never_over(times: list[float], rate: int, span: float = 1 + MARGIN) -> None:
    """No window, wherever it begins, holds more than ``rate`` requests."""
    for first, beyond in zip(times, times[rate:], strict=False):
        assert beyond - first >= span - 1e-6


@given(rates, st.lists(st.floats(0, 3), max_size=30), st.floats(0, 1e6))
def test_no_window_holds_more_than_the_limit_whatever_the_gaps(
    rate: int, idle: list[float], start: float
) -> None:
    pacer, now = Pacer(rate), start
    times: list[float] = []
    for gap in [0.0, *idle]:
        now = (times[-1] if times else now) + gap
        times += send(pacer, now, max(3, rate // 10))
    assert times == sorted(times)
    assert all(at >= start for at in times)
    never_over(times, rate)


@pytest.mark.parametrize("rate", [1, 20, 80, 1000])
def test_a_steady_stream_uses_nearly_the_whole_limit(rate: int) -> None:
    times = send(Pacer(rate, 0.0), 0.0, rate * 10)
    never_over(times, rate)
    assert len(times) / times[-1] >= 0.98 * rate


def test_what_a_stall_lost_is_made_up_within_the_second() -> None:
    pacer = Pacer(80, 0.0)
    times = send(pacer, 0.0, 200)
    times += send(pacer, times[-1] + 0.15, 600)
    never_over(times, 80)
    assert len(times) / times[-1] >= 0.98 * 80


@given(rates, st.lists(st.floats(0, 0.3), min_size=1, max_size=30), st.integers(0, 3))
def test_no_window_holds_more_though_they_leave_later_than_they_were_let_go(
    rate: int, delays: list[float], inbound: int
) -> None:
    pacer, now = Pacer(rate, 0.0), 0.0
    times: list[float] = []
    for delay in delays * (2 + 2 * rate // len(delays)):
        now = pacer.free_at(now)
        pacer.take(now)
        pacer.absorb(now, inbound)
        now += delay / rate
        pacer.left(now)
        times += [now]
    never_over(times, rate)


@given(rates, st.integers(1, 200), st.floats(0, 2), st.floats(0, 2))
def test_a_successor_goes_on_without_a_burst(
    rate: int, before: int, idle: float, later: float
) -> None:
    first = Pacer(rate)
    times = send(first, 0.0, before)
    times += send(first, times[-1] + idle, before)
    second = Pacer(rate, next_slot=first.resume_at(times[-1]))
    times += send(second, times[-1] + later, 2 * rate)
    never_over(times, rate)


def test_messages_that_came_in_count_and_as_many_fewer_leave() -> None:
    pacer = Pacer(80)
    pacer.absorb(0.0, 50)
    times = send(pacer, 0.0, 100)
    assert sum(at < 1 for at in times) == 30
    pacer = Pacer(80)
    pacer.absorb(0.0, 5000)
    assert pacer.free_at(0.0) >= 1.0


def test_a_fractional_rate_spaces_requests_wider_than_a_second() -> None:
    assert send(Pacer(0.5), 0.0, 3) == EXACT([0.0, 2 + MARGIN, 4 + 2 * MARGIN])


def test_a_changed_limit_holds_at_once() -> None:
    pacer = Pacer(2)
    assert send(pacer, 0.0, 3)[-1] >= 1
    pacer.set_rate(100)
    assert send(pacer, 1.1, 90)[-1] < 2.1
    pacer.set_rate(10)
    never_over(send(pacer, 2.2, 40), 10)


@pytest.mark.parametrize("rate", [0, -1, math.nan])
def test_a_rate_must_be_above_zero(rate: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        Pacer(rate)


def test_a_slow_down_halves_the_rate_and_it_climbs_back() -> None:
    pacer = Pacer(80)
    full = pacer.rate(9.9)
    pacer.slow_down(10.0, sent_at=9.9)
    assert pacer.free_at(10.0) == 11.0
    assert pacer.rate(11.0) == EXACT(full / 2)
    assert pacer.rate(11.0) < pacer.rate(15.0) < pacer.rate(25.0)
    assert pacer.rate(26.0) == EXACT(full)
    assert 40 <= sum(at < 12 for at in send(pacer, 10.0, 100)) <= 43


def test_a_successor_of_a_slowed_pacer_climbs_on_from_there() -> None:
    first = Pacer(80, 0.0)
    full = first.rate(9.9)
    first.slow_down(10.0, sent_at=9.9)
    share, slot = first.share(10.5), first.resume_at(10.5)
    second = Pacer(80, slot, share)
    assert (slot, second.free_at(10.5)) == (11.0, 11.0)
    assert second.rate(11.0) == EXACT(full / 2)
    assert second.rate(26.0) == EXACT(full)
    assert climbed(share, 6.0) == EXACT(0.7)
    assert climbed(share, 60.0) == 1.0


def test_answers_of_one_burst_slow_down_once() -> None:
    pacer = Pacer(80)
    full = pacer.rate(9.0)
    for n in range(20):
        pacer.answered(10.0 + n / 1000, sent_at=9.5 + n / 1000, throttled=True)
    assert pacer.rate(11.0) == EXACT(full / 2, rel=0.01)


def test_few_refusals_among_many_answers_slow_nothing_down() -> None:
    pacer = Pacer(80)
    for n in range(8000):
        pacer.answered(n / 79, sent_at=n / 79 - 0.1, throttled=n % 100 == 50)
        assert pacer.free_at(n / 79) < n / 79 + 0.9


def test_repeated_refusals_pause_longer_and_never_stop_for_good() -> None:
    pacer, now, pauses = Pacer(80), 0.0, []
    for _ in range(12):
        [at] = send(pacer, now, 1)
        pacer.slow_down(at + 0.1, sent_at=at)
        now = at + 0.1
        pauses.append(round(pacer.free_at(now) - now))
    assert pauses[:5] == [1, 2, 4, 8, 16]
    assert max(pauses) == 60
    assert pacer.rate(now) > 1


def test_a_simulated_number_settles_near_its_true_limit() -> None:
    # The true limit is half of what we were told: we must not hammer it, nor crawl.
    pacer, now, refused = Pacer(80), 0.0, 0
    sent: list[float] = []
    while now < 300:
        [now] = send(pacer, now, 1)
        throttled = len(sent) >= 40 and sent[-40] > now - 1
        pacer.answered(now + 0.05, sent_at=now, throttled=throttled)
        if throttled:
            refused += 1
        else:
            sent.append(now)
    assert refused / (refused + len(sent)) < 0.06
    assert len(sent) > 300 * 40 * 0.6


@given(st.lists(st.tuples(st.integers(0, 5), st.floats(0, 10)), max_size=60))
def test_a_pair_never_gets_two_messages_within_six_seconds(asked: list[tuple[int, float]]) -> None:
    pairs, now = PairLimits(), 0.0
    sent: dict[int, list[float]] = {}
    for recipient, gap in asked:
        now += gap
        at = pairs.earliest(recipient, now)
        pairs.mark(recipient, at)
        sent.setdefault(recipient, []).append(at)
    for times in sent.values():
        assert all(b - a >= 6 - 1e-6 for a, b in pairwise(times))


def test_other_recipients_are_not_held_by_a_pair() -> None:
    pairs = PairLimits()
    pairs.mark("ana", 100.0)
    assert pairs.earliest("ana", 101.0) == 106.0
    assert pairs.earliest("ben", 101.0) == 101.0


def test_refusals_of_a_pair_wait_in_powers_of_four_until_one_is_accepted() -> None:
    pairs, now, waits = PairLimits(), 0.0, []
    for _ in range(9):
        again = pairs.refused("ana", now)
        waits.append(again - now)
        now = again
    assert waits == [1, 4, 16, 64, 256, 1024, 4096, 4096, 4096]
    pairs.accepted("ana")
    assert pairs.refused("ana", now) == now + 1


def test_memory_follows_the_rate_and_not_the_audience() -> None:
    pairs = PairLimits()
    pairs.refused("slow", 0.0)
    pairs.refused("slow", 1.0)
    for n in range(200_000):
        pairs.mark(n, n / 80)
    assert len(pairs) <= 2048
    assert pairs.refused("slow", 2500.0) == 2500.0 + 16


def test_the_urgent_may_run_ahead_and_what_follows_waits_for_it() -> None:
    pairs, now = PairLimits(), 100.0
    for _ in range(3):
        assert pairs.earliest("ana", now, borrow=10) == now
        pairs.mark("ana", now)
    assert pairs.earliest("ana", now) == now + 18
    for _ in range(8):
        pairs.mark("ana", pairs.earliest("ana", now, borrow=10))
    assert pairs.earliest("ana", now, borrow=10) == now + 6


def test_what_never_left_uses_up_no_turn() -> None:
    pairs = PairLimits()
    pairs.mark("ana", 100.0)
    pairs.unsent("ana")
    assert pairs.earliest("ana", 100.5) == 100.5
