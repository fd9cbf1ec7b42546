"""Excel of 目標編集 in a real browser: taken out, changed at a desk, brought back, decided."""

from __future__ import annotations

import io
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from acts import taken_back_afterwards
from hands import press, settled
from openpyxl import load_workbook
from playwright.sync_api import Locator, Page, expect

from kpi.editing.cells import Slot
from kpi.editing.grid import Column, Part, Place, grid_of, read_grid
from kpi.model import Kind, Step
from kpi.store import (
    open_database,
    plans,
    proposals,
    read_parts,
    read_proposal,
    save_proposal,
    step_proposal,
)

pytestmark = pytest.mark.xdist_group("browser")

THIRD = Column(Part.FIGURE, Slot(Kind.TARGET, 3))


@pytest.fixture(scope="module")
def kept(start_server, sample_file, tmp_path_factory):
    database = tmp_path_factory.mktemp("workbook") / "kpi.db"
    shutil.copy(sample_file, database)
    engine = open_database(f"sqlite:///{database}")
    yield start_server(database).url, engine
    engine.dispose()


@pytest.fixture
def city(kept):
    """A dashboard with the plan as it was: its address and its database."""
    with taken_back_afterwards(kept[1], mihon(kept[1]).municipality):
        yield kept


def mihon(engine):
    return next(header for header in plans(engine) if header.plan.name == "見本市総合計画")


def at_excel(open_page, address) -> Page:
    page = open_page(f"{address}/target-editing?municipality=見本市（架空のデータ）")
    expect(page.locator(".kpi-edits")).to_be_visible()
    settled(page)
    page.get_by_role("radio", name="Excel", exact=True).click()
    expect(page.get_by_role("heading", name="1　取り出す")).to_be_visible()
    return page


def draft(page: Page) -> Locator:
    return page.locator(".kpi-edits").filter(has_text="この下書きの変更")


def taken_out(page: Page) -> bytes:
    settled(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="目標編集用のExcelを保存", exact=True).click()
    assert download.value.suggested_filename.startswith(
        "見本市（架空のデータ）_見本市総合計画_目標編集用_"
    )
    return Path(download.value.path()).read_bytes()


def written(data: bytes, texts: dict[tuple[str, str], str]) -> bytes:
    """Write into cells, by the name of the indicator and the key of the column."""
    book = load_workbook(io.BytesIO(data))
    sheet = book.worksheets[0]
    keys = {cell.value: cell.column for cell in sheet[1]}
    for row in sheet.iter_rows(min_row=6):
        for (indicator, key), text in texts.items():
            if row[keys["indicator"] - 1].value == indicator:
                row[keys[key] - 1].value = text
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def bring(page: Page, data: bytes, name: str = "目標編集用.xlsx") -> None:
    settled(page)
    page.locator("input[type=file]").set_input_files(
        [{"name": name, "mimeType": "application/octet-stream", "buffer": data}]
    )
    expect(page.get_by_role("button", name="読み込みをやめる")).to_be_visible()
    settled(page)


def change_on_the_server(engine, indicator: str, text: str) -> None:
    """Somebody else's proposal, approved."""
    header = mihon(engine)
    grid = grid_of(read_parts(engine, header))
    series = next(row.series.id for row in grid.rows if row.indicator.name == indicator)
    edits = read_grid(grid, {Place(series, 0, THIRD): text}).edits
    now = datetime.now(UTC)
    proposal = save_proposal(
        engine,
        header.municipality,
        header.plan.id,
        edits,
        title="見直し",
        reason="国の基準に合わせる",
        author="総務 花子",
        now=now,
    )
    for step in (Step.SUBMIT, Step.APPROVE):
        step_proposal(
            engine,
            header.municipality,
            proposal.id,
            step,
            version=proposal.version,
            author="総務 花子",
            now=now,
        )
        proposal = read_proposal(engine, header.municipality, proposal.id)


def test_a_draft_is_taken_out_changed_and_brought_back(open_page, city):
    address, engine = city
    page = at_excel(open_page, address)
    data = written(
        taken_out(page),
        {
            ("特定健康診査の受診率", "figure target 3"): "４５.０％以上",
            ("大腸がん検診の受診率", "figure target 3"): "いっぱい",
        },
    )
    bring(page, data)
    row = page.locator(".kpi-findings tbody tr").filter(has_text="いっぱい")
    expect(row).to_contain_text("要修正")
    expect(page.get_by_role("button", name="1件を下書きに入れる")).to_be_disabled()
    press(page, "読み込みをやめる")
    data = written(data, {("大腸がん検診の受診率", "figure target 3"): "31.0以上"})
    bring(page, data)
    row = page.locator(".kpi-findings tbody tr").filter(has_text="特定健康診査の受診率")
    expect(row).to_contain_text("42.0以上")
    expect(row).to_contain_text("45％以上")
    press(page, "2件を下書きに入れる")
    expect(draft(page)).to_contain_text("大腸がん検診の受診率")
    settled(page)
    for label, text in (("改定案の題名", "Excelでの見直し"), ("改定の理由", "実績を踏まえて")):
        box = page.get_by_label(label, exact=True)
        box.fill(text)
        box.press("Tab")
        settled(page)
    press(page, "下書きを保存する")
    expect(page.get_by_text("「Excelでの見直し」を保存しました（変更2件）。")).to_be_visible()
    municipality = mihon(engine).municipality
    proposal = read_proposal(engine, municipality, proposals(engine, municipality)[0].id)
    sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    for edit in proposal.edits:
        place = edit.after.provenance
        assert place.file == "目標編集用.xlsx"
        assert sheet[place.cell].value == edit.after.value_text


def test_what_others_changed_meanwhile_is_decided_cell_by_cell(open_page, city):
    address, engine = city
    page = at_excel(open_page, address)
    data = taken_out(page)
    change_on_the_server(engine, "特定健康診査の受診率", "44.0以上")
    change_on_the_server(engine, "特定保健指導の実施率", "33.0以上")
    data = written(data, {("特定健康診査の受診率", "figure target 3"): "46.0以上"})
    page = at_excel(open_page, address)
    bring(page, data)
    title = "特定健康診査の受診率　第3期目標（取り出したときは「42.0以上」）"
    question = page.get_by_role("radiogroup", name=title)
    expect(question).to_contain_text("Excelの値：46.0以上")
    expect(question).to_contain_text("いまの値：44.0以上　総務 花子")
    expect(page.get_by_role("button", name="0件を下書きに入れる")).to_be_disabled()
    question.get_by_text("Excelの値：46.0以上").click()
    press(page, "1件を下書きに入れる")
    change = draft(page).locator("tbody tr")
    expect(change).to_have_count(1)
    expect(change).to_contain_text("44.0以上")
    expect(change).to_contain_text("46.0以上")


def test_a_workbook_brought_to_the_import_is_sent_where_it_belongs(open_page, city):
    address, _ = city
    page = at_excel(open_page, address)
    data = written(taken_out(page), {("特定健康診査の受診率", "figure target 3"): "46.0以上"})
    page = open_page(f"{address}/imports")
    page.locator("input[type=file]").set_input_files(
        [{"name": "目標編集用.xlsx", "mimeType": "application/octet-stream", "buffer": data}]
    )
    press(page, "1件のファイルの読み方を確かめる")
    expect(page.get_by_text("「目標編集用」のブックです。取込では読みません。")).to_be_visible()
    # Nothing is offered to be put right that would lead nowhere.
    expect(page.get_by_text("読み方を直す")).to_have_count(0)
    press(page, "目標編集で開く")
    expect(page.locator(".kpi-findings tbody tr").filter(has_text="46.0以上")).to_be_visible()
