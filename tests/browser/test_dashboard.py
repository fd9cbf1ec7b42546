"""The three screens in a real browser, as their users go through them."""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from acts import import_bytes
from playwright.sync_api import Page, expect

from kpi.store import open_database

pytestmark = pytest.mark.xdist_group("browser")

GOLD = Path(__file__).parents[1] / "gold" / "kawasaki.csv"
#: How amounts and shares of the document are shown in a table with a column for the unit.
SHOWN = {"30億7,700万円": "30.77", "8,377万円": "8,377"}


def gold_actuals() -> list[tuple[str, str, str]]:
    """Indicator, component and actual of the document, the actual as a table shows it."""
    with GOLD.open(encoding="utf-8") as file:
        return [
            (
                row["indicator"],
                row["component"],
                SHOWN.get(row["value_text"], row["value_text"].rstrip("％%世帯")),
            )
            for row in csv.DictReader(file)
            if row["kind"] == "actual" and row["value"]
        ]


def row_of(page: Page, indicator: str, series: str = ""):
    rows = page.locator(".kpi-table tbody tr:visible").filter(has_text=indicator)
    return rows.filter(has_text=series) if series else rows


def query(page: Page) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


#: Of an old laptop's window, a laptop's and a desk's.
WIDTHS = (1280, 1440, 1920)


def test_the_overview_is_found_by_its_name_too(dashboard, open_page):
    page = open_page(f"{dashboard}/overview?municipality=駒ヶ根市")
    expect(page.locator(".kpi-lead")).to_contain_text("16系列のうち4系列")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert query(page)["municipality"] == "駒ヶ根市"


def test_from_an_empty_folder_to_the_figures_of_the_document(start_server, tmp_path, open_page):
    server = start_server(tmp_path / "var" / "kpi.db")
    assert any("川崎市総合計画.xlsx" in line for line in server.lines)
    page = open_page(server.url)
    # The reporting year, 令和2年度, lies in the second period.
    expect(page.locator(".kpi-lead")).to_contain_text("第2期の目標に届いているのは6系列のうち3系列")
    for indicator, series, actual in gold_actuals():
        row = row_of(page, indicator, series)
        expect(row.locator(".v b")).to_have_text(actual)
    expect(page.locator(".kpi-state")).to_contain_text(re.compile(r"ほか\d+自治体"))
    expect(page.locator("html")).to_have_attribute("lang", "ja")
    expect(page).to_have_title("道しるべ")


def test_the_overview_tells_each_period_in_words_numbers_and_shapes(dashboard, open_page):
    page = open_page(dashboard)
    periods = page.locator(".kpi-period")
    expect(periods).to_have_count(3)
    expect(periods.nth(0)).to_contain_text("6系列のうち 5 が目標の水準に到達")
    expect(periods.nth(0)).to_contain_text("参考")
    expect(periods.nth(2).locator(".bar")).to_have_attribute(
        "aria-label", "達成 2、順調 4、後退 1、評価不能 2"
    )
    marks = row_of(page, "国民健康保険料", "収入未済額").locator("td.mark")
    expect(marks).to_have_text(["達成50以下", "順調30以下", "順調25以下"])
    assert marks.locator("svg").count() == 3


def test_a_click_keeps_period_and_year_and_the_back_button_the_filter(dashboard, open_page):
    page = open_page(f"{dashboard}/?municipality=見本市（架空のデータ）&year=2023")
    page.get_by_role("link", name="第2期", exact=True).click()
    expect(page.locator(".kpi-lead")).to_contain_text("第2期")
    assert query(page)["period"] == "2"
    page.get_by_text("× 後退 8").click()
    expect(page.locator(".kpi-table tbody tr:visible")).to_have_count(8)
    page.get_by_role("link", name="市民バスの利用者数").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("市民バスの利用者数")
    expect(page.locator(".kpi-verdict")).to_contain_text("第2期")
    asked = query(page)
    assert (asked["series"], asked["period"], asked["year"]) == ("市民バスの利用者数", "2", "2023")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("概況")
    expect(page.locator(".kpi-table tbody tr:visible")).to_have_count(8)
    expect(page.locator(".kpi-lead")).to_contain_text("第2期")


def test_nothing_is_cut_and_nothing_wasted(dashboard, open_page):
    page = open_page(f"{dashboard}/?municipality=見本市（架空のデータ）&period=1")
    expect(page.locator(".kpi-table tbody tr:visible")).to_have_count(40)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        fills_the_width(page, ".kpi-table", width)
        search = page.get_by_label("指標名で探す").bounding_box()
        rating = page.get_by_text("すべて 40").bounding_box()
        assert abs(search["y"] - rating["y"]) < 30, width
    page.get_by_role("link", name="特定健康診査の受診率").click()
    expect(page.locator(".kpi-ledger")).to_contain_text("改定1：速報37.7から")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        fills_the_width(page, ".kpi-ledger", width)


def fills_the_width(page, what, width):
    page.wait_for_function(
        """([what, width]) => {
          const { right } = document.querySelector(what).getBoundingClientRect();
          return width - 48 < right && right <= width;
        }""",
        arg=[what, width],
    )


def test_the_indicator_page_tells_chart_sentence_numbers_and_cells(dashboard, open_page):
    page = open_page(f"{dashboard}/indicator?series=就労支援事業等に参加可能な人の事業参加率")
    expect(page.locator(".kpi-say")).to_contain_text(
        "目標65％以上に対し令和2年度は53％。あと12ポイント、毎年2.4ポイントの改善が必要"
    )
    chart = page.locator(".js-plotly-plot")
    expect(chart).to_contain_text("目標 65以上")
    expect(chart).to_contain_text("53")
    ledger = page.locator(".kpi-ledger tbody tr")
    expect(ledger).to_have_count(2)
    expect(ledger.nth(0)).to_contain_text("川崎市総合計画.xlsx › 成果指標 › K10")
    expect(ledger.nth(1)).to_contain_text("川崎市_実績.csv › F8")


def test_a_chart_is_downloaded_as_it_is_asked_for(dashboard, open_page):
    """As PNG here, as SVG in test_accessibility.py; what is in each is tested in tests/charts."""
    page = open_page(f"{dashboard}/indicator?series=国民健康保険料収入率等 収入未済額")
    expect(page.locator(".js-plotly-plot")).to_contain_text("50億円以下")
    page.get_by_role("button", name="図を書き出す").click()
    with page.expect_download(timeout=60_000) as download:
        page.get_by_role("button", name="PNGで保存").click()
    assert download.value.suggested_filename == "国民健康保険料収入率等 収入未済額.png"
    assert Path(download.value.path()).read_bytes().startswith(b"\x89PNG\r\n")


def test_large_figures_and_long_names_can_be_read_in_full(
    start_server, empty_file, tmp_path, open_page
):
    plan = "第5次*見本市*総合計画 ![後期](http://example.invalid/x.png) <b>基本計画</b> $1$ :red[-]"
    lines = ["自治体,計画,指標,単位,種別,年度,値"]
    lines += [
        f"見本市,{plan},観光客数,人,実績,{2018 + n},{1_200_000 + 60_000 * n}" for n in range(6)
    ]
    path = shutil.copy(empty_file, tmp_path / "kpi.db")
    engine = open_database(f"sqlite:///{path}")
    import_bytes(engine, ("観光.csv", "\n".join(lines).encode()))
    engine.dispose()
    page = open_page(f"{start_server(Path(path)).url}/indicator?series=観光客数")
    chart = page.locator(".js-plotly-plot")
    expect(chart.locator(".ytick text").first).to_be_visible()
    left = chart.bounding_box()["x"]
    for label in chart.locator(".ytick text").all():
        assert label.bounding_box()["x"] >= left
    page.get_by_test_id("stTooltipHoverTarget").first.hover()
    expect(page.get_by_role("tooltip")).to_have_text(plan)
