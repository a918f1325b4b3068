"""Notes every set of numbers that a schedule's page shows while nobody touches it."""

import re

from playwright.sync_api import Page, expect

LEGEND = "Show only one state"
# Runs in the page, so that no number is missed while the test is elsewhere.
NOTE_DOWN = """(label) => {
  const seen = (window.seenCounts = []);
  const note = () => {
    const items = document.querySelectorAll(`[aria-label="${label}"] li`);
    const now = [...items].map((item) => item.innerText.replace(/\\s+/g, " ").trim()).join(", ");
    if (now && now !== seen.at(-1)) seen.push(now);
  };
  note();
  new MutationObserver(note).observe(document.body,
    { subtree: true, childList: true, characterData: true });
}"""


class Watch:
    """A page of a schedule, from now on."""

    def __init__(self, page: Page) -> None:
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.evaluate(NOTE_DOWN, LEGEND)
        self.page = page

    def seen(self) -> list[dict[str, int]]:
        """The different counts so far, such as ``[{"Scheduled": 200}, …]``, oldest first."""
        noted: list[str] = self.page.evaluate("window.seenCounts")
        return [counts_in(text) for text in noted]


def counts_in(legend: str) -> dict[str, int]:
    """``"Delivered 1,204, Read 3"`` as ``{"Delivered": 1204, "Read": 3}``."""
    found = re.findall(r"(\w+) ([\d,]+?)(?:, |$)", legend)
    return {state: int(number.replace(",", "")) for state, number in found}
