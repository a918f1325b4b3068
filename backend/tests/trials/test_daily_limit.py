"""3,000 people, two numbers, and a portfolio that may write first to 250 people in 24 hours.

Days are made to pass on both sides: the simulator's clock is put forward, and what the product
has written down is moved back.
"""

import contextlib
from collections import Counter
from dataclasses import dataclass

import psycopg2
import pytest

from devstack.processes import wait_until
from devstack.rest_api import Json
from devstack.trial import VERIFY_TOKEN, Trial
from devstack.trial_people import Shop

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("trial"), pytest.mark.timeout(900)]

LIMIT, DAYS = 250, 12
SLOW_MACHINE_S = 120.0
# The product counts five minutes longer than WhatsApp.
_DAY_S = 24 * 3600 + 360
# Of each area NANPA keeps 555-0100 to 0199 for fiction.
_AREAS = (201, 202, 203, 205, 206, 207, 208, 209, 210, 212, 213, 214, 215, 216, 217, 218, 219,
          224, 225, 228, 229, 231, 234, 239, 240, 248, 251, 252, 253, 254)  # fmt: skip
_PASS_A_DAY = f"""
    UPDATE people_reached SET counted_at = counted_at - interval '{_DAY_S} s';
    UPDATE deliveries SET next_attempt_at = next_attempt_at - interval '{_DAY_S} s',
           due_at = due_at - interval '{_DAY_S} s', expires_at = expires_at - interval '{_DAY_S} s'
     WHERE next_attempt_at IS NOT NULL AND reason = 'daily_limit';
    UPDATE daily_waits SET until = until - interval '{_DAY_S} s'
"""


@dataclass
class Branch:
    """A number in an account of its own, and half of the people."""

    sender_id: str
    number_id: str
    schedule_id: str


def _open_branch(trial: Trial, shop: Shop, business_id: str, secret: str, half: int) -> Branch:
    simulator, api = trial.simulator, shop.api
    waba = simulator.create(
        "wabas",
        business_id=business_id,
        messaging_limit=f"TIER_{LIMIT}",
        subscribed_app_ids=[business_id],
    )
    number = simulator.create(
        "numbers",
        waba_id=waba["id"],
        display_phone_number=f"+1 555 555 020{half}",
        throughput_mps=1000,
    )
    token = simulator.create("tokens", app_id=business_id, waba_ids=[waba["id"]])
    sender = api.post("senders", {
        "name": f"Branch {half}", "phone_number_id": number["id"], "waba_id": waba["id"],
        "access_token": token["value"], "app_secret": secret, "throughput_mps": 1000,
    })  # fmt: skip
    assert (sender["messaging_limit"], sender["messaging_used_24h"]) == (LIMIT, 0)
    simulator.add_templates(
        waba["id"],
        {"name": f"branch_{half}", "language": "en_US", "category": "UTILITY",
         "components": [{"type": "BODY", "text": "We open at nine tomorrow."}]},
    )  # fmt: skip
    message_id = _message(shop, sender["id"], f"branch_{half}")
    group_id = api.post("groups", {"name": f"Branch {half}", "kind": "static"})["id"]
    areas = _AREAS[half::2]
    people = [
        {"name": f"Person {area} {n}", "phone": f"+1{area}55501{n:02}", "timezone": "Europe/London"}
        for area in areas
        for n in range(100)
    ]
    for first in range(0, len(people), 1000):
        body = {"items": people[first : first + 1000], "group_ids": [group_id]}
        made = api.post("recipients/bulk", body)
        assert not made.get("errors")
    schedule = api.post("schedules", {
        "name": f"Branch {half}", "sender_id": sender["id"], "message_id": message_id,
        "audience": {"group_ids": [group_id]}, "timing": {"kind": "now"},
    })  # fmt: skip
    return Branch(sender["id"], number["id"], schedule["id"])


def _message(shop: Shop, sender_id: str, name: str) -> str:
    shop.api.post("templates/sync", {"sender_id": sender_id})

    def known() -> list[Json]:
        return [one for one in shop.api.all("templates") if one["name"] == name]

    assert wait_until(lambda: bool(known()), seconds=SLOW_MACHINE_S, every=0.2)
    body = {"title": name, "kind": "template", "template": {"template_id": known()[0]["id"]}}
    return str(shop.api.post("messages", body)["id"])


def _stand_still(shop: Shop, branches: list[Branch]) -> bool:
    """Whether all who wait were told until when."""
    shown = [shop.api.get(f"schedules/{one.schedule_id}") for one in branches]
    why = {one["blocked_by"] for one in shown if one["counts"]["scheduled"]}
    return why == {"daily_limit"}


def _pass_a_day(trial: Trial, shop: Shop, branches: list[Branch]) -> None:
    trial.simulator.advance_clock(_DAY_S)
    with (
        contextlib.closing(psycopg2.connect(trial.postgres.url)) as connection,
        connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(_PASS_A_DAY)
    for branch in branches:
        # Whatever changes a number rings its drain.
        shop.api.patch(f"senders/{branch.sender_id}", {"throughput_mps": 1000})


def test_they_span_twelve_days_and_no_day_has_more(trial: Trial, shop: Shop) -> None:
    simulator = trial.simulator
    app = simulator.create("apps", webhook_url=f"{trial.plan.api_url}/webhook/whatsapp",
                           verify_token=VERIFY_TOKEN)  # fmt: skip
    branches = [_open_branch(trial, shop, app["id"], app["secret"], half) for half in (0, 1)]
    numbers = {branch.number_id for branch in branches}
    seen: set[str] = set()
    for day in range(1, DAYS + 1):

        def settled(day: int = day) -> bool:
            waiting = [shop.counts(one.schedule_id)["scheduled"] for one in branches]
            sending = [shop.counts(one.schedule_id)["sending"] for one in branches]
            return sum(waiting) == LIMIT * (DAYS - day) and not sum(sending)

        assert wait_until(settled, seconds=SLOW_MACHINE_S, every=0.2), day
        rows = [row for row in simulator.ledger() if row["phone_number_id"] in numbers]
        today = {str(row["wa_id"]) for row in rows if row["outcome"] == "accepted"} - seen
        assert len(today) == LIMIT, day
        seen |= today
        if day < DAYS:
            assert wait_until(lambda: _stand_still(shop, branches), seconds=SLOW_MACHINE_S), day
            sender = shop.api.get(f"senders/{branches[0].sender_id}")
            assert sender["messaging_used_24h"] == LIMIT
            assert sender["messaging_room_at"] is not None
            _pass_a_day(trial, shop, branches)
    rows = [row for row in simulator.ledger() if row["phone_number_id"] in numbers]
    assert Counter(row["destiny_code"] for row in rows) == {None: LIMIT * DAYS}
    assert len(seen) == len(rows) == LIMIT * DAYS

    def over() -> bool:
        shown = [shop.api.get(f"schedules/{one.schedule_id}") for one in branches]
        return {one["status"] for one in shown} == {"completed"}

    assert wait_until(over, seconds=SLOW_MACHINE_S, every=0.2)
