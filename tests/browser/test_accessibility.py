"""Every screen for everyone's eyes and hands: axe-core, narrow windows, the keyboard alone."""

from __future__ import annotations

import pytest
from accessibility import address, screens, settled, shown_in, violations
from playwright.sync_api import expect

pytestmark = pytest.mark.xdist_group("browser")

#: What of Streamlit's own cannot be mended from outside: rule and place, with the issue upstream.
#: docs/accessibility.md tells of each.
KNOWN: dict[tuple[str, str], str] = {}


def not_known(page, rules=None):
    found = violations(page, rules)
    return [one for one in found if (one.rule, one.where) not in KNOWN]


def test_no_screen_breaks_a_rule_in_light_in_dark_or_in_a_narrow_window(dashboard, open_page):
    page = open_page(dashboard)
    for screen in screens():
        page.goto(f"{dashboard}{address(screen)}")
        settled(page)
        assert not_known(page) == [], screen
        shown_in(page, "dark")
        assert not_known(page, ["color-contrast"]) == [], screen
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": 320, "height": 640})
        assert sideways(page) == [], screen
        page.set_viewport_size({"width": 1440, "height": 900})


def sideways(page):
    """What sticks out of a page to the right, if it can be scrolled there."""
    return page.evaluate(
        """() => {
          const main = document.querySelector("[data-testid=stMain]");
          const page = document.documentElement;
          if (main.scrollWidth <= main.clientWidth && page.scrollWidth <= innerWidth) return [];
          return [...main.querySelectorAll("*")]
            .filter(part => part.getBoundingClientRect().right > innerWidth + 1)
            .map(part => part.outerHTML.slice(0, 100));
        }"""
    )
