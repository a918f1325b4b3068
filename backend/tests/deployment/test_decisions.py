"""The pages of decisions: numbered, listed, of one shape and length; their links lead on."""

import re
from pathlib import Path

import pytest

from devstack.layout import ROOT

FOLDER = ROOT / "docs" / "decisions"
PAGES = sorted(FOLDER.glob("[0-9]*.md"))


def test_numbers_follow_each_other_and_all_are_listed() -> None:
    assert [int(page.name[:4]) for page in PAGES] == list(range(1, len(PAGES) + 1))
    listed = re.findall(r"\((\d{4}-[\w-]+\.md)\)", (FOLDER / "README.md").read_text())
    assert listed == [page.name for page in PAGES]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_has_the_shape_of_the_first(page: Path) -> None:
    text = page.read_text()
    assert text.startswith(f"# {int(page.name[:4])}. ")
    assert re.search(r"^(Accepted|Replaced by \[\d+\]\(.+\)), \d{4}-\d\d-\d\d$", text, re.M)
    assert re.findall(r"^## (.+)$", text, re.M) == [
        "Context",
        "Decision",
        "Consequences",
        "Where",
    ]
    assert len(text.splitlines()) <= 60


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_its_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", page.read_text())
    assert links
    missing = [link for link in links if not (page.parent / link).resolve().exists()]
    assert missing == []
