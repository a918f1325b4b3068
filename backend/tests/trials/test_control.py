"""Pause, resume, cancel and hurry through every real process: what WhatsApp gets to see of it."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from devstack.processes import wait_until
from devstack.trial import Trial
from devstack.trial_people import Shop

pytestmark = [pytest.mark.stack, pytest.mark.timeout(400)]

PEOPLE, OTHERS, RATE = 60, 40, 20
WAITING = ("scheduled", "cancelled")


def _started(shop: Shop) -> str:
    """A slow send of which some have left."""
    schedule_id: str = shop.schedule(to=shop.people[:PEOPLE], rate=RATE)["id"]
    assert wait_until(lambda: _left(shop, schedule_id) >= 5, seconds=60, every=0.05)
    return schedule_id


def _left(shop: Shop, schedule_id: str) -> int:
    counts = shop.counts(schedule_id)
    return counts.total() - sum(counts[status] for status in WAITING)


def _let_others_by(shop: Shop) -> None:
    """A send to other people: by its end those that are held back would have left, too."""
    other = shop.schedule(to=shop.people[-OTHERS:], rate=RATE)["id"]
    done = lambda: shop.api.get(f"schedules/{other}")["status"] == "completed"  # noqa: E731
    assert wait_until(done, seconds=60, every=0.2)


def test_what_is_paused_waits_and_goes_on_where_it_was(trial: Trial, shop: Shop) -> None:
    seen = len(trial.simulator.ledger())
    schedule_id = _started(shop)
    paused = shop.api.post(f"schedules/{schedule_id}/pause", {})
    marked = PEOPLE - paused["counts"]["scheduled"]
    assert 0 < marked < PEOPLE
    _let_others_by(shop)
    assert shop.counts(schedule_id)["scheduled"] == PEOPLE - marked
    resumed = shop.api.post(f"schedules/{schedule_id}/resume", {})
    assert resumed["status"] == "sending"
    rows = trial.simulator.wait_for_requests(seen + PEOPLE + OTHERS, 60)[seen:]
    assert set(Counter(row["opaque"] for row in rows).values()) == {1}
    assert len(rows) == PEOPLE + OTHERS


def test_what_is_cancelled_never_leaves(trial: Trial, shop: Shop) -> None:
    seen = len(trial.simulator.ledger())
    schedule_id = _started(shop)
    cancelled = shop.api.post(f"schedules/{schedule_id}/cancel", {})
    assert cancelled["counts"]["scheduled"] == 0
    marked = PEOPLE - cancelled["counts"]["cancelled"]
    assert 0 < marked < PEOPLE
    _let_others_by(shop)
    assert shop.counts(schedule_id)["cancelled"] == PEOPLE - marked
    assert len(trial.simulator.ledger()[seen:]) == marked + OTHERS


def test_send_now_clicked_by_many_sends_once(trial: Trial, shop: Shop) -> None:
    seen = len(trial.simulator.ledger())
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    schedule_id = shop.schedule(at=tomorrow, to=shop.people[:PEOPLE])["id"]
    with ThreadPoolExecutor(8) as pool:
        clicks = [
            pool.submit(shop.api.post, f"schedules/{schedule_id}/send-now", {}) for _ in range(8)
        ]
        due = {click.result()["next_occurrence_at"] for click in clicks} - {None}
    assert len(due) <= 1
    rows = trial.simulator.wait_for_requests(seen + PEOPLE, 60)[seen:]
    assert wait_until(
        lambda: shop.api.get(f"schedules/{schedule_id}")["status"] == "completed",
        seconds=60,
        every=0.2,
    )
    assert Counter(row["to"] for row in rows).total() == PEOPLE
    assert len({row["opaque"] for row in trial.simulator.ledger()[seen:]}) == PEOPLE
