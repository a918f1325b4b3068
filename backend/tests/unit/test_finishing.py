"""When what waits at a sender will have left."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.finishing import Work, seconds_left


def test_one_alone_uses_the_rate_or_its_own() -> None:
    assert seconds_left(80, [Work("a", 2, 800)]) == {"a": 10}
    assert seconds_left(80, [Work("a", 2, 800, most=40)]) == {"a": 20}
    assert seconds_left(80, [Work("a", 2, 800, begins_in=5)]) == {"a": 15}
    assert seconds_left(80, [Work("a", 2, 0)]) == {"a": 0}


def test_equals_share_until_the_first_is_done() -> None:
    assert seconds_left(80, [Work("a", 2, 400), Work("b", 2, 800)]) == {"a": 10, "b": 15}


def test_what_one_may_not_use_the_others_do() -> None:
    works = [Work("slow", 2, 100, most=10), Work("fast", 2, 700)]
    assert seconds_left(80, works) == {"slow": 10, "fast": 10}


def test_the_urgent_go_first_and_later_ones_interrupt() -> None:
    works = [Work("campaign", 2, 160), Work("urgent", 1, 80, begins_in=1)]
    assert seconds_left(80, works) == {"urgent": 2, "campaign": 3}


works = st.lists(
    st.tuples(
        st.integers(0, 2), st.integers(0, 5000), st.none() | st.integers(1, 90), st.integers(0, 60)
    ),
    max_size=20,
)


@given(st.integers(1, 1000), works)
def test_nobody_is_faster_than_allowed_and_all_end(
    rate: int, found: list[tuple[int, int, int | None, int]]
) -> None:
    left = seconds_left(
        rate, [Work(n, priority, rest, most, begins) for n, (priority, rest, most, begins) in
               enumerate(found)]
    )  # fmt: skip
    assert left.keys() == set(range(len(found)))
    for n, (_, rest, most, begins) in enumerate(found):
        assert left[n] - begins >= rest / min(rate, most or rate) - 0.001
    last = max(left.values(), default=0)
    slowest = sum(rest / min(rate, most or rate) for _, rest, most, _ in found)
    assert last <= max((begins for *_, begins in found), default=0) + slowest + 0.01


def test_a_sum_that_must_come_out_at_any_rate() -> None:
    assert seconds_left(80, [Work(n, 2, 8) for n in range(10)]) == pytest.approx(
        dict.fromkeys(range(10), 1.0)
    )
