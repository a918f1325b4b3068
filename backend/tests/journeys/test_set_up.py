"""From an empty installation to the first delivered message."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from devstack.simulator_types import Business
from tests.journeys import accessibility, browsing, choosing
from tests.journeys.conftest import Stacks

pytestmark = [pytest.mark.journey, pytest.mark.timeout(400)]
MARTA, DIEGO = "+16465550142", "+16465550143"


def test_the_first_message_arrives(
    browser: Browser, stacks: Stacks, bare_url: str, album: Path
) -> None:
    business = stacks.simulator.business(webhook_url=f"{bare_url}/webhook/whatsapp")
    with browsing.visit(browser, bare_url) as visitor, browsing.faultless(visitor):
        page = visitor.page()
        create_the_owner(page, album)
        connect_the_number(page, business, album)
        add_people(page, album)
        # Who writes first may be answered freely; Diego stays silent.
        stacks.simulator.inbound(
            {"phone_number_id": business.phone_number_id, "from": MARTA, "text": "Are you open?"}
        )
        page.get_by_role("button", name="Save and continue").click()
        page.get_by_role("link", name="Plan the first send").click()
        send(page, album)


def create_the_owner(page: Page, album: Path) -> None:
    expect(page.get_by_role("heading", name="Welcome")).to_be_visible()
    assert not accessibility.grave(page)
    page.screenshot(path=album / "setup-owner.png", full_page=True)
    page.get_by_label("Workspace name").fill("Corner Books")
    page.get_by_label("Your name").fill("Ida Lindqvist")
    page.get_by_label("Email").fill("ida@example.com")
    page.get_by_label("Password", exact=True).fill("three quiet harbour lanterns")
    page.get_by_role("button", name="Create and continue").click()


def connect_the_number(page: Page, business: Business, album: Path) -> None:
    page.get_by_label("Name", exact=True).fill("Shop")
    page.get_by_label("Phone number ID").fill(business.phone_number_id)
    page.get_by_label("WhatsApp Business Account ID").fill(business.waba_id)
    page.get_by_label("Access token").fill(business.access_token)
    page.get_by_label("App secret").fill(business.app_secret)
    page.screenshot(path=album / "setup-number.png", full_page=True)
    page.get_by_role("button", name="Connect and check").click()
    expect(page.get_by_text("is connected.")).to_be_visible()
    page.screenshot(path=album / "setup-connected.png", full_page=True)
    page.get_by_role("button", name="Continue").click()


def add_people(page: Page, album: Path) -> None:
    page.get_by_label("Or paste lines").fill(f"Marta Ruiz, {MARTA}\nDiego Vega, {DIEGO}")
    page.get_by_label("These people agreed").check()
    page.get_by_label("Where and when did they agree?").fill("At the counter, May 2026")
    page.screenshot(path=album / "setup-people.png", full_page=True)
    page.get_by_role("button", name="Add 2 people").click()
    expect(page.get_by_role("status").filter(has_text="added")).to_contain_text("2 added")
    page.get_by_role("button", name="Next step").click()


def send(page: Page, album: Path) -> None:
    for person in ("Marta Ruiz", "Diego Vega"):
        choosing.pick(page, "Groups and people", person)
    page.get_by_text("Now", exact=True).click()
    expect(page.get_by_role("figure")).to_contain_text("Hello Marta Ruiz")
    page.screenshot(path=album / "setup-send.png", full_page=True)
    page.get_by_role("button", name="Send now to 2 people").click()
    expect(page.get_by_text("2 people: 1 got it, 1 didn't.")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Marta Ruiz")).click()
    expect(page.get_by_role("dialog").get_by_text("Arrived on the phone")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.screenshot(path=album / "setup-done.png", full_page=True)
