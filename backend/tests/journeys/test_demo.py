"""What a stranger sees first: the demo's schedule runs, and everyone gets it or a reason."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.browsing import Visitor
from tests.journeys.watching import Watch

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]
EVERYONE = 200
ENDS = {"Delivered", "Read", "Skipped", "Failed"}


def test_everyone_of_the_demo_is_seen_to_get_it_or_a_reason(
    desk: Visitor, demo_watch: Watch, album: Path
) -> None:
    page = demo_watch.page
    page.bring_to_front()
    expect(page.get_by_text("Completed", exact=True)).to_be_visible(timeout=150_000)
    sentence = re.compile(rf"^{EVERYONE} people: \d+ got it, \d+ didn't\.$")
    expect(page.get_by_text(sentence)).to_be_visible()
    under_way = page.get_by_role(
        "button", name=re.compile(r"^(Scheduled|Sending|Accepted|Sent) \d")
    )
    expect(under_way).to_have_count(0)
    seen = demo_watch.seen()
    assert len(seen) > 3, seen
    assert all(sum(counts.values()) == EVERYONE for counts in seen), seen
    assert set(seen[-1]) <= ENDS, seen[-1]
    page.screenshot(path=album / "demo-done.png", full_page=True)
