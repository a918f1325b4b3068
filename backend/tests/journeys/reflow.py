"""On the narrowest phones nothing is cut off at the side or has to be scrolled sideways."""

from playwright.sync_api import Page

# Text that ends in an ellipsis, what only screen readers get, and typing fields are meant to;
# what holds no words, such as a switch, hides none.
CUT_OFF = """() => [document.documentElement, ...document.querySelectorAll("body *")]
  .filter((one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 1)
  .filter((one) => one.innerText?.trim())
  .filter((one) => {
    const { overflowX, textOverflow } = getComputedStyle(one);
    const clips = one === document.documentElement || overflowX !== "visible";
    return clips && textOverflow !== "ellipsis" && !one.closest("input, textarea, select");
  })
  .map((one) => `${one.tagName} ${one.className}: ${one.scrollWidth} px in ${one.clientWidth}`)"""


def cut_off(page: Page) -> list[str]:
    """Each element wider than the room it has."""
    found: list[str] = page.evaluate(CUT_OFF)
    return [f"{page.url}: {one}" for one in found]
