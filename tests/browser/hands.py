"""What everybody does on every page, for several tests."""

from __future__ import annotations

import pytest
from playwright.sync_api import Error, Page, expect


def settled(page: Page) -> None:
    """Wait until the page stands still: what is drawn anew closes what somebody has opened."""
    app = page.get_by_test_id("stApp")
    expect(app).to_have_attribute("data-test-script-state", "notRunning")


def press(page: Page, name: str) -> None:
    button = page.get_by_role("button", name=name, exact=True)
    expect(button).to_be_enabled()
    settled(page)
    button.click()
    settled(page)


def type_into(page: Page, column: int, row: int, text: str, right: int = 0) -> None:
    """Type into a cell of a table: of the column so many pixels from its left, or further right."""
    settled(page)
    # A table that is just being made anew is gone, or closes a cell that is opened in it at once.
    for _ in range(3):
        try:
            open_cell(page, column, row, right)
            page.locator("textarea.gdg-input").fill(text, timeout=5_000)
        except Error:
            continue
        page.keyboard.press("Enter")
        return
    pytest.fail("no cell stays open")


def open_cell(page: Page, column: int, row: int, right: int = 0) -> None:
    # A cell that is chosen already would open by the click alone.
    click_cell(page, 40, row)
    click_cell(page, column, row)
    for _ in range(right):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")


def click_cell(page: Page, column: int, row: int) -> None:
    canvas = page.get_by_test_id("stDataFrame").locator("canvas").first
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    # Widths as the page gives them; the headings are drawn, not written.
    page.mouse.click(box["x"] + column, box["y"] + 35 + row * 35 + 17)
