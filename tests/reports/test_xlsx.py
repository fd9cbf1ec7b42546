"""The list read back with openpyxl and LibreOffice: the same figures, marks and words."""

import io
import re
import zipfile
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from openpyxl import load_workbook
from openpyxl.utils import range_boundaries
from reports.office import (
    ARREARS,
    HOSTILE,
    alike,
    named,
    noted,
    only,
    sheet_of,
)

from kpi.charts import Role, Style, data_sheet
from kpi.reports.xlsx import workbook

C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
SHEETS = ["一覧", "年度別の値", "図", "出所", "読み方"]


@pytest.fixture(scope="module")
def made(kawasaki):
    return workbook(kawasaki, Style.COLOUR)


def read(data):
    return load_workbook(io.BytesIO(data))


def chart_parts(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = [n for n in archive.namelist() if n.startswith("xl/charts/chart")]
        names.sort(key=lambda name: int(re.search(r"\d+", name)[0]))
        return [ET.fromstring(archive.read(name)) for name in names]


def cells(book, reference):
    """The values of cells a chart refers to."""
    page, area = reference.split("!")
    left, top, right, bottom = range_boundaries(area)
    rows = book[page.strip("'")].iter_rows(top, bottom, left, right, values_only=True)
    return tuple(value for row in rows for value in row)


def rows_of(book, first=5):
    """The overview: a dict a series, by group and heading."""
    page = book["一覧"]
    groups, headings = ([cell.value for cell in page[row]] for row in (first - 1, first))
    names, group = [], None
    for number, (above, heading) in enumerate(zip(groups, headings, strict=True)):
        if heading is None:
            names.append(above)
            continue
        group = above or group
        names.append((group.split("　")[0], heading))
        assert number >= 6
    for row in page.iter_rows(first + 1, values_only=True):
        yield dict(zip(names, row, strict=True))


def test_every_chart_draws_from_cells_that_hold_its_data_sheet(made, kawasaki):
    book = read(made)
    parts = chart_parts(made)
    assert len(parts) == len(kawasaki.sheets)
    for part, sheet in zip(parts, kawasaki.sheets, strict=True):
        expected = data_sheet(sheet.spec)
        series = list(part.iter(f"{C}ser"))
        assert len(series) == len(expected.columns)
        for one, column in zip(series, expected.columns, strict=True):
            assert cells(book, one.findtext(f"{C}tx//{C}f")) == (column.name,)
            assert cells(book, one.findtext(f"{C}cat//{C}f")) == sheet.spec.year_labels
            values = cells(book, one.findtext(f"{C}val//{C}f"))
            assert alike(values, column.values)
            shown = {
                int(point.get("idx")): float(point.findtext(f"{C}v"))
                for point in one.find(f"{C}val//{C}numCache").iter(f"{C}pt")
            }
            known = {n: v for n, v in enumerate(column.values) if v is not None}
            assert shown == known


def test_the_arrears_of_kawasaki_stand_in_a_row_with_their_marks(made):
    row = next(row for row in rows_of(read(made)) if row["指標"] == ARREARS)
    assert (row["基準", "年度"], row["基準", "値"]) == ("H26", 67.5319)
    assert (row["最新の実績", "年度"], row["最新の実績", "値"]) == ("R2", 30.77)
    assert row["第2期", "目標"] == "30億円以下\n令和3（2021）年度"
    assert [row[f"第{n}期", "評価"] for n in (1, 2, 3)] == ["◎ 達成（参考 R2）", "○ 順調", "○ 順調"]


def test_a_mark_has_the_colour_of_its_band_and_none_for_a_copier(made, kawasaki):
    for data, colours in (
        (made, {"◎": "FF004C59", "○": "FF006F83", "×": "FF850000", "－": "FF4D4D4D"}),
        (
            workbook(kawasaki, Style.MONOCHROME),
            {"◎": "FF1A1A1A", "○": "FF1A1A1A", "×": "FF1A1A1A", "－": "FF4D4D4D"},
        ),
    ):
        seen = {}
        for cell in (cell for row in read(data)["一覧"].iter_rows(6) for cell in row):
            if isinstance(cell.value, str) and cell.value[0] in colours:
                seen[cell.value[0]] = cell.font.color.rgb
        assert seen == colours


def test_figures_show_the_decimals_of_their_source(made):
    page = read(made)["年度別の値"]
    shown = {
        (row[1].value, row[3].value, cell.value): cell.number_format
        for row in page.iter_rows(2)
        for cell in row[4:]
        if cell.value is not None
    }
    assert shown[ARREARS, "実績", 67.5319].startswith("#,##0.0000;")
    assert shown[ARREARS, "第2期 目標", 30].startswith("#,##0;")
    assert shown["国民健康保険料収入率等 現年度分", "第2期 目標", 95].startswith("#,##0.00;")


def test_years_without_a_value_are_empty_cells(made):
    page = read(made)["年度別の値"]
    [row] = [
        [cell.value for cell in row[4:]]
        for row in page.iter_rows(2)
        if (row[1].value, row[3].value) == (ARREARS, "実績")
    ]
    assert [value for value in row if value is not None] == [67.5319, 30.77]
    assert len(row) == 12


def test_every_fact_stands_with_the_cell_it_came_from(made, kawasaki):
    page = read(made)["出所"]
    listed = [tuple(cell.value or "" for cell in row) for row in page.iter_rows(2)]
    expected = [
        (sheet.line.title, fact.year, fact.kind, fact.value, fact.source)
        for sheet in kawasaki.sheets
        for fact in sheet.facts
    ]
    assert [(r[1], r[2], r[3], r[4], r[7]) for r in listed] == expected


def test_it_says_what_it_rests_upon(made, mihon):
    [*rows] = read(made)["読み方"].iter_rows(values_only=True)
    told_of = dict(rows)
    assert told_of["時点"] == "2025年6月30日時点"
    assert told_of["評価ルール"] == "評価：標準ルール 第1版。"
    assert told_of["速報値"] == "速報値はありません。"
    assert told_of["◎ 達成"] == "目標を満たしている"
    known = dict(read(workbook(mihon, Style.COLOUR))["読み方"].iter_rows(values_only=True))
    assert known["速報値"].split("\n") == list(mihon.provisional)
    assert "特定健康診査の受診率（令和6年度）" in known["速報値"]


def test_it_prints_on_a3_across_with_its_headings_on_every_page(made):
    book = read(made)
    assert book.sheetnames == SHEETS
    for page in book.worksheets:
        assert page.page_setup.paperSize == "8" or page.page_setup.paperSize == 8
        assert page.page_setup.orientation == "landscape"
        assert page.sheet_properties.pageSetUpPr.fitToPage
        assert (page.page_setup.fitToWidth, page.page_setup.fitToHeight) in ((1, 0), (None, 0))
        assert "2025年6月30日時点" in page.oddFooter.right.text
    overview = book["一覧"]
    assert overview.print_title_rows == "$4:$5"
    assert overview.freeze_panes == "D6"
    assert overview.auto_filter.ref.startswith("A5:")
    assert overview.auto_filter.ref.endswith(str(overview.max_row))
    assert book["年度別の値"].print_title_rows == "$1:$1"


def test_what_looks_like_a_formula_is_text_and_names_are_shown_as_they_are(mihon):
    names = [HOSTILE, "+1", "-1", "@SUM(A1)", '=HYPERLINK("x","y")', "'=1", "髙﨑①㎡▲〜𠮷"]
    sheets = tuple(
        noted(named(sheet, name), f"={name}")
        for sheet, name in zip(mihon.sheets, names, strict=False)
    )
    section = replace(mihon.sections[0], sheets=sheets)
    data = workbook(replace(mihon, sections=(section,)), Style.COLOUR)
    book = read(data)
    listed = list(rows_of(book))
    assert [row["指標"] for row in listed] == names
    assert [row["所管課の記入", "要因分析"] for row in listed] == [f"={name}" for name in names]
    for page in book.worksheets:
        assert all(cell.data_type != "f" for row in page.iter_rows() for cell in row)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if "worksheets/sheet" in name and name.endswith(".xml"):
                assert b"<f>" not in archive.read(name)


def test_a_note_longer_than_a_cell_says_that_it_is_cut(mihon):
    book = read(workbook(only(mihon, noted(mihon.sheets[0], "長" * 40_000)), Style.COLOUR))
    [row] = rows_of(book)
    note = row["所管課の記入", "要因分析"]
    assert len(note) == 32_767
    assert note.endswith("ここまで。全文はCSVにあります）")


def test_signs_that_count_twice_fill_a_cell_and_a_footer_no_more_than_excel_reads(mihon):
    told = only(mihon, noted(mihon.sheets[0], "𠮷" * 20_000), plan="𠮷" * 200 + "&" * 200)
    book = read(workbook(told, Style.COLOUR))
    [row] = rows_of(book)
    note = row["所管課の記入", "要因分析"]
    assert len(note.encode("utf-16-le")) // 2 <= 32_767
    assert note.endswith("ここまで。全文はCSVにあります）")
    with zipfile.ZipFile(io.BytesIO(workbook(told, Style.COLOUR))) as archive:
        [foot] = ET.fromstring(archive.read("xl/worksheets/sheet1.xml")).iter(f"{S}oddFooter")
    assert len(foot.text.encode("utf-16-le")) // 2 <= 255


def test_a_long_name_does_not_part_a_sign_from_the_one_that_keeps_it_a_sign(mihon):
    # Wherever the name begins, one of the two is cut between two signs.
    for plan in ("&" * 200, "計" + "&" * 200):
        book = read(workbook(only(mihon, mihon.sheets[0], plan=plan), Style.COLOUR))
        assert book["一覧"].oddFooter.center.text == "一覧"


def test_a_department_named_like_a_code_of_the_footer_stays_a_name(mihon):
    book = read(workbook(replace(mihon, plan="A&P計画&D"), Style.COLOUR))
    assert "A&&P計画&&D" in book["一覧"].oddFooter.left.text.replace("&&amp;", "&&")


def test_a_series_of_which_nothing_is_known_has_a_row_and_no_chart(mihon):
    first, second = mihon.sheets[:2]
    spec = replace(first.spec, points=(), steps=(), path=None, projection=None)
    section = replace(mihon.sections[0], sheets=(replace(first, spec=spec), second))
    data = workbook(replace(mihon, sections=(section,)), Style.COLOUR)
    [part] = chart_parts(data)
    book = read(data)
    [name, *_] = (one.findtext(f"{C}tx//{C}f") for one in part.iter(f"{C}ser"))
    row = re.search(r"\d+$", name)[0]
    assert book["年度別の値"][f"B{row}"].value == second.line.title
    assert "図にできるものはありません" in book["図"]["A4"].value


def test_charts_look_as_those_of_the_slides(made, kawasaki):
    sheet = sheet_of(kawasaki, ARREARS)
    part = chart_parts(made)[kawasaki.sheets.index(sheet)]
    looks = [one.find(f"{C}marker/{C}symbol").get("val") for one in part.iter(f"{C}ser")]
    roles = [column.role for column in data_sheet(sheet.spec).columns]
    assert dict(zip(roles, looks, strict=True)) == {
        Role.ACTUAL: "circle",
        Role.BASE: "diamond",
        Role.TARGET: "none",
        Role.PATH: "none",
    }


def test_the_same_report_makes_the_same_file(made, kawasaki):
    assert workbook(kawasaki, Style.COLOUR) == made
    assert read(made).properties.created.date() == kawasaki.day


def test_the_share_done_is_told(kawasaki):
    shares = []
    workbook(kawasaki, Style.COLOUR, shares.append)
    assert shares == [n / 9 for n in range(1, 10)]
