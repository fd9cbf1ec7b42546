"""What axe-core finds on the screens: which there are, how they look, how each is asked.

The test of the browser walks one of each kind; `docs/make_accessibility.py` all of them, in every
language and theme, and with what can be opened on them.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import NamedTuple

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from kpi.settings import ROOT
from kpi.words import say

MIHON = "municipality=見本市（架空のデータ）&plan=見本市総合計画"
#: What an address of a page asks for besides.
MORE = {"indicator": "&series=特定健康診査の受診率"}
#: Levels A and AA of WCAG 2.0 to 2.2; JIS X 8341-3:2016 is WCAG 2.0.
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
#: The themes of the tokens a page can be shown in, as the browser and the address ask for them.
THEMES = {
    "light": ("light", "standard"),
    "dark": ("dark", "standard"),
    "contrast": ("light", "high"),
    "contrast-dark": ("dark", "high"),
}

_AXE = Axe()


class Violation(NamedTuple):
    """One element that breaks one rule."""

    rule: str
    impact: str
    where: str
    html: str


def screens() -> list[str]:
    """The names of all pages, as app.py has them."""
    for node in ast.walk(ast.parse((ROOT / "app.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "PAGES":
            return [key.value for key in node.value.keys]
    raise LookupError("app.py has no table of pages")


def address(screen: str, language: str = "ja", contrast: str = "standard") -> str:
    """The address of a page below that of the dashboard."""
    path = "" if screen == "overview" else screen.replace("_", "-")
    return f"/{path}?{MIHON}{MORE.get(screen, '')}&lang={language}&contrast={contrast}"


def settled(page: Page) -> None:
    """Wait until a page has been drawn whole."""
    expect(page.locator("[data-testid=stMain] h1").first).to_be_visible()
    expect(page.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_be_visible()
    expect(page.locator("[data-stale=true]")).to_have_count(0)
    # What a part of the page is drawn with comes when the first such part does.
    expect(page.locator("[data-testid=stSkeleton]")).to_have_count(0)


def shown_in(page: Page, name: str) -> None:
    """Switch light and dark without opening the page anew, and wait for the colours."""
    page.emulate_media(color_scheme=THEMES[name][0])
    page.wait_for_function(
        "one => document.documentElement.style.colorScheme === one", arg=THEMES[name][0]
    )


def violations(page: Page, rules: list[str] | None = None) -> list[Violation]:
    """What axe finds on a page now, or of some rules alone."""
    only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": LEVELS}
    found = _AXE.run(page, options={"runOnly": only, "resultTypes": ["violations"]})
    return [
        Violation(one["id"], one["impact"], " ".join(map(str, node["target"])), node["html"])
        for one in found.response["violations"]
        for node in one["nodes"]
    ]


def _pressed(key: str) -> Callable[[Page], None]:
    def press(page: Page) -> None:
        page.get_by_role("button", name=say(key)).first.click()

    return press


def _followed(selector: str) -> Callable[[Page], None]:
    def follow(page: Page) -> None:
        page.locator(selector).first.click()
        expect(page.get_by_role("dialog")).to_be_visible()

    return follow


def _chosen(key: str) -> Callable[[Page], None]:
    def choose(page: Page) -> None:
        page.get_by_role("radio", name=say(key)).first.click()

    return choose


def _at(more: str) -> Callable[[Page], None]:
    def go(page: Page) -> None:
        page.goto(f"{page.url}&{more}")

    return go


#: What can be opened on a page, by what it is called in Japanese; in the language that is spoken.
OPENED: dict[str, dict[str, Callable[[Page], None]]] = {
    "overview": {
        "選択欄を開いたところ": lambda page: page.get_by_role("combobox").first.click(),
        "日付を選ぶところ": lambda page: page.locator(
            "[data-testid=stSidebar] [data-testid=stDateInput] button"
        ).first.click(),
        "注意リスト": _chosen("overview.view.attention"),
        "前回からの変化": _chosen("overview.view.changes"),
        "分布": _chosen("overview.view.map"),
    },
    "policy_tree": {
        "表で見る": lambda page: page.locator("[data-testid=stExpander] summary").first.click(),
    },
    "indicator": {
        "図を書き出すところ": _pressed("chart.export.open"),
        "出所": _followed(".kpi-ledger .src a"),
        "評価を手で付けるところ": _pressed("hand.set"),
    },
    "meeting": {
        "準備するところ": _at("meeting=2&change=1"),
        "会議中": _at("meeting=2&item=1"),
        "終わった会議": _at("meeting=1"),
    },
    "target_editing": {
        "構成": _chosen("editing.sections.structure"),
        "Excel": _chosen("editing.sections.workbook"),
    },
    "proposals": {"改定案": _at("proposal=1")},
    "rules": {
        "ルールを作るところ": _pressed("rules.copy"),
        "系列ごとの設定": _chosen("rules.view_series"),
    },
    "history": {
        "二つの日の差": _chosen("history.view_days"),
        "操作記録": _chosen("history.view_acts"),
    },
    "imports": {"取り消すところ": _followed(".kpi-ledger a")},
    "reports": {"形式：評価調書": _chosen("report.short_format.docx")},
    "rounds": {"新しい照会": _at("round=new")},
}
