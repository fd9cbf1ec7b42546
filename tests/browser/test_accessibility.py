"""Every screen for everyone's eyes and hands: axe-core, narrow windows, the keyboard alone."""

from __future__ import annotations

import pytest
from accessibility import address, settled, shown_in, violations
from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

pytestmark = pytest.mark.xdist_group("browser")

#: One of each kind: tables, a chart, a tree, a grid. `make accessibility` walks all of them in both
#: languages and every theme, and takes minutes.
WALKED = ("overview", "indicator", "policy_tree", "target_editing")


def test_no_screen_breaks_a_rule_in_light_in_dark_or_in_a_narrow_window(dashboard, open_page):
    page = open_page(dashboard)
    for screen in WALKED:
        page.goto(f"{dashboard}{address(screen)}")
        settled(page)
        assert violations(page) == [], screen
        shown_in(page, "dark")
        assert violations(page, ["color-contrast"]) == [], screen
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": 320, "height": 640})
        assert sideways(page) == [], screen
        page.set_viewport_size({"width": 1440, "height": 900})


def sideways(page: Page) -> list[str]:
    """What sticks out of a page to the right, once all has taken its place."""
    fits = """() => [document.documentElement, document.querySelector("[data-testid=stMain]")]
      .every(part => part.scrollWidth <= part.clientWidth)"""
    try:
        page.wait_for_function(fits, timeout=5_000)
    except PlaywrightTimeoutError:
        return page.evaluate(
            """() => [...document.querySelectorAll("[data-testid=stMain] *")]
              .filter(part => part.getBoundingClientRect().right > innerWidth + 1)
              .map(part => part.outerHTML.slice(0, 100))"""
        )
    return []


def focused(page: Page) -> str:
    """What the focus is on, by the name a screen reader says; the focus has to be seen."""
    name, outlined = page.evaluate(
        """() => {
          const at = document.activeElement;
          const label = at.labels?.[0];
          const name = at.getAttribute("aria-label") || (label ?? at).innerText || "";
          const seen = part => {
            const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(part);
            return outlineStyle === "solid" && parseFloat(outlineWidth) >= 2 && outlineColor;
          };
          // A box shows it around the field and its button; the whole page shows it at its top.
          const ring = [at, at.parentElement, label].some(part => part && seen(part));
          return [name.trim(), at.dataset.testid === "stMain" || ring];
        }"""
    )
    assert outlined, name
    return name


def tab_to(page: Page, name: str, most: int = 40) -> None:
    for _ in range(most):
        page.keyboard.press("Tab")
        if focused(page).startswith(name):
            return
    raise AssertionError(name)


def test_the_way_from_the_overview_to_a_picture_is_gone_with_the_keyboard_alone(
    dashboard, open_page
):
    page = open_page(f"{dashboard}{address('overview')}")
    settled(page)
    page.keyboard.press("Tab")
    assert focused(page) == "本文へ移る"
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("stMain")).to_be_focused()
    tab_to(page, "すべて 40")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    expect(page.locator(".kpi-table tbody tr:visible")).to_have_count(6)
    tab_to(page, "市民バスの利用者数")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("市民バスの利用者数")
    settled(page)
    tab_to(page, "図を書き出す")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="SVGで保存")).to_be_visible()
    settled(page)
    tab_to(page, "カラー")
    tab_to(page, "SVGで保存")
    with page.expect_download(timeout=60_000) as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename == "市民バスの利用者数.svg"


def test_more_contrast_less_motion_and_forced_colours_are_given_where_the_system_asks(
    dashboard, open_page
):
    page = open_page("about:blank")
    page.emulate_media(contrast="more", reduced_motion="reduce")
    page.goto(f"{dashboard}/?municipality=見本市（架空のデータ）")
    settled(page)
    assert "contrast=high" in page.url
    assert violations(page) == []
    moving = """() => [...document.querySelectorAll("*")].filter(part => {
      const { animationDuration, transitionDuration } = getComputedStyle(part);
      return [animationDuration, transitionDuration].some(long => parseFloat(long) > .001);
    }).length"""
    assert page.evaluate(moving) == 0
    page.get_by_role("link", name="市民バスの利用者数").click()
    expect(page.locator(".js-plotly-plot .js-line").first).to_be_visible()
    assert "contrast=high" in page.url
    page.get_by_role("link", name="標準").click()
    page.wait_for_url("**contrast=standard**")
    page.emulate_media(forced_colors="active")
    expect(page.locator(".kpi-verdict .kpi-mark")).to_have_css("color", "rgb(0, 0, 0)")
