"""A value is shown where it stands, with its neighbours as a person sees them in the file."""

from __future__ import annotations

import io

import pytest
from openpyxl import Workbook

from kpi.importing.excerpt import Excerpt, read_excerpt
from kpi.importing.findings import Finding


def workbook(fill) -> bytes:
    book = Workbook()
    fill(book.active)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def yearly(sheet):
    """Twenty indicators, nine years, a merged policy, a share as per cent, a struck-out note."""
    sheet.title = "指標一覧"
    sheet["A1"] = "主な成果指標"
    years = ["H28", "H29", "H30", "R1", "R2", "R3", "R4", "R5", "R6"]
    sheet.append([])
    sheet.append(["施策", "指標名", "単位", *years])
    for number in range(1, 21):
        sheet.append(["健康", f"指標{number}", "％", *(number + year for year in range(9))])
    sheet.merge_cells("A14:A23")
    sheet["L17"] = 0.125
    sheet["L17"].number_format = "0.0%"


def texts(excerpt) -> dict[int, list[str]]:
    assert isinstance(excerpt, Excerpt)
    return {row.number: [cell.text for cell in row.cells] for row in excerpt.rows}


def asked(excerpt) -> list[tuple[int, str]]:
    return [(r.number, c.text) for r in excerpt.rows for c in r.cells if c.is_asked]


def test_four_cells_in_every_direction_with_the_heading_and_the_name_from_afar():
    excerpt = read_excerpt("a.xlsx", workbook(yearly), "指標一覧", "L17")
    assert excerpt.columns == ("B", "H", "I", "J", "K", "L")
    assert texts(excerpt) == {
        3: ["指標名", "R2", "R3", "R4", "R5", "R6"],
        **{
            row: [f"指標{row - 3}", *(str(row - 3 + year) for year in range(4, 9))]
            for row in (13, 14, 15, 16, 18, 19, 20, 21)
        },
        17: ["指標14", "18", "19", "20", "21", "12.5%"],
    }
    assert asked(excerpt) == [(17, "12.5%")]
    assert [row.number for row in excerpt.rows if row.after_gap] == [3, 13]
    assert {cell.text for row in excerpt.rows for cell in row.cells if cell.after_gap} >= {"R2"}


def test_merged_cells_are_one_cell_as_far_as_they_are_shown():
    excerpt = read_excerpt("a.xlsx", workbook(yearly), "指標一覧", "D15")
    policy = [
        (row.number, cell.rows) for row in excerpt.rows for cell in row.cells if cell.text == "健康"
    ]
    assert policy == [(11, 1), (12, 1), (13, 1), (14, 6)]
    assert asked(excerpt) == [(15, "12")]


def test_a_cell_within_a_merged_range_is_marked_as_the_range():
    excerpt = read_excerpt("a.xlsx", workbook(yearly), "指標一覧", "A20")
    assert asked(excerpt) == [(16, "健康")]


def test_a_cell_at_the_edge_has_fewer_neighbours():
    excerpt = read_excerpt("a.csv", "計画,指標,年度,値\nP,A,R5,１２\n".encode("cp932"), "", "D2")
    assert excerpt.columns == ("A", "B", "C", "D")
    assert texts(excerpt) == {1: ["計画", "指標", "年度", "値"], 2: ["P", "A", "R5", "１２"]}
    assert asked(excerpt) == [(2, "１２")]


def test_a_sheet_of_no_known_layout_is_shown_all_the_same():
    data = b"a,b,c\n1,2,3\n"
    assert texts(read_excerpt("a.csv", data, "", "B2")) == {1: ["a", "b", "c"], 2: ["1", "2", "3"]}


@pytest.mark.parametrize(
    ("data", "sheet"), [(b"PK\x03\x04 broken", "指標一覧"), (workbook(yearly), "別のシート")]
)
def test_what_cannot_be_read_any_more_is_said(data, sheet):
    found = read_excerpt("a.xlsx", data, sheet, "B2")
    assert isinstance(found, Finding)
    assert found.message


def test_the_far_end_of_a_wide_line_is_found():
    data = (",".join(f"c{n}" for n in range(20_000)) + "\n").encode()
    excerpt = read_excerpt("a.csv", data, "", "ACOF1")
    assert asked(excerpt) == [(1, "c19999")]


def test_not_around_there_are_the_headings_and_the_row_alone():
    excerpt = read_excerpt("a.xlsx", workbook(yearly), "指標一覧", "L17", around=False)
    assert texts(excerpt) == {
        3: ["指標名", "R2", "R3", "R4", "R5", "R6"],
        17: ["指標14", "18", "19", "20", "21", "12.5%"],
    }
    assert asked(excerpt) == [(17, "12.5%")]
    inside_merged = read_excerpt("a.xlsx", workbook(yearly), "指標一覧", "D16", around=False)
    assert texts(inside_merged)[16][:2] == ["健康", "指標13"]
