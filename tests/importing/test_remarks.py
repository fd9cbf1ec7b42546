"""Findings as comments in a copy of the workbook, which stays what it was otherwise."""

import io
import re
import zipfile

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image
from openpyxl.formatting.rule import CellIsRule
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table
from PIL import Image as Picture

from kpi.importing import package
from kpi.importing.findings import (
    CodeInvalid,
    FileTypeUnknown,
    IndicatorMissing,
    NumberUnreadable,
    SheetPassedOver,
    WordUnknown,
)
from kpi.importing.remarks import CopyRefused, has_macros, with_remarks

# What openpyxl warns of when it reads the copies back is what it would have lost.
pytestmark = pytest.mark.filterwarnings("ignore:Unknown extension:UserWarning")

NEWER = "http://schemas.openxmlformats.org/markup-compatibility/2006"
CONTROLS_OF_NEWER = (
    f'<mc:AlternateContent xmlns:mc="{NEWER}"><mc:Choice Requires="x"><controls/></mc:Choice>'
    "</mc:AlternateContent>"
)
FOREIGN = "この値は原課に確認中"
VML_OF_EXCEL = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    ' xmlns:x="urn:schemas-microsoft-com:office:excel">'
    '<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout>'
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202"/>'
    '<v:shape id="_x0000_s1025" type="#_x0000_t202"><v:textbox><div>改行<br>あり</div></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:Anchor>\n    3, 15, 1, 10, 5, 31, 5, 9</x:Anchor>'
    "<x:Row>1</x:Row><x:Column>2</x:Column></x:ClientData></v:shape></xml>"
)


def parts(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def packed(contents):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return file.getvalue()


def changed(data, part, old, new):
    """A workbook with one piece of a part's text replaced."""
    contents = parts(data)
    assert old.encode() in contents[part], contents[part]
    return packed(contents | {part: contents[part].replace(old.encode(), new.encode(), 1)})


def comments(data):
    return {
        (sheet.title, cell.coordinate): (cell.comment.author, cell.comment.text)
        for sheet in load_workbook(io.BytesIO(data))
        for row in sheet
        for cell in row
        if cell.comment
    }


def unreadable(sheet, cell, text="29（4）"):
    return NumberUnreadable(sheet, cell, text, "two_numbers")


@pytest.fixture
def rich():
    """A workbook with what a load and a save would lose, and comments of somebody else."""
    book = Workbook()
    first = book.active
    first.title = "計画"
    for row in (["指標", "単位", "実績"], ["受診率", "％", "29（4）"], ["利用者数", "人", 5]):
        first.append(row)
    chart = BarChart()
    chart.add_data(Reference(first, min_col=3, min_row=1, max_row=3), titles_from_data=True)
    first.add_chart(chart, "E2")
    picture = io.BytesIO()
    Picture.new("RGB", (4, 4), "navy").save(picture, "PNG")
    picture.seek(0)
    first.add_image(Image(picture), "E20")
    first.conditional_formatting.add("C2:C3", CellIsRule(operator="greaterThan", formula=["1"]))
    validation = DataValidation(type="list", formula1='"％,人"')
    first.add_data_validation(validation)
    validation.add("B2:B3")
    book.defined_names["実績値"] = DefinedName("実績値", attr_text="計画!$C$2:$C$3")
    second = book.create_sheet("注意書きのある表")
    for row in (["指標", "単位", "実績"], ["受診率", "％", "3～5万"], ["利用者数", "人", "x"]):
        second.append(row)
    second["C2"].comment = Comment(FOREIGN, "財政課")
    second.add_table(Table(displayName="表1", ref="A1:C3"))
    file = io.BytesIO()
    book.save(file)
    contents = parts(file.getvalue())
    drawing = next(name for name in contents if name.endswith(".vml"))
    contents[drawing] = VML_OF_EXCEL.encode()
    # A prolog, a prefix of a newer Excel and an extension, as Excel itself writes them.
    sheet = contents["xl/worksheets/sheet1.xml"].decode()
    sheet = sheet.replace(
        "<worksheet ",
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n<worksheet '
        f'xmlns:mc="{NEWER}" mc:Ignorable="x14ac" xmlns:x14ac="urn:newer" ',
    ).replace("</worksheet>", '<extLst><ext uri="{1}"><x14ac:new/></ext></extLst></worksheet>')
    contents["xl/worksheets/sheet1.xml"] = sheet.encode()
    charted = contents["xl/charts/chart1.xml"].decode()
    contents["xl/charts/chart1.xml"] = charted.replace(
        "</chartSpace>", '<extLst><ext uri="{2}"/></extLst></chartSpace>'
    ).encode()
    contents["xl/vbaProject.bin"] = b"\xd0\xcf\x11\xe0 macro \x00"
    contents["customXml/item1.xml"] = b"<a/>"
    contents["xl/printerSettings/printerSettings1.bin"] = bytes(range(256))
    contents["somebody/else.dat"] = b"\x00\x01"
    return packed(contents)


def test_every_part_but_the_sheets_and_lists_concerned_is_the_same_to_the_byte(rich):
    copy = with_remarks("計画.xlsm", rich, [unreadable("計画", "C2")])
    before, after = parts(rich), parts(copy)
    assert {name for name in before if after[name] != before[name]} == {
        "[Content_Types].xml",
        "xl/worksheets/sheet1.xml",
        "xl/worksheets/_rels/sheet1.xml.rels",
    }
    added = after.keys() - before.keys()
    assert added == {"xl/comments1.xml", "xl/drawings/vmlDrawing1.vml"}
    assert has_macros(copy)


def test_the_sheet_differs_by_one_element_in_the_place_the_schema_gives_it(rich):
    copy = with_remarks("計画.xlsm", rich, [unreadable("計画", "C2")])
    sheet = "xl/worksheets/sheet1.xml"
    before, after = parts(rich)[sheet].decode(), parts(copy)[sheet].decode()
    element = re.search(r"<legacyDrawing [^>]*/>", after)[0]
    assert after.replace(element, "") == before
    assert re.search(r"<drawing [^>]*/><legacyDrawing [^>]*/><extLst>", after)


def test_a_comment_names_kind_weight_message_and_remedy(rich):
    finding = unreadable("計画", "C2")
    copy = with_remarks("計画.xlsx", rich, [finding])
    author, text = comments(copy)["計画", "C2"]
    assert author == "道しるべ"
    assert text.split("\n") == [
        "【値が読めない】要修正",
        "「29（4）」は数が2つあるため、値を1つに決められません。",
        finding.hint,
    ]


def test_comments_of_others_stay_and_a_finding_on_their_cell_follows_below(rich):
    findings = [
        unreadable("注意書きのある表", "C2", "3～5万"),
        unreadable("注意書きのある表", "C3", "x"),
    ]
    copy = with_remarks("計画.xlsx", rich, findings)
    found = comments(copy)
    author, text = found["注意書きのある表", "C2"]
    assert author == "財政課"
    assert text.startswith(f"{FOREIGN}\n\n【値が読めない】要修正\n「3～5万」")
    assert found["注意書きのある表", "C3"][0] == "道しるべ"
    # The sheet named its drawing already: the sheet itself, and the lists of parts, stay.
    before, after = parts(rich), parts(copy)
    touched = {name for name in after if after[name] != before.get(name)}
    assert len(touched) == 2
    assert {name.rpartition(".")[2] for name in touched} == {"xml", "vml"}


def test_the_box_of_a_comment_grows_with_it_and_new_ones_are_added_beside(rich):
    findings = [unreadable("注意書きのある表", "C2"), unreadable("注意書きのある表", "C3")]
    copy = with_remarks("計画.xlsx", rich, findings)
    drawing = next(content for name, content in parts(copy).items() if name.endswith(".vml"))
    drawing = drawing.decode()
    assert "改行<br>あり" in drawing
    bottoms = re.findall(r"<x:Anchor>\s*(?:\d+,\s*){6}(\d+)", drawing)
    assert int(bottoms[0]) > 5
    assert re.findall(r'<v:shape [^>]*id="(\w+)"', drawing) == ["_x0000_s1025", "_x0000_s1026"]
    assert drawing.count("<v:shapetype") == 1


def test_a_remark_that_is_there_already_is_not_written_twice(rich):
    findings = [unreadable("注意書きのある表", "C2"), unreadable("計画", "C2")]
    once = with_remarks("計画.xlsx", rich, findings)
    assert with_remarks("計画.xlsx", once, findings) == once


def test_several_findings_on_one_cell_are_one_comment(rich):
    findings = [unreadable("計画", "C2"), WordUnknown("計画", "C2", "状態", "済", "確定・速報")]
    _, text = comments(with_remarks("計画.xlsx", rich, findings))["計画", "C2"]
    assert (
        text.index("「29（4）」") < text.index("【決まった言葉でない】") < text.index("確定・速報")
    )


def test_without_a_cell_it_stands_on_a1_and_without_a_sheet_on_the_first_visible_one(xlsx):
    book = load_workbook(io.BytesIO(xlsx({"隠れた表": [["a"]], "表": [["b"]]})))
    book["隠れた表"].sheet_state = "hidden"
    file = io.BytesIO()
    book.save(file)
    findings = [
        SheetPassedOver("隠れた表"),
        CodeInvalid(text="123456"),
        IndicatorMissing("消えた表", "B7"),
    ]
    found = comments(with_remarks("a.xlsx", file.getvalue(), findings))
    assert found.keys() == {("隠れた表", "A1"), ("表", "A1")}
    _, text = found["表", "A1"]
    assert "「123456」" in text
    assert "【指標名がない行】要修正（消えた表 B7）" in text


def test_a_finding_on_a_merged_range_stands_on_its_first_cell(xlsx):
    data = xlsx([["政策A", "x"], [None, "y"], [None, "z"]], merge=["A1:A3"])
    copy = with_remarks("a.xlsx", data, [unreadable("Sheet1", "A3"), unreadable("Sheet1", "B3")])
    assert comments(copy).keys() == {("Sheet1", "A1"), ("Sheet1", "B3")}


def test_a_finding_on_a_range_stands_on_its_first_cell(xlsx):
    copy = with_remarks("a.xlsx", xlsx([["a"] * 5]), [unreadable("Sheet1", "C1:E1")])
    assert comments(copy).keys() == {("Sheet1", "C1")}


def test_text_of_a_file_stays_text_in_a_comment(xlsx):
    text = "=1+1 <b>&amp;</b> \x00\x0b\ud800\ufffe\"'"
    copy = with_remarks("a.xlsx", xlsx([["a"]]), [unreadable("Sheet1", "A1", text)])
    assert "「=1+1 <b>&amp;</b> \"'」" in comments(copy)["Sheet1", "A1"][1]


def test_a_comment_no_reader_would_end_is_cut_and_says_so(xlsx):
    findings = [unreadable("Sheet1", "A1", f"{n}" + "x" * 40_000) for n in range(20)]
    _, text = comments(with_remarks("a.xlsx", xlsx([["a"]]), findings))["Sheet1", "A1"]
    assert len(text) < 32_767
    assert text.endswith("ほかに13件の指摘があります。")


def test_without_findings_the_copy_has_the_same_parts(rich):
    assert parts(with_remarks("計画.xlsx", rich, [])) == parts(rich)


@pytest.mark.parametrize(
    ("ending", "place"),
    [
        ("<tableParts/>", "<tableParts/>"),
        (f"{CONTROLS_OF_NEWER}<extLst/>", "<mc:AlternateContent"),
        ("", "</worksheet>"),
    ],
)
def test_the_element_is_put_where_excel_expects_it(xlsx, ending, place):
    # The extension of a view stands within the views, long before.
    data = changed(
        xlsx([["a"]]), "xl/worksheets/sheet1.xml", "</worksheet>", f"{ending}</worksheet>"
    )
    data = changed(data, "xl/worksheets/sheet1.xml", "</sheetView>", "<extLst/></sheetView>")
    sheet = parts(with_remarks("a.xlsx", data, [unreadable("Sheet1", "A1")]))[
        "xl/worksheets/sheet1.xml"
    ].decode()
    assert re.search(rf"<legacyDrawing [^>]*/>{place}", sheet)


def prefixed(text):
    """The same XML with a prefix on each element, as some programs write it."""
    text = re.sub(r"<(/?)(?=[a-zA-Z])", r"<\1x:", text)
    return text.replace(' xmlns="', ' xmlns:x="')


@pytest.mark.parametrize(
    "written",
    [
        lambda text: prefixed(text).encode(),
        lambda text: text.encode("utf-16"),
        lambda text: b"\xef\xbb\xbf" + text.encode(),
    ],
    ids=["prefixes", "utf-16", "byte order mark"],
)
def test_parts_are_extended_in_whatever_prefix_and_encoding_they_have(xlsx, written):
    contents = parts(xlsx([["a"]]))
    for name in ("[Content_Types].xml", "xl/worksheets/sheet1.xml"):
        text = contents[name].decode().removeprefix("<?xml version='1.0' encoding='UTF-8'?>")
        contents[name] = written(text)
    copy = with_remarks("a.xlsx", packed(contents), [unreadable("Sheet1", "A1")])
    assert comments(copy).keys() == {("Sheet1", "A1")}


def test_a_workbook_saved_as_strict_open_xml_is_extended_in_its_own_namespace(xlsx):
    strict = "http://purl.oclc.org/ooxml"
    contents = {
        name: content.replace(
            b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            f"{strict}/officeDocument/relationships".encode(),
        ).replace(
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            f"{strict}/spreadsheetml/main".encode(),
        )
        for name, content in parts(xlsx([["a"]])).items()
    }
    after = parts(with_remarks("a.xlsx", packed(contents), [unreadable("Sheet1", "A1")]))
    listing = after["xl/worksheets/_rels/sheet1.xml.rels"].decode()
    assert f'"{strict}/officeDocument/relationships/comments"' in listing
    assert f'<comments xmlns="{strict}/spreadsheetml/main">' in after["xl/comments1.xml"].decode()


@pytest.mark.parametrize("runs", ["<r><t>確認</t></r><r><rPr><b/></rPr><t>中</t></r>", "<t/>", ""])
def test_old_comments_in_every_form_keep_their_text(rich, runs):
    part = next(name for name in parts(rich) if "comment" in name and name.endswith(".xml"))
    data = changed(rich, part, f"<t>{FOREIGN}</t>", runs)
    _, text = comments(with_remarks("a.xlsx", data, [unreadable("注意書きのある表", "C2")]))[
        "注意書きのある表", "C2"
    ]
    assert text.startswith("確認中\n\n【" if "確認" in runs else "【")


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "[Content_Types].xml", "_rels/.rels"]
)
def test_entities_are_refused(xlsx, part):
    contents = parts(xlsx([["a"]]))
    text = contents[part].decode().removeprefix("<?xml version='1.0' encoding='UTF-8'?>")
    contents[part] = f'<!DOCTYPE a [<!ENTITY b "c">]>{text}'.encode()
    with pytest.raises(CopyRefused):
        with_remarks("a.xlsx", packed(contents), [unreadable("Sheet1", "A1")])


def test_what_unpacks_to_more_than_the_limit_is_refused_unread(xlsx, monkeypatch):
    data = packed(parts(xlsx([["a"]])) | {"xl/media/image1.png": bytes(1_000_000)})
    assert len(data) < 20_000
    monkeypatch.setattr(package, "MAX_UNPACKED", 1_000_000)
    with pytest.raises(CopyRefused):
        with_remarks("a.xlsx", data, [])


def test_a_workbook_with_a_name_twice_is_refused(xlsx):
    contents = parts(xlsx([["a"]]))
    data = packed(contents | {"XL/workbook.xml": contents["xl/workbook.xml"]})
    with pytest.raises(CopyRefused):
        with_remarks("a.xlsx", data, [])


@pytest.mark.parametrize("data", [b"", b"not a workbook", b"PK\x03\x04rubbish"])
def test_of_what_cannot_be_read_there_is_no_copy(data):
    with pytest.raises(CopyRefused):
        with_remarks("a.xlsx", data, [])


def test_a_csv_becomes_a_workbook_of_its_cells_where_text_stays_text(table):
    rows = [["指標", "値"], ["=1+1", "-5"], ["@cmd", "0086"], ["+81", "#N/A"]]
    copy = with_remarks("a.csv", table(rows), [unreadable("", "B3"), FileTypeUnknown(suffix="")])
    sheet = load_workbook(io.BytesIO(copy)).active
    assert [[cell.value for cell in row] for row in sheet] == rows
    assert {cell.data_type for row in sheet for cell in row} == {"s"}
    assert comments(copy).keys() == {("Sheet1", "B3"), ("Sheet1", "A1")}


def test_a_csv_with_more_than_a_workbook_holds_has_no_copy(table):
    for rows in ([["x" * 32_768]], [["x"] * 16_385]):
        with pytest.raises(CopyRefused):
            with_remarks("a.csv", table(rows), [])


def test_a_finding_beyond_the_cells_of_a_csv_has_its_place_too(table):
    copy = with_remarks("a.csv", table([["指標"]]), [unreadable("", "C4")])
    assert comments(copy).keys() == {("Sheet1", "C4")}
