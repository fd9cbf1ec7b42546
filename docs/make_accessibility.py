"""Writes docs/accessibility.md: what axe-core finds on every screen, `make accessibility`."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from playwright.sync_api import Browser, Page, expect
from shown_samples import shown_samples

from kpi.words import LANGUAGES, say, speaking

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests"))

from accessibility import (  # noqa: E402
    OPENED,
    THEMES,
    Violation,
    address,
    screens,
    settled,
    shown_in,
    violations,
)

expect.set_options(timeout=30_000)

PAGE = HERE / "accessibility.md"
BEGIN, END = "<!-- 表はここから -->\n", "<!-- 表はここまで -->\n"
THEME_WORDS = {
    "light": "明るい",
    "dark": "暗い",
    "contrast": "高コントラスト",
    "contrast-dark": "高コントラスト（暗い）",
}
LANGUAGE_WORDS = {"ja": "日本語", "en": "英語"}


def main() -> None:
    """Start the dashboard with the samples, walk the screens and write the tables anew."""
    with shown_samples() as (browser, url):
        found = walked(browser, url)
    text = PAGE.read_text(encoding="utf-8")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    PAGE.write_text(before + BEGIN + tables(found) + END + after, encoding="utf-8")


def walked(browser: Browser, url: str) -> dict[tuple[str, str, str], list[Violation]]:
    """Return what is found by screen (and what is opened on it), language and theme."""
    found: dict[tuple[str, str, str], list[Violation]] = {}
    for language in LANGUAGES:
        for contrast in ("standard", "high"):
            page = browser.new_page(viewport={"width": 1440, "height": 900}, locale="ja-JP")
            for screen in screens():
                states = {"": None, **OPENED.get(screen, {})}
                for state, opened in states.items():
                    page.emulate_media(color_scheme="light")
                    opened_at(page, url + address(screen, language, contrast))
                    if opened is not None:
                        with speaking(language):
                            opened(page)
                        page.wait_for_timeout(500)
                        settled(page)
                    for name, (_, of) in THEMES.items():
                        if of == contrast:
                            shown_in(page, name)
                            found[f"{screen} {state}".strip(), language, name] = violations(page)
            page.close()
    return found


def opened_at(page: Page, address: str) -> None:
    """Open an address; on a busy machine a page may have to be asked for twice."""
    page.goto(address, wait_until="commit")
    try:
        settled(page)
    except AssertionError:
        page.reload(wait_until="commit")
        settled(page)


def tables(found: dict[tuple[str, str, str], list[Violation]]) -> str:
    """Return the table of counts, and under it every violation that was found."""
    columns = [(language, name) for language in LANGUAGES for name in THEMES]
    heads = [f"{LANGUAGE_WORDS[language]}・{THEME_WORDS[name]}" for language, name in columns]
    lines = [f"| 画面 | {' | '.join(heads)} |", "|---" * (len(heads) + 1) + "|"]
    for what in dict.fromkeys(what for what, _, _ in found):
        screen, _, state = what.partition(" ")
        called = say(f"page.{screen}") + (f"：{state}" if state else "")
        counts = [str(len(found[what, *column])) for column in columns]
        lines.append(f"| {called} | {' | '.join(counts)} |")
    kinds = Counter((one.rule, one.where) for every in found.values() for one in every)
    if kinds:
        lines += ["", "| 規則 | 場所 | 数 |", "|---|---|---|"]
        lines += [f"| {rule} | `{where}` | {count} |" for (rule, where), count in kinds.items()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
