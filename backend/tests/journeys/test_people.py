"""People come in by a file with mistakes, one changes their mind, and a program reads along."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.journeys.browsing import Visitor
from tests.journeys.rest import Rest

pytestmark = [pytest.mark.journey, pytest.mark.timeout(400)]
FILE = """name,phone,city
Berta Lindqvist,+1 646 555 0101,New York
Cornelius Vega,12,Boston
Dolores Okafor,+1 646 555 0103,New York
Emil Nobody,,Chicago
"""


def test_a_file_with_bad_rows_is_imported_and_they_are_listed(desk: Visitor, album: Path) -> None:
    page = desk.page("/recipients/import")
    file = FilePayload(name="people.csv", mimeType="text/csv", buffer=FILE.encode())
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a CSV file").click()
    chooser.value.set_files([file])
    expect(page.get_by_role("cell", name="Berta Lindqvist")).to_be_visible()
    page.get_by_label("These people agreed").check()
    page.get_by_label("Where and when did they agree?").fill("Paper form, 2 May 2026")
    page.screenshot(path=album / "import.png", full_page=True)
    page.get_by_role("button", name="Add 4 people").click()
    expect(page.get_by_role("status").filter(has_text="added")).to_contain_text("2 added")
    expect(page.get_by_role("status").filter(has_text="added")).to_contain_text("2 refused")
    problems = page.get_by_role("table", name="Rows that were not added")
    expect(problems.get_by_role("row", name=re.compile("^3 .*Cornelius Vega, 12"))).to_be_visible()
    expect(problems.get_by_role("row", name=re.compile("^5 .*Emil Nobody"))).to_be_visible()
    page.screenshot(path=album / "import-outcome.png", full_page=True)
    change_consent(desk.page("/recipients"), "Berta Lindqvist", album)


def change_consent(page: Page, name: str, album: Path) -> None:
    page.get_by_label("Search name or phone").fill(name)
    page.get_by_role("link", name=name).click()
    consent = page.get_by_role("region", name="Consent")
    expect(consent).to_contain_text("Paper form, 2 May 2026")
    refuse = consent.get_by_role("button", name="Record: no marketing")
    expect(refuse).to_be_disabled()
    consent.get_by_label("Where and when they said so").fill("On the phone, today")
    refuse.click()
    expect(consent).to_contain_text("Opted out")
    expect(consent).to_contain_text("On the phone, today")
    page.screenshot(path=album / "consent.png", full_page=True)


def test_a_key_made_here_works_over_rest(desk: Visitor, album: Path) -> None:
    page = desk.page("/settings/api-keys")
    page.get_by_role("button", name="New API key").click()
    dialog = page.get_by_role("dialog", name="New API key")
    dialog.get_by_label("Name").fill("Till in the shop")
    dialog.get_by_role("button", name="Create key").click()
    expect(dialog).to_contain_text("shown only this once")
    key = dialog.get_by_label("Key", exact=True).input_value()
    dialog.get_by_role("button", name="I have copied it").click()
    assert len(Rest(desk.url, key).items("recipients")) == 1
    page.reload()
    row = page.get_by_role("listitem").filter(has_text="Till in the shop")
    expect(row).to_contain_text("Last used")
    assert key not in page.content()
    row.scroll_into_view_if_needed()
    page.screenshot(path=album / "api-key.png")
