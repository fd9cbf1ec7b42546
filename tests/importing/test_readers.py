import io
from datetime import date
from pathlib import Path

import pytest
import xlwt
from openpyxl import Workbook
from openpyxl.styles import Font
from raw_workbooks import MAIN, raw_ods, raw_xlsb, raw_xlsx, sheet_xml

from kpi.importing.findings import Severity
from kpi.importing.marks import Shown, shown_by
from kpi.importing.readers import read_book, read_books, text_of


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
    assert text_of(book.sheets[0].rows[0][0]) == "0.3"


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


def test_a_file_is_read_apart_as_it_is_read_here(xlsx):
    data = xlsx([["指標", "令和5年度"]] + [[f"市民{n % 7}", n / 8] for n in range(3000)])
    assert read_books([("a.xlsx", data)]) == [read_book("a.xlsx", data)]


# What Excel shows for 0.125 or 821000 in these formats: a person's reading.
@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("0%", Shown(percent=True)),
        ("0.0%", Shown(percent=True, places=1)),
        ("#,##0.00%;[Red]▲#,##0.00%", Shown(percent=True, places=2)),
        ('0.0"％"', None),
        ('0.0"%"', None),
        ("0.0\\%", None),
        ("General", None),
        ("#,##0;[Red]-#,##0", None),
        ("#,##0,", Shown(thousands=1)),
        ('#,##0,,"百万円"', Shown(thousands=2)),
        ("0.0,", Shown(thousands=1)),
        ("yyyy/m/d", None),
    ],
)
def test_a_number_format_says_what_a_person_sees(code, shown):
    assert shown_by(code) == shown


def test_a_per_cent_sign_that_is_but_a_letter_changes_no_figure(xlsx):
    book = read_book("a.xlsx", xlsx([[12.5, 0.125]], {"A1": '0.0"%"', "B1": "0.0%"}))
    assert book.sheets[0].rows == [[12.5, "12.5%"]]


def test_numbers_shown_in_millions_are_read_as_shown_and_said_so(xlsx):
    book = read_book("a.xlsx", xlsx([[821_500_000, 3]], {"A1": "#,##0,,"}))
    assert book.sheets[0].rows == [[821.5, 3.0]]
    assert [(f.code, f.cell) for f in book.findings] == [("number-scaled", "A1")]


def test_hidden_rows_are_left_out_and_named():
    workbook = Workbook()
    for number in range(1, 9):
        workbook.active.append([f"指標{number}", number])
    for row in (2, 3, 7, 20):
        workbook.active.row_dimensions[row].hidden = True
    workbook.active.row_dimensions.group(5, 5, hidden=True)
    book = read_book("a.xlsx", saved(workbook))
    assert [row[1] for row in book.sheets[0].rows] == [1.0, "", "", 4.0, "", 6.0, "", 8.0]
    assert [(f.code, f.cell, f.lines) for f in book.findings] == [
        ("row-hidden", "A2", "2～3・5・7")
    ]


def test_what_is_struck_out_is_left_out_and_named():
    workbook = Workbook()
    for row in (["指標", 1, 2], ["旧指標", 3, 4], ["指標", 5, 6]):
        workbook.active.append(row)
    for cell in ("A2", "B2", "C2", "C3", "D3"):
        workbook.active[cell].font = Font(strike=True)
    book = read_book("a.xlsx", saved(workbook))
    assert book.sheets[0].rows[:3] == [["指標", 1.0, 2.0], ["", "", ""], ["指標", 5.0, ""]]
    assert [(f.code, f.cell) for f in book.findings] == [
        ("row-struck-out", "A2"),
        ("cell-struck-out", "C3"),
    ]


def test_a_merged_cell_above_a_hidden_row_still_fills_the_rows_below():
    workbook = Workbook()
    for row in (["政策", 1], [None, 2], [None, 3]):
        workbook.active.append(row)
    workbook.active.merge_cells("A1:A3")
    workbook.active.row_dimensions[1].hidden = True
    assert read_book("a.xlsx", saved(workbook)).sheets[0].rows == [
        ["", ""],
        ["政策", 2.0],
        ["政策", 3.0],
    ]


def saved(workbook):
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def test_errors_are_texts_and_truth_values_are_words():
    rows = (
        '<row r="1"><c r="A1" t="e"><v>#N/A</v></c><c r="B1" t="e"><f>1/0</f><v>#DIV/0!</v></c>'
        '<c r="C1" t="b"><v>1</v></c></row>'
    )
    assert read_book("a.xlsx", raw_xlsx(sheet_xml(rows))).sheets[0].rows == [
        ["#N/A", "#DIV/0!", "TRUE"]
    ]


@pytest.mark.parametrize(("since", "day"), [("0", "2020-04-01"), ("1", "2024-04-02")])
def test_dates_are_counted_from_1900_or_1904(since, day):
    styles = f'<styleSheet xmlns="{MAIN}"><cellXfs><xf numFmtId="14"/></cellXfs></styleSheet>'
    book = raw_xlsx(
        sheet_xml('<row r="1"><c r="A1" s="0"><v>43922</v></c></row>'),
        styles=styles,
        properties=f'<workbookPr date1904="{since}"/>',
    )
    assert read_book("a.xlsx", book).sheets[0].rows == [[day]]


PERCENT = f'<styleSheet xmlns="{MAIN}"><cellXfs><xf/><xf numFmtId="10"/></cellXfs></styleSheet>'


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="A1"><v>1</v></c><c r="B1" s="1"><v>0.5</v></c></row>',
        "<row r='1'><c r='A1'><v>1</v></c><c s='1' r='B1'><v>0.5</v></c></row>",
        '<row><c><v>1</v></c><c s="1"><v>0.5</v></c></row>',
        '<row r="1"\n><c\nr="A1"><v>1</v></c><c\ts="1"\nr="B1"><v>0.5</v></c></row>',
        '<row r="1"><!-- <c r="A1" s="1"> --><c r="A1"/><c r="B1" s="1"><v>0.5</v></c></row>',
    ],
)
def test_formats_are_found_however_the_sheet_was_written(rows):
    book = read_book("a.xlsx", raw_xlsx(sheet_xml(rows), styles=PERCENT))
    assert book.sheets[0].rows[0][-1] == "50.00%"


def test_formats_are_found_under_a_prefix():
    sheet = (
        f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="1"><x:c r="A1" s="1">'
        "<x:v>0.5</x:v></x:c></x:row></x:sheetData></x:worksheet>"
    )
    assert read_book("a.xlsx", raw_xlsx(sheet, styles=PERCENT)).sheets[0].rows == [["50.00%"]]


def test_formats_are_found_from_one_end_of_a_long_sheet_to_the_other():
    rows = "".join(
        f'<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>{"政策" * 40}</t></is></c>'
        f'<c r="B{n}" s="1"><v>0.5</v></c></row>'
        for n in range(1, 40_001)
    )
    book = read_book("a.xlsx", raw_xlsx(sheet_xml(rows), styles=PERCENT))
    assert {row[1] for row in book.sheets[0].rows} == {"50.00%"}


def test_a_sheet_with_a_value_no_reader_knows_is_said_to_be_unreadable():
    rows = '<row r="1"><c r="A1" t="e"><v>#SPILL!</v></c></row>'
    book = read_book("a.xlsx", raw_xlsx(sheet_xml(rows)))
    assert ([(f.code, f.sheet) for f in book.findings], book.sheets) == (
        [("sheet-unreadable", "S")],
        [],
    )


def test_an_opendocument_sheet_is_read_as_a_person_sees_it():
    style = (
        '<style:style style:name="old" style:family="table-cell">'
        '<style:text-properties style:text-line-through-style="solid"/></style:style>'
    )

    def cell(kind, value, more="", text=""):
        name = {"float": "value", "percentage": "value", "string": "string-value"}[kind]
        return (
            f'<table:table-cell office:value-type="{kind}" office:{name}="{value}" {more}>'
            f"<text:p>{text or value}</text:p></table:table-cell>"
        )

    span = 'table:number-rows-spanned="2"'
    book = read_book(
        "a.ods",
        raw_ods(
            "<table:table-row>"
            + cell("string", "政策", span)
            + cell("percentage", 0.125)
            + cell("float", 0.125)
            + "</table:table-row><table:table-row><table:covered-table-cell/>"
            + cell("string", "0086")
            + cell("float", 3, 'table:style-name="old"')
            + '</table:table-row><table:table-row table:visibility="collapse">'
            + cell("float", 4)
            + "</table:table-row><table:table-row>"
            + '<table:table-cell office:value-type="string" office:string-value="" '
            + 'calcext:value-type="error"><text:p>#N/A</text:p></table:table-cell>'
            + '<table:table-cell office:value-type="boolean" office:boolean-value="true"/>'
            + '<table:table-cell table:formula="of:=1"/>'
            + cell("float", 5)
            + "</table:table-row>",
            style,
        ),
    )
    assert book.sheets[0].rows == [
        ["政策", "12.5%", 0.125, ""],
        ["政策", "0086", "", ""],
        ["", "", "", ""],
        ["#N/A", "TRUE", "", 5.0],
    ]
    assert [(f.code, f.cell) for f in book.findings] == [
        ("formula-uncached", "C4"),
        ("row-hidden", "A3"),
        ("cell-struck-out", "C2"),
    ]


# Made with LibreOffice: B2 is 0.125 as 12.5%, B3 is 0.125, C3 the text 0086, row 4 and C9 are
# struck out, row 5 is hidden, B6 and C6 are in error, A8:B9 is merged.
OLD = Path(__file__).parent / "files" / "old_format.xls"


def test_an_old_workbook_is_read_as_it_is_seen():
    book = read_book("a.xls", OLD.read_bytes())
    rows = book.sheets[0].rows
    assert (rows[1][1], rows[2][1], rows[2][2]) == ("12.5%", 0.125, "0086")
    assert rows[3:6] == [["", "", ""], ["", "", ""], ["誤", "#DIV/0!", "#N/A"]]
    assert rows[6][0] == "2020-04-01"
    assert rows[7] == ["結合", "結合", 5.0]
    assert [(f.code, f.lines) for f in book.findings] == [
        ("row-hidden", "5"),
        ("row-struck-out", "4・9"),
    ]


def test_an_old_workbook_whose_formats_are_damaged_is_read_and_what_is_unseen_is_said():
    data = bytearray(OLD.read_bytes())
    # The first record XF: its font is none of the workbook's.
    at = data.index(b"\xe0\x00\x14\x00") + 4
    data[at : at + 2] = b"\xff\xff"
    book = read_book("a.xls", bytes(data))
    assert book.sheets[0].rows[1] == ["率", 0.125, 0.65]
    assert [(f.code, f.severity, f.cell) for f in book.findings] == [
        ("formats-unseen", "info", ""),
        ("percent-unseen", "warning", "B2"),
    ]


def test_what_an_old_workbook_hides_strikes_out_or_has_in_error_is_told_as_of_a_new_one():
    old = xlwt.Workbook()
    sheet = old.add_sheet("指標一覧")
    struck = xlwt.easyxf("font: struck_out on")
    millions = xlwt.easyxf(num_format_str="#,##0,,")
    for column, cell in enumerate(["指標", "R4", "R5"]):
        sheet.write(0, column, cell)
    sheet.write(1, 0, "出生数")
    sheet.write(1, 1, 12, struck)
    sheet.write(1, 2, 13)
    sheet.write(2, 0, "隠した行")
    sheet.row(2).hidden = True
    for column, cell in enumerate(["消した行", 1, 2]):
        sheet.write(3, column, cell, struck)
    sheet.write(4, 0, "誤りのある行")
    sheet.row(4).set_cell_error(1, 42)  # #N/A
    sheet.row(4).set_cell_boolean(2, True)
    sheet.write(5, 0, "歳入")
    sheet.write(5, 1, 6_753_000_000, millions)
    stream = io.BytesIO()
    old.save(stream)
    book = read_book("a.xls", stream.getvalue())
    assert book.sheets[0].rows == [
        ["指標", "R4", "R5"],
        ["出生数", "", 13.0],
        ["", "", ""],
        ["", "", ""],
        ["誤りのある行", "#N/A", "TRUE"],
        ["歳入", 6753.0, ""],
    ]
    assert [(f.code, f.cell) for f in book.findings] == [
        ("row-hidden", "A3"),
        ("row-struck-out", "A4"),
        ("cell-struck-out", "B2"),
        ("number-scaled", "B6"),
    ]


def test_a_binary_workbook_is_read_and_fractions_are_pointed_out():
    book = read_book("a.xlsb", raw_xlsb(["指標", 12.5, 0.125]))
    assert book.sheets[0].rows == [["指標", 12.5, 0.125]]
    assert [f.code for f in book.findings] == ["formats-unseen", "percent-unseen"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8", "cp932"])
def test_a_table_with_tabs_is_read_by_its_name_or_by_its_headings(encoding):
    data = "指標\t令和5年度\n市民\t1,234\n".encode(encoding)
    for name in ("a.tsv", "a.txt", "a.csv"):
        book = read_book(name, data)
        assert book.sheets[0].rows == [["指標", "令和5年度"], ["市民", "1,234"]]
        assert book.findings == []


def test_utf_16_without_a_mark_is_taken_where_nothing_else_is_possible():
    book = read_book("a.csv", "code,value\n0086,1\n".encode("utf-16-le"))
    assert book.sheets[0].rows == [["code", "value"], ["0086", "1"]]
    assert codes(read_book("a.csv", "指標,value\n".encode("utf-16-le"))) != []


def test_half_width_kana_in_cp932_are_no_second_encoding(table):
    book = read_book("a.csv", table([["指標", "ﾃｽﾄ"], ["ﾃｽ", "ﾃｽ"]], "cp932"))
    assert (book.encoding, book.findings) == ("cp932", [])


def test_a_number_that_its_comma_divides_is_pointed_out():
    book = read_book("a.csv", "表題\n指標,R5\n市民,1,234\n職員,56\n".encode())
    assert [(f.code, f.severity, f.lines) for f in book.findings] == [
        ("line-too-long", Severity.ERROR, "3")
    ]


def test_lines_filled_to_different_lengths_are_nothing_to_speak_of():
    lines = "指標,R4年度,,R5年度,\n,目標,実績,目標,実績\n市民,1,2,3,4\n職員,1\n\n注,長い,注記\n"
    assert read_book("a.csv", lines.encode()).findings == []
