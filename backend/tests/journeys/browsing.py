"""Windows of a real browser that notice what a person would not: console errors, a broken CSP."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, ViewportSize

# Debian's build, in a container and as root too; nothing is asked of the network.
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
)  # fmt: skip
DESKTOP = ViewportSize(width=1280, height=800)
PHONE = ViewportSize(width=360, height=740)
PATIENCE_MS = 30_000
REPORT_CSP = """addEventListener("securitypolicyviolation", (e) =>
  console.error(`CSP: ${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`))"""


@dataclass
class Visitor:
    """One person's browser: their cookies, language, and what went wrong on their pages."""

    context: BrowserContext
    url: str
    faults: list[str] = field(default_factory=list)

    def page(self, path: str = "", viewport: ViewportSize = DESKTOP) -> Page:
        """A new tab at ``path``."""
        page = self.context.new_page()
        page.set_viewport_size(viewport)
        page.goto(self.url + path)
        return page

    def hear(self, said: ConsoleMessage) -> None:
        """Keep what the console says in red."""
        if said.type == "error":
            self.faults.append(f"{said.text} at {said.location['url']}")

    def log_in(self, email: str, password: str) -> None:
        """As a person does, with the English or Spanish form."""
        page = self.page("/login")
        page.locator("input[name=email]").fill(email)
        page.locator("input[name=password]").fill(password)
        page.locator("button[type=submit]").click()
        page.wait_for_url(f"{self.url}/")
        page.close()


@contextmanager
def visit(browser: Browser, url: str, locale: str = "en-US") -> Iterator[Visitor]:
    """A fresh browser profile at ``url``; its pages are closed afterwards."""
    context = browser.new_context(locale=locale, timezone_id="America/New_York")
    context.set_default_timeout(PATIENCE_MS)
    context.add_init_script(REPORT_CSP)
    visitor = Visitor(context, url)
    context.on("console", visitor.hear)
    context.on("weberror", lambda thrown: visitor.faults.append(f"uncaught: {thrown.error}"))
    try:
        yield visitor
    finally:
        context.close()


@contextmanager
def faultless(visitor: Visitor) -> Iterator[Visitor]:
    """Fails when a page complained meanwhile; closes the pages opened meanwhile."""
    visitor.faults.clear()
    before = list(visitor.context.pages)
    yield visitor
    for page in visitor.context.pages:
        if page not in before:
            page.close()
    assert not visitor.faults, "\n".join(visitor.faults)
