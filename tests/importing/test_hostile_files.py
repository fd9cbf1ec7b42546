"""Whatever is uploaded, reading it ends in time and in bounds, and says what was wrong."""

import os
import pickle
import socket
import struct
import subprocess
import sys
from pathlib import Path
from time import perf_counter

import pytest
from raw_workbooks import MAIN, raw_ods, raw_xlsx, sheet_xml, zipped

from kpi.importing import readers
from kpi.importing.readers import read_book, read_books

XLS = (Path(__file__).parent / "files" / "old_format.xls").read_bytes()
GOOD = raw_xlsx(sheet_xml('<row r="1"><c r="A1"><v>1</v></c></row>'))
BOMB = "<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {b} '{f'&{a};' * 10}'>" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)


def said(book):
    return [(finding.code, finding.cell) for finding in book.findings]


def codes(book):
    return [finding.code for finding in book.findings]


def read_apart(data, name="a.xlsx"):
    """Read a file as an upload is read; hold it to 10 seconds and 1 GB."""
    start = perf_counter()
    (book,) = read_books([(name, data)])
    assert perf_counter() - start < 10
    if sys.platform == "linux":
        import resource

        # A process is counted with what the one it was forked from had taken.
        own, started = (
            resource.getrusage(who).ru_maxrss
            for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        )
        assert started <= max(own, 1_000_000)
    return book


def rows_of(book):
    return [sheet.rows for sheet in book.sheets]


def test_the_rest_is_read_when_one_file_takes_the_process_down():
    far = raw_xlsx(
        sheet_xml(
            '<row r="1"><c r="A1"><v>1</v></c></row>'
            '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
        )
    )
    steps = []
    books = read_books([("1.xlsx", GOOD), ("2.xlsx", far), ("3.xlsx", GOOD)], steps.append)
    assert [codes(book) for book in books] == [[], ["reading-too-large"], []]
    assert rows_of(books[2]) == [[[1.0]]]
    assert steps == [1 / 3, 2 / 3, 1]


def test_reading_ends_at_the_limit_of_time(monkeypatch):
    monkeypatch.setenv("KPI_IMPORT_SECONDS", "0")
    assert codes(read_apart(GOOD)) == ["reading-too-long"]


def test_reading_ends_at_the_limit_of_cells(monkeypatch):
    monkeypatch.setenv("KPI_IMPORT_CELLS", "99")
    wide = raw_xlsx(sheet_xml('<row r="10"><c r="J10"><v>1</v></c></row>'))
    assert codes(read_apart(wide)) == ["sheet-too-large"]
    assert "10行×10列" in read_apart(wide).findings[0].message


def test_a_file_over_the_limit_is_refused_unread(monkeypatch):
    monkeypatch.setenv("KPI_IMPORT_FILE_MB", "1")
    assert codes(read_apart(b"x" * 1_000_001, "a.csv")) == ["file-too-large"]


@pytest.mark.skipif(os.name == "nt", reason="needs a program that ends at once")
def test_a_process_that_ends_without_a_word_is_said_to_have_broken_off(monkeypatch):
    monkeypatch.setattr(readers.sys, "executable", "/bin/false")
    assert codes(read_apart(GOOD)) == ["reading-broke-off"]


def test_nothing_but_texts_and_numbers_is_taken_from_the_process():
    with pytest.raises(pickle.UnpicklingError):
        readers._Values(readers.io.BytesIO(pickle.dumps(os.getcwd))).load()
    for rows in ([[None]], [[1]], [("a",)], {"a": 1}):
        assert not readers._is_grid(rows)


def test_the_process_starts_with_nothing_heavy_and_without_the_settings():
    heavy = "{'pandas', 'numpy', 'sqlalchemy', 'openpyxl', 'streamlit'}"
    code = f"import sys, kpi.importing.reading_process; print({heavy} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, text=True, env=os.environ
    )
    assert done.stdout.strip() == "set()"


def test_a_zip_bomb_is_refused_by_its_directory():
    size = struct.pack("<I", 4_000_000_000)
    begin = GOOD.index(b"PK\x01\x02")
    bomb = GOOD[: begin + 24] + size + GOOD[begin + 28 :]
    assert codes(read_apart(bomb)) == ["file-unpacks-too-large"]


def test_a_zip_bomb_whose_directory_lies_is_refused():
    rows = '<row r="1"><c r="A1" t="str"><v>' + " " * 50_000_000 + "</v></c></row>"
    data = raw_xlsx(sheet_xml(rows))
    entry = data.index(b"xl/worksheets/s.xml", data.index(b"PK\x01\x02")) - 46
    data = data[: entry + 24] + struct.pack("<I", 1000) + data[entry + 28 :]
    assert codes(read_apart(data)) == ["file-unreadable"]


def test_a_workbook_of_very_many_parts_is_refused():
    parts = {f"xl/media/{number}.png": b"" for number in range(10_001)}
    assert codes(read_apart(raw_xlsx(sheet_xml(""), parts=parts))) == ["file-unreadable"]


@pytest.mark.parametrize("last", ["XFD1048576", "C999999999"])
def test_a_claimed_size_is_not_believed(last):
    book = read_apart(
        raw_xlsx(
            sheet_xml(
                '<row r="1"><c r="A1"><v>1</v></c></row>', before=f'<dimension ref="A1:{last}"/>'
            )
        )
    )
    assert rows_of(book) == [[[1.0]]]


def test_a_row_beyond_every_sheet_is_refused():
    rows = "".join(f'<row r="{n}"><c r="C{n}"><v>1</v></c></row>' for n in (1, 999_999_999))
    assert codes(read_apart(raw_xlsx(sheet_xml(rows)))) == ["reading-too-large"]


@pytest.mark.parametrize(
    "declared", [BOMB, '<!ENTITY i SYSTEM "file:///etc/hostname">'], ids=["expanding", "external"]
)
@pytest.mark.parametrize("part", ["xl/worksheets/s.xml", "xl/styles.xml", "xl/workbook.xml"])
def test_entities_are_never_expanded(part, declared):
    document = f'<?xml version="1.0"?><!DOCTYPE a [{declared}]>'
    content = {
        "xl/worksheets/s.xml": sheet_xml('<row r="1"><c r="A1" t="str"><v>&i;</v></c></row>'),
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}">&i;</styleSheet>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}">&i;</workbook>',
    }[part]
    book = read_apart(raw_xlsx(sheet_xml(""), parts={part: document + content}))
    assert codes(book) == ["file-has-entities"]
    assert book.sheets == []


def test_entities_are_never_expanded_in_texts_and_in_ods():
    document = f'<?xml version="1.0"?><!DOCTYPE a [{BOMB}]>'
    strings = document + f'<sst xmlns="{MAIN}"><si><t>&i;</t></si></sst>'
    rows = sheet_xml('<row r="1"><c r="A1" t="s"><v>0</v></c></row>')
    book = read_apart(raw_xlsx(rows, parts={"xl/strings.xml": strings}))
    assert (codes(book), book.sheets) == (["sheet-unreadable"], [])
    ods = zipped({"META-INF/manifest.xml": "", "content.xml": document + "<a>&i;</a>"})
    assert codes(read_apart(ods, "a.ods")) == ["file-has-entities"]


def test_a_password_is_asked_for_by_none():
    # The directory of an OLE file, in which an encrypted xlsx keeps its contents.
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    encrypted = ole + "EncryptedPackage".encode("utf-16-le") + bytes(400)
    assert codes(read_apart(encrypted)) == ["file-protected"]
    # The record behind the first of an xls, turned into the one that asks for a password.
    begin = XLS.index(b"\xe1\x00\x02\x00\xb0\x04")
    locked = XLS[:begin] + b"\x2f\x00" + XLS[begin + 2 :]
    assert codes(read_apart(locked, "a.xls")) == ["file-protected"]
    manifest = {"META-INF/manifest.xml": "<encryption-data/>", "content.xml": b"\x93\x01"}
    assert codes(read_apart(zipped(manifest), "a.ods")) == ["file-protected"]


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9, 0.99])
def test_a_truncated_workbook_is_refused(xlsx, share):
    whole = {
        "a.xlsx": xlsx([["指標", "値"]] * 500),
        "a.ods": raw_ods("<table:table-row/>" * 500),
        "a.xls": XLS,
    }
    for name, data in whole.items():
        book = read_apart(data[: int(len(data) * share)], name)
        assert book.sheets == [], name
        assert book.findings[-1].severity == "error"


@pytest.mark.parametrize(
    ("name", "data", "expected", "words"),
    [
        ("報告書.pdf", b"%PDF-1.7", "file-type-unknown", "PDF"),
        ("実績.xls", b"<html><table><tr><td>1</td></tr></table>", "file-type-unknown", "HTML"),
        ("実績.xlsx", zipped({"word/document.xml": "<a/>"}), "file-type-unknown", "Word"),
        ("実績.xlsx", zipped({"readme.txt": "hello"}), "file-type-unknown", "ZIP"),
        ("実績.xlsx", b"PK\x03\x04rubbish", "file-type-unknown", "データ"),
        ("実績.csv", b"\x89PNG\r\n\x1a\n", "file-type-unknown", "画像"),
        ("実績.csv", b"\x01\x02\x03", "file-type-unknown", "データ"),
        ("実績.csv", b"", "file-empty", "0バイト"),
    ],
)
def test_what_is_no_table_is_refused_by_what_it_is(name, data, expected, words):
    book = read_apart(data, name)
    assert codes(book) == [expected]
    assert words in book.findings[0].message
    assert book.sheets == []


def test_content_counts_where_the_name_says_otherwise():
    table = read_apart("指標,値\r\n".encode("cp932"), "実績.xlsx")
    assert (codes(table), rows_of(table)) == (["file-type-differs"], [[["指標", "値"]]])
    book = read_apart(GOOD, "実績.csv")
    assert (codes(book), rows_of(book)) == (["file-type-differs"], [[[1.0]]])
    old = read_apart(GOOD, "実績.xls")
    assert (codes(old), rows_of(old)) == (["file-type-differs"], [[[1.0]]])


def test_macros_and_links_are_never_followed():
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/book.xlsx"
        relations = (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            '<Relationship Id="rId1" Type="externalLinkPath" TargetMode="External" '
            f'Target="{address}"/></Relationships>'
        )
        rows = '<row r="1"><c r="A1"><f>[1]S!A1</f><v>7</v></c></row>'
        book = read_apart(
            raw_xlsx(
                sheet_xml(rows),
                parts={
                    "xl/vbaProject.bin": b"Sub AutoOpen()",
                    "xl/externalLinks/externalLink1.xml": "<externalLink/>",
                    "xl/externalLinks/_rels/externalLink1.xml.rels": relations,
                },
            ),
            "a.xlsm",
        )
        with pytest.raises(BlockingIOError):
            server.accept()
    assert (codes(book), rows_of(book)) == ([], [[[7.0]]])


def test_fifty_thousand_merges_are_filled_in_time():
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 50_001))
    merges = "".join(f'<mergeCell ref="A{n}:D{n}"/>' for n in range(1, 50_001))
    end = '<row r="50001"><c r="D50001"><v>0</v></c></row>'
    book = read_apart(raw_xlsx(sheet_xml(rows + end, after=f"<mergeCells>{merges}</mergeCells>")))
    assert book.sheets[0].rows[49_999] == [50_000.0] * 4


def test_a_merge_of_the_whole_sheet_goes_no_further_than_its_cells():
    merge = '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="B2"/></row>'
    assert rows_of(read_apart(raw_xlsx(sheet_xml(rows, after=merge)))) == [[[1.0]]]


def test_merges_that_lie_upon_each_other_are_refused():
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="500"><c r="ZZ500"><v>1</v></c></row>'
    merges = '<mergeCell ref="A1:XFD1048576"/>' * 50_000
    book = read_apart(raw_xlsx(sheet_xml(rows, after=f"<mergeCells>{merges}</mergeCells>")))
    assert codes(book) == ["merges-too-many"]


def test_sheets_as_wide_as_they_can_be_are_read():
    rows = "".join(
        f'<row r="{n}"><c r="A{n}"><v>1</v></c><c r="XFD{n}"><v>2</v></c></row>'
        for n in range(1, 101)
    )
    book = read_apart(raw_xlsx(sheet_xml(rows)))
    assert {len(row) for row in book.sheets[0].rows} == {16_384}


def test_formulas_that_were_never_calculated_are_named_and_no_zero():
    rows = (
        '<row r="1"><c r="A1"><f>B1</f></c><c r="B1"><f>A1</f><v></v></c>'
        '<c r="C1" t="str"><f>""</f><v></v></c><c r="D1"><f>1+1</f><v>2</v></c></row>'
    )
    book = read_apart(raw_xlsx(sheet_xml(rows)))
    assert said(book) == [("formula-uncached", "A1")]
    assert "A1・B1" in book.findings[0].message
    assert rows_of(book) == [[["", "", "", 2.0]]]


def test_numbers_that_are_none_are_no_figures():
    rows = '<row r="1"><c r="A1"><v>1e999</v></c><c r="B1"><v>nan</v></c></row>'
    assert rows_of(read_apart(raw_xlsx(sheet_xml(rows)))) == [[["inf", "nan"]]]


def test_only_the_last_part_of_a_path_is_a_name():
    for name in ("../../etc/実績.xlsx", "C:\\共有\\実績.xlsx"):
        assert read_apart(GOOD, name).name == "実績.xlsx"


def test_characters_that_steer_a_screen_are_spelt_out_in_names_and_findings():
    book = read_apart(b"%PDF", "a\u202e\x1b[2J.xlsx\x07")
    assert book.name == "a[U+202E][U+001B][2J.xlsx[U+0007]"
    assert "\x07" not in book.findings[0].message


def test_characters_that_steer_a_screen_stay_in_their_cells():
    assert rows_of(read_apart("指標\u202e,\x1b[2J\n".encode(), "a.csv")) == [
        [["指標\u202e", "\x1b[2J"]]
    ]


@pytest.mark.parametrize(
    ("data", "expected", "line"),
    [
        ("指標,値\n市民,".encode() + b"\0\n", "nul-in-text", 2),
        ("指標,値\n".encode("cp932") + "これは市民\n".encode(), "encoding-mixed", 2),
        ("指標,値\nあ,い\n".encode() + "市民,1\n".encode("cp932"), "encoding-mixed", 3),
        (b"\xef\xbb\xbf" + "指標\n".encode() + b"\xff\n", "encoding-mixed", 2),
        ('指標,値\n市民,1\n"市民,2\n'.encode(), "quote-open", 3),
        ('指標,値\n"市民"の数,2\n'.encode(), "quote-open", 2),
        (("指標,値\n" + "あ" * 200_000).encode(), "field-too-long", 2),
    ],
)
def test_a_broken_csv_is_refused_by_the_line(data, expected, line):
    book = read_apart(data, "a.csv")
    assert codes(book) == [expected]
    assert f"{line}行目" in book.findings[0].message
    assert book.sheets == []


def test_bytes_in_no_known_encoding_are_refused():
    assert codes(read_book("a.csv", b"\x81\xff\x82\n")) == ["encoding-unknown"]
