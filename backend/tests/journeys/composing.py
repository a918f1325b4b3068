"""Fill the editor as a person does, until its button can be pressed."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import Locator, Page, expect

from tests.journeys import choosing

ZONE = ZoneInfo("America/New_York")
CLUB = 40
# Enough to press the button in before the minute begins.
NOTICE = timedelta(seconds=10)


@dataclass(frozen=True)
class Planned:
    """A schedule that was made: its page, and the moment it is due."""

    url: str
    at: datetime


def badge(page: Page, state: str) -> Locator:
    """The state beside the page's title."""
    return page.locator("header").get_by_text(state, exact=True)


def choose_offer_for_club(page: Page) -> None:
    choosing.pick(page, "Message", "Weekly offer")
    choosing.pick(page, "Groups and people", "Tasting club")


def plan_for_the_next_minute(page: Page) -> Planned:
    """Type the time and press the button."""
    at = (datetime.now(ZONE) + NOTICE + timedelta(minutes=1)).replace(second=0, microsecond=0)
    for label, text in (("Day", f"{at:%a} {at.day} {at:%b %Y}"), ("Time", f"{at:%H:%M}")):
        page.get_by_label(label, exact=True).fill(text)
        page.keyboard.press("Enter")
    page.get_by_role("button", name=re.compile(f"^Schedule for {CLUB} people, .*New York$")).click()
    expect(badge(page, "Scheduled")).to_be_visible()
    return Planned(page.url, at)
