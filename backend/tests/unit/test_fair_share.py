"""Shares of what a sender can send."""

from app.domain.fair_share import Claimant, divide


def test_the_more_urgent_go_first() -> None:
    shares = divide(10, [Claimant("direct", 0, 4), Claimant("campaign", 2)])
    assert dict(shares) == {"direct": 4, "campaign": 6}


def test_equals_share_equally_and_nobody_passes_their_own_limit() -> None:
    shares = divide(10, [Claimant("a", 2, 2), Claimant("b", 2), Claimant("c", 2)])
    assert dict(shares) == {"a": 2, "b": 4, "c": 4}


def test_nothing_is_given_twice() -> None:
    shares = divide(2, [Claimant("a", 1), Claimant("b", 1), Claimant("c", 1)])
    assert sum(n for _, n in shares) == 2
