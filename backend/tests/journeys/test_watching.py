"""Watch what was planned happen: the demo's schedule, and one composed by hand."""

import re
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import accessibility, composing
from tests.journeys.browsing import Visitor
from tests.journeys.composing import Planned
from tests.journeys.watching import Watch

pytestmark = [pytest.mark.journey, pytest.mark.timeout(400)]
EVERYONE = 200
ENDS = {"Delivered", "Read", "Skipped", "Failed"}


def test_everyone_of_the_demo_is_seen_to_get_it_or_a_reason(
    desk: Visitor, demo_watch: Watch, album: Path
) -> None:
    page = demo_watch.page
    page.bring_to_front()
    expect(composing.badge(page, "Completed")).to_be_visible(timeout=150_000)
    sentence = re.compile(rf"^{EVERYONE} people: \d+ got it, \d+ didn't\.$")
    expect(page.get_by_text(sentence)).to_be_visible()
    under_way = re.compile(r"^(Scheduled|Sending|Accepted|Sent) \d")
    expect(page.get_by_role("button", name=under_way)).to_have_count(0)
    seen = demo_watch.seen()
    assert len(seen) > 3, seen
    assert all(sum(counts.values()) == EVERYONE for counts in seen), seen
    assert set(seen[-1]) <= ENDS, seen[-1]
    page.screenshot(path=album / "demo-done.png")


def test_a_composed_schedule_goes_out_at_its_minute(
    desk: Visitor, planned: Planned, album: Path
) -> None:
    page = desk.page()
    page.goto(planned.url)
    expect(composing.badge(page, "Completed")).to_be_visible(timeout=100_000)
    assert datetime.now(composing.ZONE) >= planned.at
    expect(page.get_by_text(re.compile(rf"^{composing.CLUB} people: \d+ got it"))).to_be_visible()
    read_a_proof(page, planned.at, album)


def read_a_proof(page: Page, at: datetime, album: Path) -> None:
    page.get_by_role("button", name=re.compile("^(Delivered|Read) ")).first.click()
    page.get_by_role("table", name="Person by person").get_by_role("button").first.click()
    expect(page).to_have_url(re.compile("[?&]delivery="))
    proof = page.get_by_role("dialog")
    for event in ("Planned", "Handed to WhatsApp", "Accepted by WhatsApp", "Arrived on the phone"):
        expect(proof.get_by_text(event, exact=True)).to_be_visible()
    expect(proof).to_contain_text(f"{at:%H:%M}:0")
    assert not accessibility.grave(page)
    page.screenshot(path=album / "proof.png")
    page.reload()
    expect(page.get_by_role("dialog").get_by_text("Planned", exact=True)).to_be_visible()
