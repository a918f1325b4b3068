"""Every page, light and dark, wide and narrow, in both languages: for everybody, and whole."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.journeys import accessibility, browsing, reflow
from tests.journeys.browsing import DESKTOP, PHONE
from tests.journeys.conftest import Demo
from tests.journeys.rest import Rest

pytestmark = [pytest.mark.journey, pytest.mark.timeout(400)]
Theme = Literal["light", "dark"]
Look = tuple[Theme, ViewportSize]
# Each language in half of the looks: so every theme meets every width and both languages.
LOOKS: dict[str, list[Look]] = {
    "en-US": [("light", DESKTOP), ("dark", PHONE)],
    "es-MX": [("dark", DESKTOP), ("light", PHONE)],
}
# Set by `make screenshots`, which has the time to go through all of them.
EVERY_LOOK = "EVERY_LOOK" in os.environ
FOLLOW = """(path) => {
  for (const title of document.querySelectorAll("h1")) title.dataset.left = "";
  history.pushState(null, "", path);
  dispatchEvent(new PopStateEvent("popstate"));
}"""
REST = """() => new Promise(requestAnimationFrame).then(() =>
  Promise.allSettled(document.getAnimations().map((one) => one.finished)))"""
PLAIN = {
    "home": "/",
    "schedules": "/schedules",
    "editor": "/schedules/new",
    "messages": "/messages",
    "message-new": "/messages/new",
    "templates": "/templates",
    "recipients": "/recipients",
    "recipients-none": "/recipients?q=nobody-of-this-name",
    "import": "/recipients/import",
    "groups": "/groups",
    "senders": "/senders",
    "settings": "/settings",
    "team": "/settings/team",
    "api-keys": "/settings/api-keys",
    "audit-log": "/settings/audit",
    "account": "/settings/account",
    "setup-number": "/setup/steps",
    "setup-people": "/setup/steps?step=people",
    "setup-message": "/setup/steps?step=message",
    "setup-send": "/setup/steps?step=send",
    "not-found": "/there/is/no/such/page",
}


@pytest.fixture(scope="module")
def places(demo: Demo) -> dict[str, str]:
    """Name to path of every page, with the ids the demo has made."""
    rest = Rest.logged_in(demo)
    nouns = ("schedules", "messages", "recipients", "groups", "senders")
    one = {what: rest.first(what) for what in nouns}
    delivery = rest.first("deliveries")
    return PLAIN | {
        "schedule": f"/schedules/{one['schedules']}",
        "delivery-drawer": f"/schedules/{one['schedules']}?delivery={delivery}",
        "delivery": f"/deliveries/{delivery}",
        "message": f"/messages/{one['messages']}",
        "recipient": f"/recipients/{one['recipients']}",
        "group": f"/groups/{one['groups']}",
        "sender": f"/senders/{one['senders']}",
    }


@dataclass(frozen=True)
class Inspection:
    """Looks at pages in several looks, keeps a picture of each and notes what is wrong."""

    page: Page
    locale: str
    album: Path
    found: list[str] = field(default_factory=list)

    def look(self, name: str) -> None:
        """At the page that is open."""
        for theme, size in looks(self.locale):
            dress(self.page, theme, size)
            self.found.extend(accessibility.grave(self.page) + reflow.cut_off(self.page))
            picture = f"{name}-{self.locale}-{theme}-{size['width']}.png"
            self.page.screenshot(path=self.album / picture)


@pytest.mark.parametrize("locale", LOOKS)
def test_every_page_is_accessible_and_nothing_is_cut_off(
    browser: Browser, demo: Demo, places: dict[str, str], album: Path, locale: str
) -> None:
    with browsing.visit(browser, demo.url, locale) as reader, browsing.faultless(reader):
        inspection = Inspection(reader.page("/login"), locale, album)
        page = inspection.page
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        inspection.look("login")
        reader.log_in(demo.email, demo.password)
        page.goto(reader.url)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        for name, path in places.items():
            open_page(page, reader.url, path)
            inspection.look(name)
    assert not inspection.found, "\n".join(inspection.found)


def looks(locale: str) -> list[Look]:
    return [look for half in LOOKS.values() for look in half] if EVERY_LOOK else LOOKS[locale]


def dress(page: Page, theme: Theme, size: ViewportSize) -> None:
    """Change theme and width without loading again, and let the colours arrive."""
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size(size)
    expect(page.locator(f"html[data-mantine-color-scheme={theme}]")).to_be_attached()
    page.evaluate(REST)


def open_page(page: Page, origin: str, path: str) -> None:
    """Go there without loading the application again, as a link in it does, and let it settle."""
    if urlsplit(page.url).path == urlsplit(path).path:
        page.goto(origin + path)
    else:
        page.evaluate(FOLLOW, path)
    # A marked title is still that of the page before.
    expect(page.locator("h1:not([data-left])").first).to_be_visible()
    expect(page.locator("h1[data-left]")).to_have_count(0)
    expect(page.locator(".mantine-Skeleton-root")).to_have_count(0)
