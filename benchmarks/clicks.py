"""What a reader waits for is the painted page, which only the browser can tell the time of."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Locator, Page

#: Seconds after which a page that does not come is taken for broken.
PATIENCE = 60


@dataclass(frozen=True)
class Click:
    """A click in the navigation that leads from one page to another with a table."""

    page: Page
    #: Words of the link to the page that is left, and what is there once that is drawn.
    start: str
    start_drawn: str
    #: Words of the link to the page with the table.
    goal: str
    #: What is there once the table is drawn, so many times, and the line below it.
    rows: str
    count: int
    caption: str
    said: str

    def seconds(self) -> float:
        """Go to the start and click; return the seconds until the whole table is painted."""
        self.page.bring_to_front()
        self._link(self.start).click()
        self.page.wait_for_selector(self.start_drawn)
        self.page.wait_for_selector('[data-test-script-state="notRunning"]')
        # What the browser still does for the page that is left must not count.
        self.page.wait_for_timeout(500)
        link = self._link(self.goal).element_handle()
        arguments = [link, self.rows, self.count, self.caption, self.said, PATIENCE]
        return float(self.page.evaluate(_CLICK_AND_WAIT, arguments))

    def _link(self, words: str) -> Locator:
        return self.page.get_by_role("link", name=words, exact=True)


# Timed within the page: asking it from outside would take longer than a frame.
_CLICK_AND_WAIT = """
async ([link, rows, count, caption, said, patience]) => {
  const drawn = () =>
    document.querySelectorAll(rows).length === count &&
    [...document.querySelectorAll(caption)].some((line) => line.textContent.includes(said));
  const frame = () => new Promise(requestAnimationFrame);
  if (drawn()) throw new Error("the table was there before the click");
  const start = performance.now();
  const seconds = () => (performance.now() - start) / 1000;
  link.click();
  while (!drawn()) {
    if (seconds() > patience) throw new Error("the table was never drawn");
    await frame();
  }
  // When the second frame from here begins, the one with the table has been painted.
  await frame();
  await frame();
  return seconds();
}
"""
