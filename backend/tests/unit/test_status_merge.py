from datetime import UTC, datetime, timedelta
from functools import reduce
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import status_merge
from app.domain.states import DELIVERY_MOVES, DeliveryStatus
from app.domain.status_merge import Event, Fact, Facts

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
events = st.builds(
    Event,
    fact=st.sampled_from(Fact),
    at=st.integers(0, 5).map(lambda minutes: NOON + timedelta(minutes=minutes)),
    errors=st.frozensets(st.sampled_from([131026, 131047, 131049]), max_size=2),
)
facts = st.lists(events, max_size=6).map(lambda some: reduce(status_merge.merge, some, Facts()))


@given(facts, events, events)
def test_merging_is_commutative(before: Facts, one: Event, other: Event) -> None:
    there = status_merge.merge(status_merge.merge(before, one), other)
    back = status_merge.merge(status_merge.merge(before, other), one)
    assert there == back


@given(facts, events)
def test_merging_twice_changes_nothing(before: Facts, event: Event) -> None:
    once = status_merge.merge(before, event)
    assert status_merge.merge(once, event) == once


@given(st.lists(events, max_size=5), st.sampled_from(DeliveryStatus), st.randoms())
def test_any_order_and_any_copies_give_the_same_row(
    some: list[Event], base: DeliveryStatus, random: object
) -> None:
    outcomes = set()
    for order in list(permutations(some))[:60]:
        known, status = Facts(), base
        for event in (*order, *order[:2]):
            known = status_merge.merge(known, event)
            # As the table does: each merge writes the status and the next one starts from it.
            status = status_merge.shown_status(known, status)
        outcomes.add((known, status))
    assert len(outcomes) == 1


@given(facts, events)
def test_facts_only_grow(before: Facts, event: Event) -> None:
    after = status_merge.merge(before, event)
    assert before.errors <= after.errors
    for fact in Fact:
        old, new = before.at(fact), after.at(fact)
        assert old is None or (new is not None and new <= old)


@given(facts, events, st.sampled_from([DeliveryStatus.SENDING, DeliveryStatus.UNCONFIRMED]))
def test_the_status_moves_only_as_the_table_of_moves_allows(
    before: Facts, event: Event, base: DeliveryStatus
) -> None:
    old = status_merge.shown_status(before, base)
    new = status_merge.shown_status(status_merge.merge(before, event), base)
    assert new == old or new in DELIVERY_MOVES[old]


def test_evidence_of_arrival_beats_a_failure_and_both_are_kept() -> None:
    failed = status_merge.merge(Facts(), Event(Fact.FAILED, NOON, frozenset({131026})))
    both = status_merge.merge(failed, Event(Fact.DELIVERED, NOON))
    assert status_merge.shown_status(failed, DeliveryStatus.SENT) is DeliveryStatus.FAILED
    assert status_merge.shown_status(both, DeliveryStatus.FAILED) is DeliveryStatus.DELIVERED
    assert both.failed_at == NOON
    assert both.errors == frozenset({131026})


@pytest.mark.parametrize("base", DeliveryStatus)
def test_without_facts_the_base_stays(base: DeliveryStatus) -> None:
    assert status_merge.shown_status(Facts(), base) is base


def test_callback_statuses_are_known_by_name() -> None:
    assert status_merge.reported("played") is Fact.READ
    assert status_merge.reported("deleted") is None


def test_of_a_superseded_attempt_only_news_counts() -> None:
    counts = {
        (fact, had): status_merge.survives(fact, had_failed=had)
        for fact in Fact
        for had in (True, False)
    }
    assert not counts[Fact.FAILED, False]
    assert counts[Fact.SENT, False]
    assert not counts[Fact.SENT, True]
    assert counts[Fact.READ, True]
