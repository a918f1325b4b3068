"""From a REST call to a status that WhatsApp reported, through every real process."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import requests

from devstack.processes import wait_until
from devstack.trial import Trial
from devstack.trial_people import MOST_PEOPLE, Shop

pytestmark = [pytest.mark.stack, pytest.mark.timeout(400)]

# The furthest status of a message, as the simulator drew it, and what we must show for it.
SHOWN = {"silent": "accepted"}
MIX = (
    {"weight": 60, "reach": "read"},
    {"weight": 25, "reach": "delivered"},
    {"weight": 5, "reach": "sent"},
    {"weight": 5, "reach": "silent"},
    {"weight": 5, "reach": "failed", "code": 131026},
)
ROUGH = {
    "duplicate_probability": 0.3,
    "duplicate_copies": 2,
    "reorder_probability": 0.5,
    "read_without_delivered_probability": 0.2,
    "delivered_after_failed_probability": 0.3,
    "before_answer_probability": 0.2,
    "batch_max": 25,
    "batch_linger_s": 0.05,
}


@pytest.fixture
def rough(trial: Trial) -> Iterator[None]:
    """People of every kind; callbacks doubled, out of order, some before the answer."""
    before = trial.simulator.knobs()
    trial.simulator.set_mix(*MIX)
    trial.simulator.set_knobs(callbacks=ROUGH)
    yield
    trial.simulator.set_mix(*before["mix"])
    trial.simulator.set_knobs(callbacks=before["callbacks"])


@pytest.mark.usefixtures("rough")
def test_a_thousand_people_each_with_the_status_that_was_reported(trial: Trial, shop: Shop) -> None:
    before = len(trial.simulator.ledger())
    schedule_id = shop.schedule()["id"]
    rows = trial.simulator.wait_for_requests(before + MOST_PEOPLE, 60)[before:]
    assert [row["outcome"] for row in rows] == ["accepted"] * MOST_PEOPLE
    assert trial.simulator.callbacks(wait_s=60)["pending"] == 0
    want = Counter(SHOWN.get(str(row["destiny"]), row["destiny"]) for row in rows)

    def shown_right() -> bool:
        counts = shop.counts(schedule_id)
        assert counts.total() == MOST_PEOPLE
        return counts == want

    assert wait_until(shown_right, seconds=60, every=0.2), (shop.counts(schedule_id), want)
    by_wamid = {row["wamid"]: row for row in rows}
    shown = {one["wamid"]: one for one in shop.deliveries(schedule_id)}
    assert shown.keys() == by_wamid.keys()
    wrong = {
        wamid: (one["status"], row["destiny"])
        for wamid, row in by_wamid.items()
        if (one := shown[wamid])["status"] != SHOWN.get(str(row["destiny"]), row["destiny"])
    }
    assert wrong == {}
    assert shop.api.get(f"schedules/{schedule_id}")["status"] == "completed"


def test_eight_parallel_posts_with_one_key_make_one_schedule(trial: Trial, shop: Shop) -> None:
    body = shop.body(at=datetime.now(UTC) + timedelta(days=1))
    headers = {"Authorization": f"Bearer {shop.token}", "Idempotency-Key": "eight-at-once"}

    def post(_: int) -> requests.Response:
        url = f"{trial.plan.api_url}/api/v1/schedules"
        return requests.post(url, json=body, headers=headers, timeout=30)

    before = {one["id"] for one in shop.api.all("schedules")}
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(post, range(8)))
    assert {answer.status_code for answer in answers} == {201}
    [id_] = {answer.json()["id"] for answer in answers}
    assert all(answer.json() == answers[0].json() for answer in answers)
    replayed = Counter(answer.headers.get("Idempotency-Replayed") for answer in answers)
    assert replayed == {None: 1, "true": 7}
    assert {one["id"] for one in shop.api.all("schedules")} - before == {id_}


def test_nothing_leaves_early(trial: Trial, shop: Shop) -> None:
    """20 single schedules at boundaries of seconds; how late they are is the bench's to say."""
    first = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=4)
    due = {shop.people[n]: first + timedelta(seconds=n // 2) for n in range(20)}
    seen = len(trial.simulator.ledger())
    ids = [shop.schedule(at=at, to=[person])["id"] for person, at in due.items()]
    rows = trial.simulator.wait_for_requests(seen + len(due), 60)[seen:]
    assert len(rows) == len(due)
    arrived = {row["wamid"]: row["received_at"] for row in rows}

    def settled() -> bool:
        return all(one["wamid"] for id_ in ids for one in shop.deliveries(id_))

    assert wait_until(settled, seconds=30, every=0.2)
    early = {}
    for id_, (person, at) in zip(ids, due.items(), strict=True):
        [delivery] = shop.deliveries(id_)
        assert delivery["recipient"]["id"] == person
        late_s = arrived[delivery["wamid"]] - at.timestamp()
        if not 0 <= late_s < 30:
            early[person] = late_s
    assert early == {}
