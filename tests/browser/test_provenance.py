"""A value on a screen opens the piece of the sheet it was read from."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest
from acts import import_bytes
from openpyxl import Workbook
from playwright.sync_api import Page, expect

from kpi.importing.draft import Context
from kpi.store import open_database

pytestmark = pytest.mark.xdist_group("browser")

MARKUP = "<img src=x onerror=alert(1)><b>件数</b>"


def departments_workbook() -> bytes:
    """A table as a department sends it: title, two rows of headings, a note, merged cells."""
    book = Workbook()
    sheet = book.active
    sheet.title = "健康 福祉"
    sheet.append(["令和6年度 実績調べ"])
    sheet.append(["施策", "指標名", "単位", "実績値", None, None, "備考"])
    sheet.append([None, None, None, "R4", "R5", "R6"])
    sheet.append(["健康づくり", "受診率", "％", 0.377, 0.38, 0.392, "国保のみ"])
    sheet.append([None, MARKUP, "件", 1200, 1340, 1405])
    for cells in ("D2:F2", "A4:A5", "A2:A3", "B2:B3", "C2:C3", "G2:G3"):
        sheet.merge_cells(cells)
    for column in "DEF":
        sheet[f"{column}4"].number_format = "0.0%"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.fixture(scope="module")
def address(start_server, empty_file, tmp_path_factory) -> str:
    path = shutil.copy(empty_file, tmp_path_factory.mktemp("provenance") / "kpi.db")
    engine = open_database(f"sqlite:///{path}")
    context = Context(municipality="見本町", plan="健康計画")
    rows = "指標,年度,実績値\n相談件数,R5,12\n".encode()
    corrected = "指標,年度,実績値\n受診率,R4,37.9％\n".encode()
    for file in (
        ("実績調べ.xlsx", departments_workbook()),
        ("古い.csv", rows),
        ("訂正.csv", corrected),
    ):
        with pytest.MonkeyPatch.context() as patch:
            if file[0] == "古い.csv":
                patch.setenv("KPI_KEEP_FILE_MB", "0")
            _, batch = import_bytes(engine, file, context=context)
        assert batch
    engine.dispose()
    return start_server(Path(path)).url


def grid(page: Page) -> list[list[str]]:
    rows = page.locator(".kpi-piece tbody tr").all()
    return [row.locator("th, td").all_inner_texts() for row in rows]


def test_a_fact_and_what_it_was_before_open_their_cells_among_their_neighbours(address, open_page):
    page = open_page(f"{address}/indicator?series=受診率")
    page.get_by_role("link", name="実績調べ.xlsx › 健康 福祉 › E4").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator(".kpi-piece td.asked")).to_have_text("38.0%")
    expect(dialog.locator("dl")).to_contain_text("健康 福祉 › E4")
    expect(dialog.locator("dl")).to_contain_text("2025-06-30 12:00　planner")
    assert grid(page) == [
        ["1", "令和6年度 実績調べ", "", "", "", "", "", ""],
        ["2", "施策", "指標名", "単位", "実績値", "備考"],
        ["3", "R4", "R5", "R6"],
        ["4", "健康づくり", "受診率", "％", "37.7%", "38.0%", "39.2%", "国保のみ"],
        ["5", MARKUP, "件", "1200", "1340", "1405", ""],
    ]
    page.keyboard.press("Escape")
    # What it was before opens its cell too.
    page.get_by_role("link", name="改定1：37.7から").click()
    expect(dialog.locator(".kpi-piece td.asked")).to_have_text("37.7%")
    expect(dialog.locator("dl")).to_contain_text("実績調べ.xlsx")
    page.keyboard.press("Escape")
    page.get_by_role("link", name="訂正.csv › C2").click()
    expect(dialog.locator(".kpi-piece td.asked")).to_have_text("37.9％")


def test_the_latest_value_of_the_overview_opens_its_cell_too(address, open_page):
    page = open_page(address)
    page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    page.get_by_role("link", name="39.2 の出所を開く").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator(".kpi-piece td.asked")).to_have_text("39.2%")
    assert dialog.locator(".kpi-piece img").count() == 0
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_have_text("概況")
    page.get_by_role("link", name="1,405 の出所を開く").click()
    expect(page.locator(".kpi-piece td.asked")).to_have_text("1405")


def test_a_file_that_was_not_kept_is_said_in_a_sentence(address, open_page):
    page = open_page(f"{address}/indicator?series=相談件数")
    page.get_by_role("link", name="古い.csv › C2").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("このファイルは保存していないため")
    expect(dialog).to_contain_text("古い.csv")
    expect(dialog.locator(".kpi-piece")).to_have_count(0)
