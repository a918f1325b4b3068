"""The demo's people: as many and as varied as promised, with numbers nobody owns."""

import re
from zoneinfo import available_timezones

import phonenumbers

from devstack import demo_people

RESERVED = re.compile(
    r"\+1\d{3}55501\d{2}|\+442079460\d{3}|\+493023125\d{3}|\+3319900\d{4}|\+6125550\d{4}"
)
PEOPLE = demo_people.people("everyone", "club")


def test_two_hundred_people_with_their_own_numbers() -> None:
    assert len(PEOPLE) == 200
    assert len({one["phone"] for one in PEOPLE}) == 200
    assert len({one["external_id"] for one in PEOPLE}) == 200


def test_numbers_are_fictional_and_yet_valid() -> None:
    for one in PEOPLE:
        assert RESERVED.fullmatch(one["phone"]), one["phone"]
        assert phonenumbers.is_valid_number(phonenumbers.parse(one["phone"])), one["phone"]


def test_several_zones_languages_and_consents() -> None:
    zones = {one["timezone"] for one in PEOPLE}
    assert len(zones) >= 8
    assert zones <= available_timezones()
    assert {one["language"] for one in PEOPLE} == {"en", "es"}
    marketing = [one.get("consent", {}).get("marketing") for one in PEOPLE]
    assert marketing.count("opted_out") == len(demo_people.OPTED_OUT)
    assert marketing.count(None) == len(demo_people.NEVER_ASKED)
    assert sum("club" in one["group_ids"] for one in PEOPLE) == 40
