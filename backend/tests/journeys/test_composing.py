"""Write a schedule with the phone beside it, try it on one's own phone, call another one off."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import accessibility, choosing, composing
from tests.journeys.browsing import Visitor
from tests.journeys.composing import Planned

pytestmark = [pytest.mark.journey, pytest.mark.timeout(400)]
# The first of the demo's people in New York, and a number none of them has.
AGREED, NEVER_ASKED = "+1 212 555 0100", "+1 212 555 0199"


def test_the_phone_shows_what_real_people_get(desk: Visitor, album: Path) -> None:
    page = desk.page("/schedules/new")
    composing.choose_offer_for_club(page)
    phone = page.get_by_role("figure", name="Message as the recipient sees it")
    seen_by = page.get_by_text(re.compile("^As .+ sees it$"))
    first = name_in(seen_by.inner_text())
    expect(phone).to_contain_text(first)
    page.get_by_role("button", name="Next person").click()
    expect(seen_by).not_to_contain_text(first)
    expect(phone).to_contain_text(name_in(seen_by.inner_text()))
    page.screenshot(path=album / "editor.png", full_page=True)
    send_a_test(desk, page, album)


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


def test_a_planned_schedule_is_cancelled(desk: Visitor, planned: Planned, album: Path) -> None:
    page = desk.page("/schedules/new")
    choosing.pick(page, "Message", "Thanks for writing")
    choosing.pick(page, "Groups and people", "All customers")
    page.get_by_role("button", name="Schedule for 200 people").click()
    page.get_by_role("button", name="Cancel schedule").click()
    question = page.get_by_role("dialog", name="Cancel this schedule?")
    expect(question).to_contain_text("nobody gets this message")
    assert not accessibility.grave(page)
    page.screenshot(path=album / "cancel.png")
    question.get_by_role("button", name="Cancel it").click()
    expect(composing.badge(page, "Cancelled")).to_be_visible()
    expect(page.get_by_role("button", name="Cancel schedule")).to_have_count(0)
    expect(page.get_by_text("Cancelled before it started: nobody got it.")).to_be_visible()
    # The other one stays as it was planned.
    page.goto(planned.url)
    expect(page.get_by_text(f"{planned.at:%H:%M} New York")).to_be_visible()
