"""Plan a send in the editor, watch it happen, read one person's proof, call another one off."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys import choosing
from tests.journeys.browsing import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]
ZONE = ZoneInfo("America/New_York")
CLUB = 40
# The first of the demo's people in New York, and a number none of them has.
AGREED, NEVER_ASKED = "+1 212 555 0100", "+1 212 555 0199"
# Enough to press the button in before the minute begins.
NOTICE = timedelta(seconds=10)


def test_a_schedule_is_composed_goes_out_on_time_and_another_is_cancelled(
    desk: Visitor, album: Path
) -> None:
    page = desk.page("/schedules/new")
    choosing.pick(page, "Message", "Weekly offer")
    choosing.pick(page, "Groups and people", "Tasting club")
    see_it_as_real_people_do(page)
    page.screenshot(path=album / "editor.png", full_page=True)
    send_a_test(desk, page, album)
    at = set_the_next_minute(page)
    page.get_by_role("button", name=re.compile(f"^Schedule for {CLUB} people, .*New York$")).click()
    expect(badge(page, "Scheduled")).to_be_visible()
    cancel_another(desk, album)
    expect(badge(page, "Completed")).to_be_visible(timeout=100_000)
    assert datetime.now(ZONE) >= at
    expect(page.get_by_text(re.compile(rf"^{CLUB} people: \d+ got it"))).to_be_visible()
    read_a_proof(page, at, album)


def badge(page: Page, state: str) -> Locator:
    """The state beside the page's title."""
    return page.locator("header").get_by_text(state, exact=True)


def see_it_as_real_people_do(page: Page) -> None:
    phone = page.get_by_role("figure", name="Message as the recipient sees it")
    seen_by = page.get_by_text(re.compile("^As .+ sees it$"))
    first = name_in(seen_by.inner_text())
    expect(phone).to_contain_text(first)
    page.get_by_role("button", name="Next person").click()
    expect(seen_by).not_to_contain_text(first)
    second = name_in(seen_by.inner_text())
    expect(phone).to_contain_text(second)


def name_in(sentence: str) -> str:
    found = re.fullmatch("As (.+) sees it", sentence)
    assert found is not None, sentence
    return found[1]


def send_a_test(desk: Visitor, page: Page, album: Path) -> None:
    page.get_by_label("Phone number").fill(NEVER_ASKED)
    page.get_by_role("button", name="Send a test now").click()
    expect(page.get_by_text("No consent.")).to_be_visible()
    page.get_by_label("Phone number").fill(AGREED)
    page.get_by_role("button", name="Send a test now").click()
    expect(page.get_by_text("The test is on its way.")).to_be_visible()
    path = page.get_by_role("link", name="See what happens").get_attribute("href")
    proof = desk.page(str(path))
    expect(proof.get_by_text("Handed to WhatsApp")).to_be_visible()
    expect(proof.get_by_text("Arrived on the phone")).to_be_visible()
    proof.screenshot(path=album / "test-send.png", full_page=True)
    proof.close()


def set_the_next_minute(page: Page) -> datetime:
    """Type it; the moment it is due."""
    at = (datetime.now(ZONE) + NOTICE + timedelta(minutes=1)).replace(second=0, microsecond=0)
    for label, text in (("Day", f"{at:%a} {at.day} {at:%b %Y}"), ("Time", f"{at:%H:%M}")):
        page.get_by_label(label, exact=True).fill(text)
        page.keyboard.press("Enter")
    return at


def cancel_another(desk: Visitor, album: Path) -> None:
    page = desk.page("/schedules/new")
    choosing.pick(page, "Message", "Thanks for writing")
    choosing.pick(page, "Groups and people", "All customers")
    page.get_by_role("button", name="Schedule for 200 people").click()
    page.get_by_role("button", name="Cancel schedule").click()
    question = page.get_by_role("dialog", name="Cancel this schedule?")
    expect(question).to_contain_text("nobody will get this message")
    page.screenshot(path=album / "cancel.png")
    question.get_by_role("button", name="Cancel it").click()
    expect(badge(page, "Cancelled")).to_be_visible()
    expect(page.get_by_role("button", name="Cancel schedule")).to_have_count(0)
    page.close()


def read_a_proof(page: Page, at: datetime, album: Path) -> None:
    page.get_by_role("button", name=re.compile("^(Delivered|Read) ")).first.click()
    page.get_by_role("table", name="Person by person").get_by_role("button").first.click()
    expect(page).to_have_url(re.compile("[?&]delivery="))
    proof = page.get_by_role("dialog")
    for event in ("Planned", "Handed to WhatsApp", "Accepted by WhatsApp", "Arrived on the phone"):
        expect(proof.get_by_text(event, exact=True)).to_be_visible()
    expect(proof).to_contain_text(f"{at:%H:%M}:0")
    page.screenshot(path=album / "proof.png")
    page.reload()
    expect(page.get_by_role("dialog").get_by_text("Planned", exact=True)).to_be_visible()
