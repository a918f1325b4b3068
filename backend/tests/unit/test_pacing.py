import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import pacing
from app.domain.pacing import Pacer, PairLimits

rates = st.sampled_from([1, 2, 5, 20, 80, 333, 1000])


def _never_over(slots: list[float], rate: int) -> None:
    """No window of one second, wherever it begins, holds more than ``rate`` slots."""
    for first, beyond in zip(slots, slots[rate:], strict=False):
        assert beyond - first >= 1


@given(rates, st.lists(st.floats(0, 3), max_size=30), st.floats(0, 1e6))
def test_no_second_holds_more_than_the_limit_whatever_the_gaps(
    rate: int, idle: list[float], start: float
) -> None:
    pacer, now = Pacer(rate), start
    slots: list[float] = []
    for gap in [0.0, *idle]:
        now += gap
        slots += [pacing.reserve(now, pacer) for _ in range(max(3, rate // 10))]
    assert slots == sorted(slots)
    assert all(slot >= start for slot in slots)
    _never_over(slots, rate)


@pytest.mark.parametrize("rate", [1, 20, 80, 1000])
def test_a_steady_stream_uses_nearly_the_whole_limit(rate: int) -> None:
    pacer = Pacer(rate)
    slots = [pacing.reserve(0.0, pacer) for _ in range(rate * 10)]
    _never_over(slots, rate)
    assert len(slots) / slots[-1] >= 0.98 * rate


@given(rates, st.integers(1, 200), st.floats(0, 2))
def test_a_successor_goes_on_without_a_burst(rate: int, before: int, later: float) -> None:
    first = Pacer(rate)
    slots = [pacing.reserve(0.0, first) for _ in range(before)]
    second = Pacer(rate, next_slot=first.pending)
    slots += [pacing.reserve(later, second) for _ in range(rate)]
    _never_over(slots, rate)


def test_a_campaign_keeps_its_own_limit_inside_of_the_numbers() -> None:
    number, campaign = Pacer(80), Pacer(10)
    slots = [pacing.reserve(0.0, number, campaign) for _ in range(30)]
    _never_over(slots, 10)
    assert number.next_slot(0.0) <= campaign.next_slot(0.0)


def test_messages_that_came_in_take_slots() -> None:
    pacer = Pacer(80)
    pacer.absorb(0.0, 80)
    assert pacing.reserve(0.0, pacer) >= 1.0


def test_a_fractional_rate_spaces_requests_wider_than_a_second() -> None:
    pacer = Pacer(0.5)
    assert pacing.reserve(0.0, pacer) == 0.0
    assert pacing.reserve(0.0, pacer) == pytest.approx(2 / pacing.SAFETY)


def test_a_changed_limit_holds_from_the_next_slot() -> None:
    pacer = Pacer(1)
    pacing.reserve(0.0, pacer)
    pacer.set_rate(100)
    slots = [pacing.reserve(0.0, pacer) for _ in range(3)]
    assert slots[0] >= 1
    assert slots[1] - slots[0] < 0.011


@pytest.mark.parametrize("rate", [0, -1, math.nan])
def test_a_rate_must_be_above_zero(rate: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        Pacer(rate)


def test_a_refusal_halves_the_rate_and_it_climbs_back() -> None:
    pacer = Pacer(80)
    pacer.slow_down(10.0, sent_at=9.9)
    assert pacing.reserve(10.0, pacer) == 11.0
    assert pacer.rate(11.0) == pytest.approx(40 * pacing.SAFETY)
    assert pacer.rate(11.0) < pacer.rate(15.0) < pacer.rate(25.0)
    assert pacer.rate(26.0) == pytest.approx(80 * pacing.SAFETY)


def test_answers_of_one_burst_slow_down_once() -> None:
    pacer = Pacer(80)
    for n in range(20):
        pacer.slow_down(10.0 + n / 1000, sent_at=9.5 + n / 1000)
    assert pacer.rate(11.0) == pytest.approx(40 * pacing.SAFETY)


def test_repeated_refusals_pause_longer_and_never_stop_for_good() -> None:
    pacer, now, pauses = Pacer(80), 0.0, []
    for _ in range(12):
        slot = pacing.reserve(now, pacer)
        pacer.slow_down(slot + 0.1, sent_at=slot)
        now = slot + 0.1
        pauses.append(round(pacer.next_slot(now) - now))
    assert pauses[:5] == [1, 2, 4, 8, 16]
    assert max(pauses) == 60
    assert pacer.rate(now) > 1


def test_a_simulated_number_settles_near_its_true_limit() -> None:
    # The true limit is half of what we were told: we must not hammer it, nor crawl.
    pacer, now, refused = Pacer(80), 0.0, 0
    sent: list[float] = []
    while now < 300:
        now = pacing.reserve(now, pacer)
        if len(sent) >= 40 and sent[-40] > now - 1:
            refused += 1
            pacer.slow_down(now + 0.05, sent_at=now)
        else:
            sent.append(now)
    assert refused / (refused + len(sent)) < 0.01
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


def test_what_did_not_leave_counts_against_no_pair() -> None:
    pairs = PairLimits()
    pairs.mark("Ana", 10)
    pairs.unmark("Ana", 10)
    assert pairs.earliest("Ana", 11) == 11
    pairs.mark("Ana", 20)
    pairs.unmark("Ana", 10)
    assert pairs.earliest("Ana", 21) == 26
