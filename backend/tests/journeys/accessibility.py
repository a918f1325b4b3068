"""axe-core on a page: whoever sees, hears or types differently can use it too."""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

GRAVE = {"serious", "critical"}
RUN = "axe.run({resultTypes: ['violations']}).then(({violations}) => violations)"


def grave(page: Page) -> list[str]:
    """Whatever axe calls serious or critical: page, rule, place and why."""
    found = [one for one in violations(page) if one["impact"] in GRAVE]
    return [f"{page.url}: {one['id']} at {place(node)}" for one in found for node in one["nodes"]]


def violations(page: Page) -> list[dict[str, Any]]:
    """Everything axe finds; its script stays in the page for the next look."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found: list[dict[str, Any]] = page.evaluate(RUN)
    return found


def place(node: dict[str, Any]) -> str:
    summary = " ".join(node["failureSummary"].split())
    return f"{node['target']} ({summary})"
