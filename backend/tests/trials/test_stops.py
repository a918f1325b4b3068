"""A campaign in which WhatsApp stops something: what people see, and how it goes on."""

from collections import Counter
from collections.abc import Iterator

import pytest

from devstack.processes import wait_until
from devstack.rest_api import Json
from devstack.trial import Trial
from devstack.trial_people import Shop, phone

pytestmark = [pytest.mark.stack, pytest.mark.timeout(400)]

SLOW_MACHINE_S = 60.0
ARRIVED = ("accepted", "sent", "delivered", "read")
NOTICE = {"language": "en_US", "category": "UTILITY", "parameter_format": "POSITIONAL"}
TEXT = [{"type": "BODY", "text": "We open at nine tomorrow."}]


@pytest.fixture
def calm(trial: Trial) -> Iterator[None]:
    """Whatever a test did to WhatsApp is undone."""
    yield
    trial.simulator.clear_faults()


def until(seen: object, *, seconds: float = SLOW_MACHINE_S) -> None:
    assert callable(seen)
    assert wait_until(seen, seconds=seconds, every=0.2)


def arrived(shop: Shop, schedule_id: str) -> int:
    counts = shop.counts(schedule_id)
    return sum(counts[status] for status in ARRIVED)


def got(trial: Trial, before: int) -> Counter[str]:
    """How often each person got a message since the ledger had ``before`` rows."""
    rows = trial.simulator.ledger()[before:]
    return Counter(str(row["to"]) for row in rows if row["outcome"] == "accepted")


def once(first: int, count: int) -> dict[str, int]:
    return dict.fromkeys((phone(n) for n in range(first, first + count)), 1)


def template_message(shop: Shop, template_id: str) -> str:
    body = {"title": "Notice", "kind": "template", "template": {"template_id": template_id}}
    return str(shop.api.post("messages", body)["id"])


def synced(trial: Trial, shop: Shop, *names: str) -> tuple[list[Json], list[Json]]:
    """Templates of these names as the simulator and as the product knows them."""
    waba_id = shop.api.get(f"senders/{shop.sender_id}")["waba_id"]
    made = trial.simulator.add_templates(
        waba_id, *({**NOTICE, "name": name, "components": TEXT} for name in names)
    )

    def known() -> list[Json]:
        return [one for one in shop.api.all("templates") if one["name"] in names]

    shop.api.post("templates/sync", {"sender_id": shop.sender_id})
    until(lambda: len(known()) == len(names))
    return made, sorted(known(), key=lambda one: names.index(one["name"]))


@pytest.mark.usefixtures("calm")
def test_a_template_is_paused_and_another_one_stands_in(trial: Trial, shop: Shop) -> None:
    first, count = 500, 200
    [at_meta, _], [paused, spare] = synced(trial, shop, "notice", "notice_again")
    before = len(trial.simulator.ledger())
    body = shop.body(to=shop.people[first : first + count]) | {"max_rate_mps": 40}
    schedule = shop.api.post(
        "schedules", body | {"message_id": template_message(shop, paused["id"])}
    )
    id_ = schedule["id"]
    trial.simulator.wait_for_requests(before + count // 4, SLOW_MACHINE_S)
    trial.simulator.change_template(at_meta["id"], status="PAUSED", title="FIRST_PAUSE")
    until(lambda: shop.api.get(f"schedules/{id_}")["blocked_by"] == "hold")
    [listed] = shop.api.get(f"schedules/{id_}/occurrences")["items"]
    assert (listed["status"], listed["status_reason"]) == ("held", "template_unavailable")
    assert shop.api.get(f"templates/{paused['id']}")["status"] == "PAUSED"
    until(lambda: not shop.counts(id_)["sending"])
    held = shop.counts(id_)
    assert held.total() == count
    assert held["scheduled"] > 0
    assert not {"failed", "skipped", "unconfirmed"} & held.keys()
    occurrence = shop.api.get(f"occurrences/{listed['id']}")
    assert spare["id"] in {one["id"] for one in occurrence["substitutes"]}
    with_spare = {"substitute_template_id": spare["id"]}
    shop.api.post(f"occurrences/{listed['id']}/resume", with_spare)
    until(lambda: arrived(shop, id_) == count)
    assert got(trial, before) == once(first, count)
    rows = trial.simulator.ledger()[before:]
    accepted = Counter(row["template"] for row in rows if row["outcome"] == "accepted")
    assert accepted == {"notice": count - held["scheduled"], "notice_again": held["scheduled"]}


@pytest.mark.usefixtures("calm")
def test_a_token_is_revoked_and_a_new_one_goes_on(trial: Trial, shop: Shop) -> None:
    first, count = 700, 200
    simulator = trial.simulator
    url = f"senders/{shop.sender_id}"
    account = shop.api.get(url)["waba_id"]
    [old] = [one for one in simulator.items("tokens") if account in one["waba_ids"]]
    before = len(simulator.ledger())
    id_ = shop.schedule(to=shop.people[first : first + count], rate=40)["id"]
    simulator.wait_for_requests(before + count // 4, SLOW_MACHINE_S)
    simulator.change_token(old["value"], expired=True)
    until(lambda: shop.api.get(url)["status"] == "paused")
    sender = shop.api.get(url)
    assert (sender["status_reason"], sender["paused_until"]) == ("token_invalid", None)
    schedule = shop.api.get(f"schedules/{id_}")
    assert (schedule["status"], schedule["blocked_by"]) == ("sending", "sender")
    until(lambda: not shop.counts(id_)["sending"])
    stopped = shop.counts(id_)
    assert stopped.total() == count
    assert not {"failed", "unconfirmed"} & stopped.keys()
    refused = [one for one in shop.deliveries(id_) if one["attempts"] and not one["wamid"]]
    story = shop.api.get(f"deliveries/{refused[0]['id']}")["timeline"]
    assert [entry["event"] for entry in story] == ["planned", "attempted", "refused"]
    assert story[-1]["detail"]["meta_code"] == 190
    fresh = simulator.create("tokens", app_id=old["app_id"], waba_ids=old["waba_ids"])
    shop.api.patch(url, {"access_token": fresh["value"]})
    shop.api.post(f"{url}/resume", {})
    until(lambda: arrived(shop, id_) == count)
    assert got(trial, before) == once(first, count)


@pytest.mark.usefixtures("calm")
def test_one_in_a_hundred_of_each_fault_leaves_every_sum_right(trial: Trial, shop: Shop) -> None:
    count = 500
    for code in (130429, 131056):
        trial.simulator.add_fault("error", code=code, probability=0.01)
    for kind in ("reset_before_acceptance", "reset_after_acceptance"):
        trial.simulator.add_fault(kind, probability=0.01)
    trial.simulator.add_fault("timeout_after_acceptance", probability=0.01, hang_s=0.5)
    before = len(trial.simulator.ledger())
    id_ = shop.schedule(to=shop.people[:count])["id"]

    def ended() -> bool:
        counts = shop.counts(id_)
        rows = trial.simulator.ledger()[before:]
        lost = sum(row["outcome"] == "dropped" for row in rows)
        return counts["unconfirmed"] == lost and arrived(shop, id_) == count - lost

    until(ended, seconds=120)
    assert shop.counts(id_).keys() <= {*ARRIVED, "unconfirmed"}
    assert set(got(trial, before).values()) == {1}
    assert shop.api.get(f"schedules/{id_}")["status"] == "completed"
