"""People at a real Chromium, and the whole stack behind it as `make run` starts it.

All fixtures last for this package only: Playwright's synchronous interface keeps an event loop
in the thread, beside which no asynchronous test could run.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from devstack import test as test_command
from devstack.layout import ROOT
from devstack.simulator_control import SimulatorControl
from tests.journeys import browsing, composing
from tests.journeys.browsing import Visitor
from tests.journeys.composing import Planned
from tests.journeys.watching import Watch
from tests.support import runs, shares, simulator
from tests.support.runs import Run

PICTURES = ROOT / "artifacts" / "journeys"


@dataclass(frozen=True)
class Demo:
    """Where the demo runs, and the log-in it printed."""

    url: str
    email: str
    password: str


@dataclass(frozen=True)
class Stacks:
    """The demo, and an installation without an owner that takes ``simulator`` for WhatsApp."""

    demo: Demo
    bare: Run
    simulator: SimulatorControl


@pytest.fixture(scope="package")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stacks]:
    """The demo is ready; the other starts while the first journeys are under way."""
    shares.start_once(tmp_path_factory, "journeys")
    folder = tmp_path_factory.mktemp("journeys")
    for name in ("demo", "bare"):
        (folder / name).mkdir()
    run = runs.start(folder / "demo" / "data")
    try:
        url, email, password = run.wait_for(runs.READY.pattern).groups()
        with simulator.running(folder / "simulator") as control:
            bare = runs.start(folder / "bare" / "data", WHATSAPP_API_BASE_URL=control.url)
            try:
                yield Stacks(Demo(url, email, password), bare, control)
            finally:
                bare.kill()
    finally:
        run.kill()


@pytest.fixture(scope="package")
def demo(stacks: Stacks) -> Demo:
    return stacks.demo


@pytest.fixture(scope="package")
def bare_url(stacks: Stacks) -> str:
    """Where nobody has been yet."""
    return stacks.bare.wait_for(r"is ready: (\S+)  open it to create the owner")[1]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    path = test_command.browser()
    assert path is not None, "The journeys need Chromium: install it, or set CHROMIUM to its path."
    expect.set_options(timeout=browsing.PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=browsing.FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def owner(browser: Browser, demo: Demo) -> Iterator[Visitor]:
    """The demo's owner, logged in."""
    with browsing.visit(browser, demo.url) as visitor:
        visitor.log_in(demo.email, demo.password)
        yield visitor


@pytest.fixture(scope="package")
def demo_watch(owner: Visitor) -> Watch:
    """The demo's schedule on screen from the start, its numbers noted down as they change."""
    page = owner.page("/schedules")
    page.get_by_role("link", name="This week's offer").click()
    return Watch(page)


@pytest.fixture(scope="package")
def planned(owner: Visitor) -> Planned:
    """The weekly offer for the club, composed in the editor; other journeys go on meanwhile."""
    page = owner.page("/schedules/new")
    composing.choose_offer_for_club(page)
    made = composing.plan_for_the_next_minute(page)
    page.close()
    return made


@pytest.fixture
def desk(owner: Visitor, demo_watch: Watch) -> Iterator[Visitor]:
    """The owner at work in new tabs; the test fails when a page complains."""
    with browsing.faultless(owner):
        yield owner


@pytest.fixture(scope="package")
def album() -> Path:
    """Where the journeys leave their pictures."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    return PICTURES
