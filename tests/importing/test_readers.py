import io
import zipfile
from datetime import date

import pytest
from openpyxl import Workbook

from kpi.importing import readers
from kpi.importing.readers import read_book


def codes(book):
    return [finding.code for finding in book.findings]


def test_cells_are_text_or_numbers_and_keep_their_place(xlsx):
    book = read_book("a.xlsx", xlsx([[None, None], [None, "指標"], ["0086", 94.5]]))
    assert book.sheets[0].rows == [["", ""], ["", "指標"], ["0086", 94.5]]


def test_a_cell_shown_as_per_cent_is_read_as_shown(xlsx):
    book = read_book(
        "a.xlsx", xlsx([[0.125, 0.65, 0.9945, 0.125]], {"A1": "0.0%", "B1": "0%", "C1": "0%"})
    )
    assert book.sheets[0].rows == [["12.5%", "65%", "99.45%", 0.125]]


def test_the_noise_of_binary_fractions_is_no_digit_of_the_figure(xlsx):
    book = read_book("a.xlsx", xlsx([[0.1 + 0.2]]))
    assert readers.text_of(book.sheets[0].rows[0][0]) == "0.3"


def test_merged_cells_are_filled_from_their_first(xlsx):
    book = read_book("a.xlsx", xlsx([["政策A", "x"], [None, "y"]], merge=["A1:A2"]))
    assert [row[0] for row in book.sheets[0].rows] == ["政策A", "政策A"]


def test_dates_become_iso_text(xlsx):
    assert read_book("a.xlsx", xlsx([[date(2020, 4, 1)]])).sheets[0].rows == [["2020-04-01"]]


def test_hidden_sheets_are_passed_over_and_said_so():
    workbook = Workbook()
    workbook.active.append(["見える"])
    hidden = workbook.create_sheet("作業用")
    hidden.append(["隠れている"])
    hidden.sheet_state = "hidden"
    file = io.BytesIO()
    workbook.save(file)
    book = read_book("a.xlsx", file.getvalue())
    assert [sheet.name for sheet in book.sheets] == ["Sheet"]
    assert [(f.code, f.sheet) for f in book.findings] == [("sheet-passed-over", "作業用")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_csv_is_read_in_the_encodings_of_japanese_excel(table, encoding):
    # 表 and ソ hold a backslash byte in cp932; short texts like this fool guessers.
    book = read_book("a.csv", table([["表示", "能力ソ"]], encoding))
    assert (book.sheets[0].rows, book.encoding) == ([["表示", "能力ソ"]], encoding)


def test_a_cell_of_a_csv_may_hold_a_line_break(table):
    assert read_book("a.csv", table([["20％以上\n＜25％以上＞"]])).sheets[0].rows == [
        ["20％以上\n＜25％以上＞"]
    ]


def test_bytes_in_no_known_encoding_are_refused():
    assert codes(read_book("a.csv", b"\x81\xff\xfe\x00")) == ["encoding-unknown"]


def damaged(data: bytes) -> bytes:
    return data[: len(data) // 2]


def test_a_truncated_workbook_is_refused(xlsx):
    assert codes(read_book("a.xlsx", damaged(xlsx([["a"]] * 50)))) == ["file-unreadable"]


@pytest.mark.parametrize("data", [b"", b"not a workbook", b"PK\x03\x04rubbish"])
def test_what_is_no_workbook_is_refused(data):
    assert codes(read_book("a.xlsx", data)) == ["file-unreadable"]


def test_a_zip_that_is_no_workbook_is_refused():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert codes(read_book("a.xlsx", file.getvalue())) == ["file-unreadable"]


def test_a_file_of_an_unknown_kind_is_refused_by_name():
    book = read_book("報告書.pdf", b"%PDF-1.7")
    assert codes(book) == ["file-type-unknown"]
    assert ".pdf" in book.findings[0].message


def test_a_file_over_the_limit_is_refused_unread(monkeypatch):
    monkeypatch.setattr(readers, "MAX_BYTES", 10)
    assert codes(read_book("a.csv", b"x" * 11)) == ["file-too-large"]
