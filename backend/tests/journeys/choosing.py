"""Choose from React Select as a person does: type, then take what is offered."""

from playwright.sync_api import Page


def pick(page: Page, label: str, option: str) -> None:
    """Type ``option`` into the list box named ``label`` and take the option of that name."""
    page.get_by_role("combobox", name=label, exact=True).fill(option)
    page.get_by_role("option", name=option).first.click()
    page.keyboard.press("Escape")
