"""A part of somebody's day, from what they come with to what they leave with."""

from __future__ import annotations

import io
import re
import shutil
from pathlib import Path

import pytest
from hands import press, settled, type_into
from openpyxl import Workbook, load_workbook
from playwright.sync_api import expect
from pptx import Presentation

from kpi.settings import ROOT

pytestmark = pytest.mark.xdist_group("browser")

CITY, PLAN = "見本市（架空のデータ）", "見本市総合計画"
BUS, DAMAGED, PASSED = "市民バスの利用者数", "介護予防に取り組む割合", "大腸がん検診の受診率"
#: Where the target of the third period stands in the table, from its left.
THIRD = 214 + 84 + 62 + 3 * (102 + 74) + 40


@pytest.fixture
def own(start_server, sample_file, tmp_path) -> str:
    """A dashboard with the samples, for a test that leaves it otherwise."""
    return start_server(Path(shutil.copy(sample_file, tmp_path / "kpi.db"))).url


def workbook_of(indicator: str, part: str | None, unit: str, value: object) -> bytes:
    book = Workbook()
    cover, sheet = book.active, book.create_sheet("実績")
    cover.title = "表紙"
    for line in (("自治体", CITY), ("計画", PLAN)):
        cover.append(line)
    sheet.append(("指標", "区分", "単位", "R7\n（速報）"))
    sheet.append((indicator, part, unit, value))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def workbooks() -> dict[str, bytes]:
    """The figures of the year after the city's last table, each row as a workbook of its own."""
    sheet = load_workbook(ROOT / "data/actuals/見本市_成果指標実績_令和6年度.xlsx")["実績一覧"]
    files: dict[str, bytes] = {}
    indicator = ""
    for name, part, unit, department, *values in sheet.iter_rows(min_row=4, values_only=True):
        indicator = str(name or indicator)
        if department and len(files) < 40:
            value = "四割ほど" if indicator == DAMAGED else values[-1]
            file = f"{len(files) + 1:02}_{department}.xlsx"
            files[file] = workbook_of(indicator, part and str(part), str(unit), value)
    return files


def test_a_clerk_brings_forty_workbooks_and_goes_on_without_the_one_that_is_wrong(own, open_page):
    files = workbooks()
    assert len(files) == 40
    page = open_page(f"{own}/imports")
    page.locator("input[type=file]").set_input_files(
        [
            {"name": name, "mimeType": "application/octet-stream", "buffer": content}
            for name, content in files.items()
        ]
    )
    press(page, "40件のファイルの読み方を確かめる")
    expect(page.locator(".kpi-effect")).to_be_visible()
    finding = page.locator(".kpi-findings tr").filter(has_text="四割ほど")
    finding.get_by_role("link", name="08_高齢福祉課.xlsx › 実績 › D2").click()
    press(page, "このファイルを外して進む")
    expect(page.locator(".kpi-told.done")).to_contain_text("08_高齢福祉課.xlsx")
    press(page, "登録へ進む")
    press(page, "この内容で登録する")
    expect(page.get_by_text("登録しました")).to_be_visible()
    page.goto(f"{own}/imports")
    newest = page.locator(".kpi-ledger tbody tr").first
    expect(newest).to_contain_text("01_健康推進課.xlsx")
    expect(newest).not_to_contain_text("08_高齢福祉課.xlsx")
    page.goto(f"{own}/?municipality={CITY}&search=特定健康診査")
    expect(page.get_by_label("報告年度")).to_have_value(re.compile("令和7（2025）年度"))
    expect(page.locator(".kpi-table tbody tr:visible .v")).to_contain_text("38.9")


def test_a_planner_mends_a_target_before_the_council_and_takes_the_slides_along(own, open_page):
    page = open_page(f"{own}/plan-check?municipality={CITY}")
    remark = page.locator(".kpi-remarks tbody tr").filter(has_text=PASSED).first
    expect(remark).to_be_visible()
    page.get_by_role("link", name="目標編集", exact=True).click()
    expect(page.locator("#glide-cell-1-1")).to_have_count(1)
    settled(page)
    page.get_by_label("指標名で探す").fill(PASSED)
    page.get_by_label("指標名で探す").press("Enter")
    expect(page.locator("#glide-cell-1-1")).to_have_count(0)
    settled(page)
    type_into(page, THIRD, 0, "２５．５％以上")
    expect(page.locator(".kpi-edits tbody tr")).to_contain_text("25.5％以上")
    for label, text in (("改定案の題名", "見直し"), ("改定の理由", "すでに達成したため")):
        page.get_by_label(label, exact=True).fill(text)
        page.get_by_label(label, exact=True).press("Tab")
        settled(page)
    press(page, "下書きを保存する")
    expect(page.locator(".kpi-told.done")).to_be_visible()
    page.get_by_role("link", name="改定案", exact=True).click()
    page.locator(".kpi-ledger a").first.click()
    press(page, "申請して承認する")
    expect(page.locator(".kpi-stage")).to_have_text("承認")
    page.get_by_role("link", name="資料作成", exact=True).click()
    page.get_by_role("link", name="すべて外す").click()
    page.get_by_role("link", name=f"「{PASSED}」を資料に入れる").click()
    settled(page)
    press(page, "資料を作る")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="ダウンロード：").click()
    slides = Presentation(waiting.value.path()).slides
    told = "".join(s.text_frame.text for slide in slides for s in slide.shapes if s.has_text_frame)
    assert PASSED in told
    assert "25.5％以上" in told


def test_somebody_with_a_small_laptop_finds_one_figure_and_the_cell_it_came_from(
    dashboard, open_page
):
    page = open_page(f"{dashboard}/?municipality={CITY}")
    page.set_viewport_size({"width": 1366, "height": 768})
    box = page.get_by_role("searchbox", name="指標を探す")
    box.fill("市民ﾊﾞｽ")
    box.press("Enter")
    page.locator(".kpi-found li").first.get_by_role("link").click()
    # The answer stands on the first screen.
    for part in ("h1", ".kpi-verdict", ".kpi-say"):
        expect(page.locator(part).first).to_be_in_viewport(ratio=0.9)
    expect(page.get_by_role("figure")).to_be_in_viewport(ratio=0.7)
    expect(page.locator(".kpi-say").first).to_contain_text("令和6年度（速報）は1,672千人")
    figure = page.locator(".kpi-ledger tbody tr").filter(has_text="1,672").first
    figure.get_by_role("link").last.click()
    expect(page.get_by_role("dialog")).to_contain_text("見本市_成果指標実績_令和6年度.xlsx")
    page.keyboard.press("Escape")
    # Whoever is sent the address sees the same.
    there = open_page(page.url)
    expect(there.get_by_role("heading", level=1)).to_have_text(BUS)


def test_a_phone_shows_what_a_mailed_address_leads_to_and_the_way_on(dashboard, open_page):
    page = open_page("about:blank")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{dashboard}/indicator?municipality={CITY}&series={BUS}")
    expect(page.locator(".kpi-verdict")).to_be_visible()
    settled(page)
    wide = "() => document.querySelector('[data-testid=stMain]').scrollWidth"
    assert page.evaluate(wide) <= 390
    page.get_by_role("button", name="左の欄を開く").click()
    page.get_by_role("link", name="概況", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("概況")
    expect(page.locator(".kpi-lead").first).to_be_in_viewport()
    assert page.evaluate(wide) <= 390


def test_a_screen_reader_is_told_the_chart_in_a_sentence_and_the_figures_in_a_table(
    dashboard, open_page
):
    page = open_page(f"{dashboard}/indicator?municipality={CITY}&series={BUS}")
    expect(page.locator(".js-plotly-plot .js-line").first).to_be_visible()
    settled(page)
    read = page.get_by_role("main").aria_snapshot()
    # In this order: what it is about, the chart as a sentence alone, the verdict, the cells.
    order = [
        f'heading "{BUS}" [level=1]',
        'heading "推移と期ごとの目標" [level=2]',
        f'figure "{BUS}の推移。令和7年度の目標1,950千人以上に対し令和6年度（速報）は1,672千人。',
        "- text: 後退 第3期・目標年度の1年前の実績で評価",
        "- table",
    ]
    places = [read.find(what) for what in order]
    assert -1 not in places, read
    assert places == sorted(places)
    figure = page.get_by_role("figure").aria_snapshot()
    assert "img" not in figure


def test_without_colour_every_rating_has_a_shape_and_a_word_of_its_own(dashboard, open_page):
    page = open_page(f"{dashboard}/?municipality={CITY}&view=list")
    expect(page.locator(".kpi-table tbody tr:visible")).to_have_count(40)
    marks = page.locator(".kpi-table .st").evaluate_all(
        """marks => marks.map(mark => [
          mark.querySelector("b").textContent, mark.querySelector("svg").innerHTML])"""
    )
    shapes = {}
    for word, shape in marks:
        shapes.setdefault(word, set()).add(shape)
    assert {"達成", "順調", "後退"} <= set(shapes)
    assert all(len(own) == 1 for own in shapes.values())
    # 未達 is what 遅れ is called of a period that has ended.
    alike = {frozenset({"未達", "遅れ"})}
    for word, own in shapes.items():
        for other, others in shapes.items():
            assert word == other or own != others or frozenset({word, other}) in alike
