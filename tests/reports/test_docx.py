"""評価調書: a sheet says what the report says; a city's form is filled, or why not is told."""

import io
import re
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from lxml import etree
from reports.office import ARREARS, named, noted, only, sheet_of

import kpi.reports.docx
from kpi.charts import Calendar, Style
from kpi.reports.docx import FormRefused, check_template, fields, forms, own_form
from kpi.reports.word_form.examination import examine
from kpi.reports.word_form.filling import Form, NotAllowed

ODD = "{{ 7*7 }} {% x %} {_{ 髙﨑①㎡▲〜𠮷 <w:p/> & \"'"


@pytest.fixture(scope="module")
def kawasaki(report_of):
    return report_of("川崎市総合計画", Calendar.JAPANESE)


@pytest.fixture(scope="module")
def kawasaki_docx(kawasaki):
    return forms(kawasaki, Style.COLOUR)


@pytest.fixture
def arrears(kawasaki):
    """The report on the arrears alone."""
    return only(kawasaki, sheet_of(kawasaki, ARREARS))


def changed(report, **values):
    """The report on one indicator, told otherwise."""
    [sheet] = report.sheets
    return only(report, replace(sheet, **values))


def read(data):
    return Document(io.BytesIO(data))


def texts(document):
    """All texts of the body, a line a paragraph or break."""
    return "\n".join(
        "".join(
            "\n" if part.tag == qn("w:br") else part.text or ""
            for part in paragraph.iter(qn("w:t"), qn("w:br"))
        )
        for paragraph in document.element.body.iter(qn("w:p"))
    )


def rows_of(table):
    """The texts of a table's rows, by the first of each."""
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    return {row[0]: row[1:] for row in rows}


def year_tables(document):
    """For each sheet its table of years, as heading, year and text."""
    for table in document.tables:
        rows = rows_of(table)
        if "状態" in rows:
            yield {
                key: dict(zip(rows["年度"], rows[key], strict=True))
                for key in ("目標", "実績", "状態", "期の評価")
            }


def drawings(document):
    return list(document.element.body.iter(qn("wp:docPr")))


def made(*paragraphs, table=()):
    """A Word file as a city makes one."""
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    if table:
        grid = document.add_table(0, max(map(len, table)))
        for texts_ in table:
            for cell, text in zip(grid.add_row().cells, texts_, strict=False):
                cell.text = text
    return saved(document)


def saved(document):
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def test_a_sheet_has_the_printed_figures_over_their_years(kawasaki, kawasaki_docx):
    tables = list(year_tables(read(kawasaki_docx)))
    assert len(tables) == len(kawasaki.sheets)
    [number] = [n for n, sheet in enumerate(kawasaki.sheets) if sheet.line.title == ARREARS]
    known = {key: {y: t for y, t in row.items() if t} for key, row in tables[number].items()}
    assert known["目標"] == {"H29": "50以下", "R3": "30以下", "R7": "25以下"}
    assert known["実績"] == {"H26": "67.5319", "R2": "30.77"}
    assert known["状態"] == {"H26": "基準"}
    assert known["期の評価"]["R3"] == "○ 順調"


def test_every_sheet_says_what_the_report_says(kawasaki, kawasaki_docx):
    document = read(kawasaki_docx)
    text = texts(document)
    for sheet, table in zip(kawasaki.sheets, year_tables(document), strict=True):
        assert list(table["実績"].values()) == [column.actual for column in sheet.years]
        assert [bool(mark) for mark in table["期の評価"].values()] == [
            column.mark is not None for column in sheet.years
        ]
        assert sheet.line.title in text
        assert sheet.headline in text
        assert all(measure.value in text for measure in sheet.verdict.measures)
        assert sheet.spec.source in text
    assert text.count("標準ルール 第1版") == len(kawasaki.sheets)
    assert "2025年6月30日" in text


def test_the_given_rating_is_ticked_with_letter_and_sign_and_the_others_are_not(arrears):
    document = read(forms(arrears, Style.COLOUR))
    [ticked] = [t for t in document.tables if "☑" in t.rows[0].cells[1].text]
    assert [cell.text for cell in ticked.rows[0].cells] == [
        "☐ A　◎ 達成",
        "☑ B　○ 順調",
        "☐ C　△ 遅れ",
        "☐ D　× 後退",
        "☐ N　－ 評価不能",
    ]
    bold = [run.text for run in ticked.rows[0].cells[1].paragraphs[0].runs if run.bold]
    assert bold == ["B", "順調"]


def test_a_chart_tells_what_it_shows(kawasaki, kawasaki_docx):
    document = read(kawasaki_docx)
    assert [drawing.get("descr") for drawing in drawings(document)] == [
        sheet.spec.sentence for sheet in kawasaki.sheets
    ]
    assert len({drawing.get("id") for drawing in drawings(document)}) == len(kawasaki.sheets)


def test_where_no_japanese_font_is_the_place_of_the_chart_says_so(arrears, monkeypatch):
    class NoFonts:
        def families(self):
            return ["DejaVu Sans"]

    monkeypatch.setattr(kpi.reports.docx, "_fonts", NoFonts)
    document = read(forms(arrears, Style.COLOUR))
    assert not drawings(document)
    assert "図は、日本語の書体がないため描いていません。" in texts(document)


def test_monochrome_sheets_have_no_colour(arrears):
    with zipfile.ZipFile(io.BytesIO(forms(arrears, Style.MONOCHROME))) as archive:
        body = archive.read("word/document.xml").decode()
    colours = set(re.findall(r'w:(?:color|fill)="([0-9A-F]{6})"|<w:color w:val="(\w{6})"', body))
    assert colours
    assert all(c[:2] == c[2:4] == c[4:] for pair in colours for c in pair if c)


def test_texts_of_files_are_shown_as_they_are(arrears):
    [sheet] = arrears.sheets
    odd = noted(named(sheet, f"{ODD}\f\ufdd0*x\ufdd1"), f"{ODD}\n=1+1\t@終わり")
    text = texts(read(forms(only(arrears, odd), Style.COLOUR)))
    assert f"{ODD}*x" in text
    assert f"{ODD}\n=1+1" in text
    assert "@終わり" in text


def test_the_same_report_gives_the_same_bytes_and_its_dates_are_the_report_s(
    kawasaki, kawasaki_docx
):
    assert forms(kawasaki, Style.COLOUR) == kawasaki_docx
    about = read(kawasaki_docx).core_properties
    assert about.title == kawasaki.title
    assert about.created.date() == about.modified.date() == kawasaki.day


def test_japanese_type_is_set_for_japanese_letters(kawasaki_docx):
    document = read(kawasaki_docx)
    for style in ("Normal", "Heading 1", "Heading 2"):
        fonts = document.styles[style].element.rPr.rFonts
        assert fonts.get(qn("w:eastAsia")) == "Yu Gothic"


def test_more_years_than_fit_stand_in_two_rows_of_the_same_length(arrears):
    [sheet] = arrears.sheets
    column = sheet.years[0]
    long = changed(arrears, years=tuple(replace(column, year=year) for year in range(2000, 2015)))
    [table] = [t for t in read(forms(long, Style.COLOUR)).tables if "状態" in rows_of(t)]
    years = [
        [cell.text for cell in row.cells][1:] for row in table.rows if row.cells[0].text == "年度"
    ]
    assert [len(row) for row in years] == [8, 8]
    assert years[1][-2:] == ["H26", ""]


def test_a_target_in_words_is_told_below_the_years(arrears):
    [sheet] = arrears.sheets
    promise = "2025年度までに全ての区で実施する"
    years = (*sheet.years[:-1], replace(sheet.years[-1], target=promise))
    document = read(forms(changed(arrears, years=years), Style.COLOUR))
    [table] = year_tables(document)
    assert table["目標"]["R7"] == "下記"
    assert f"令和7（2025）年度：{promise}" in texts(document)


CITY_TABLE = (
    ("年度", "目標", "実績", "評価"),
    ("{%tr for 年 in 年度一覧 %}",),
    ("{{ 年.年度 }}", "{{ 年.目標 }}", "{{ 年.実績 }}", "{{ 年.評価 }}"),
    ("{%tr endfor %}",),
)


def test_a_city_s_own_form_is_filled_for_each_indicator_on_a_page_of_its_own(kawasaki):
    template = read(made("様式1　{{ 指標 }}（{{ 単位 }}）", "{{ 図 }}", table=CITY_TABLE))
    template.sections[0].header.paragraphs[0].text = "{{ 自治体 }} {{ 計画 }} {{ 作成日 }}"
    # As Word leaves it once a word has been corrected.
    split = template.add_paragraph("原因：{{ 要")
    split.add_run("因分").bold = True
    split.add_run("析 }}おわり")
    document = read(forms(kawasaki, Style.COLOUR, saved(template)))
    assert document.sections[0].header.paragraphs[0].text == "川崎市 川崎市総合計画 2025年6月30日"
    assert len(document.tables) == len(drawings(document)) == len(kawasaki.sheets)
    for sheet, table in zip(kawasaki.sheets, document.tables, strict=True):
        assert f"様式1　{sheet.line.title}（{sheet.line.unit}）" in texts(document)
        rows = [[cell.text for cell in row.cells] for row in table.rows][1:]
        assert [row[:3] for row in rows] == [
            [
                sheet.spec.year_labels[column.year - sheet.spec.years[0]],
                column.target,
                column.actual,
            ]
            for column in sheet.years
        ]
    assert texts(document).count("原因：おわり") == len(kawasaki.sheets)
    begun = [
        paragraph.text
        for paragraph in document.paragraphs
        if paragraph.paragraph_format.page_break_before
    ]
    assert len(begun) == len(kawasaki.sheets) - 1
    assert all(text.startswith("様式1") for text in begun)


def test_our_own_form_can_be_taken_changed_and_handed_back(arrears):
    mine = read(own_form(Style.COLOUR.theme))
    mine.paragraphs[1].text = "事業評価シート"
    data = saved(mine)
    assert check_template(data) == []
    assert "事業評価シート" in texts(read(forms(arrears, Style.COLOUR, data)))


def test_every_placeholder_of_the_table_can_be_used():
    singles = [field.placeholder for field in fields() if "." not in field.placeholder]
    singles = [placeholder for placeholder in singles if placeholder.startswith("{{")]
    grids, begun = [], ""
    for field in fields():
        if field.placeholder.startswith("{%tr"):
            begun = field.placeholder
        elif field.placeholder.startswith("{{") and begun:
            grids += [(begun,), (field.placeholder,), ("{%tr endfor %}",)]
    assert examine(made(*singles, table=grids)) == []
    names = set(re.findall(r"[^\W\d]\w*", " ".join(field.placeholder for field in fields())))
    with zipfile.ZipFile(io.BytesIO(own_form(Style.COLOUR.theme))) as archive:
        body = archive.read("word/document.xml").decode()
    used = set(re.findall(r"(?:\{\{|[.]| in | if ) ?([^\W\da-z]\w*)", body))
    assert used
    assert used <= names


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("名前：{{ 指標め }}", ["1番目の段落", "名前：", "「指標」ではありませんか"]),
        ("{{ 所管 }}", ["「所管課」ではありませんか"]),
        ("{{ 年度一覧 }}", ["一覧です"]),
        ("{{ 年.実績 }}", ["for で決めた名前ではありません"]),
        ("｛｛ 指標 ｝｝", ["全角"]),
        ("{{ 指標 と書く", ["そろっていません"]),
        ("{% 指標 %}", ["使えません"]),
        ("{{ 指標|upper }}", ["名前だけです"]),
        ("{{ ''.__class__.__mro__ }}", ["名前だけです"]),
        ("{{ 指標.__class__ }}", ["for で決めた名前ではありません"]),
        ("{{ cycler.__init__.__globals__ }}", ["名前だけです"]),
        ("{% for a in range(10000000) %}x{% endfor %}", ["使えません"]),
        ("{% set a = 1 %}", ["使えません"]),
        ("{% include 'x' %}", ["使えません"]),
        ("{% for a in 年度一覧 %}{{ a.年 }}{% endfor %}", ["「a.年度」ではありませんか"]),
        (
            "{% for a in 年度一覧 %}{% for b in 目標一覧 %}x{% endfor %}{% endfor %}",
            ["繰り返しの中"],
        ),
        ("{% if 要因分析 %}なし", ["endif がありません"]),
        ("{% endif %}", ["前にありません"]),
        ("{%tr for a in 年度一覧 %}", ["表の中でだけ"]),
        ("{%p for a in 年度一覧 %} 年度", ["だけの段落"]),
    ],
)
def test_a_wrong_placeholder_is_named_with_its_place_and_the_nearest_there_is(text, told):
    faults = examine(made(text))
    assert faults
    assert all(words in faults[0] for words in told), faults


def test_a_fault_in_a_table_is_named_by_table_and_row():
    table = (*CITY_TABLE[:2], ("{{ 年.年度 }}", "{{ 年.目票 }}"), *CITY_TABLE[3:])
    [fault] = examine(made(table=table))
    assert "表1の3行目「{{ 年.年度 }} {{ 年.目票 }}" in fault
    assert "「年.目標」ではありませんか" in fault


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ([("{%tr for 年 in 年度一覧 %}", "x"), ("{%tr endfor %}",)], "だけの行"),
        ([("{%tr for 年 in 年度一覧 %}",), ("{%tc endfor %}",)], "そろっていません"),
        ([("{%tc for 年 in 年度一覧 %}",), ("{%tc endfor %}",)], "別の表・行・段落"),
    ],
)
def test_repeated_rows_that_cannot_be_are_told(table, told):
    assert told in examine(made(table=table))[0]


def test_what_is_of_an_indicator_does_not_stand_in_a_header():
    document = Document()
    document.sections[0].footer.paragraphs[0].text = "{{ 指標 }}"
    [fault] = examine(saved(document))
    assert fault.startswith("フッターの1番目の段落")


def field_code(*pieces):
    """A document with a field, its instruction in several runs as Word splits it."""
    document = Document()
    paragraph = document.add_paragraph("")
    w = "xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'"
    runs = ["<w:fldChar w:fldCharType='begin'/>"]
    runs += [f"<w:instrText>{piece}</w:instrText>" for piece in pieces]
    for run in [*runs, "<w:fldChar w:fldCharType='end'/>"]:
        paragraph._p.append(parse_xml(f"<w:r {w}>{run}</w:r>"))
    return saved(document)


def with_relation(purpose, target):
    document = Document()
    kind = f"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{purpose}"
    document.part.rels.get_or_add_ext_rel(kind, target)
    return saved(document)


def repacked(data, part, change):
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(file, "w") as target:
        for name in source.namelist():
            body = source.read(name)
            target.writestr(name, change(body) if name == part else body)
    return file.getvalue()


def hidden_loops():
    """Repetitions within each other where no text is: in the words for those who see no picture."""
    document = Document()
    loops = "{% for a in 年度一覧 %}" * 8 + "x" + "{% endfor %}" * 8
    document.add_paragraph("x")._p.set("title", loops)
    return saved(document)


DOCUMENT, KINDS = "word/document.xml", "[Content_Types].xml"
MACROS = b"application/vnd.ms-word.document.macroEnabled.main+xml"
PLAIN = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
HOSTILE = {
    "macros": (lambda: repacked(made("x"), KINDS, lambda b: b.replace(PLAIN, MACROS)), "マクロ"),
    "picture from elsewhere": (
        lambda: with_relation("image", "http://x.example/a.png"),
        "外にある",
    ),
    "template from elsewhere": (
        lambda: with_relation("attachedTemplate", "http://x.example/a.dotm"),
        "埋め込まれた",
    ),
    "program behind a link": (lambda: with_relation("hyperlink", "file:///c:/a.exe"), "外にある"),
    "dde": (lambda: field_code("DDEA", "UTO c:\\\\cmd.exe"), "「DDEAUTO」"),
    "dde in a field within": (lambda: field_code(" ", "QUOTE 68 68 69"), "「QUOTE」"),
    "included text": (lambda: field_code("INCLUDETEXT \\\\\\\\x\\\\a.docx"), "「INCLUDETEXT」"),
    "entities": (
        lambda: repacked(
            made("x"),
            DOCUMENT,
            lambda body: body.replace(
                b"<w:document", b'<!DOCTYPE d [<!ENTITY a "aaaa">]><w:document', 1
            ),
        ),
        "読めません",
    ),
    "bomb": (lambda: repacked(made("x"), DOCUMENT, lambda _: b" " * 61_000_000), "大きすぎます"),
    "loops unseen": (hidden_loops, "文字ではないところ"),
    "no Word": (lambda: b"%PDF-1.7", "Word文書（.docx）ではありません"),
    "nothing": (lambda: b"", "Word文書（.docx）ではありません"),
    "broken": (lambda: repacked(made("x"), DOCUMENT, lambda b: b[:300]), "読めません"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_form_that_runs_or_fetches_or_explodes_is_refused_in_a_sentence(kind):
    make, told = HOSTILE[kind]
    faults = examine(make())
    assert any(told in fault for fault in faults), faults


def test_repetitions_put_together_where_no_paragraph_shows_them_are_not_filled():
    # Word's runs and paragraphs between the signs of a tag are taken away before it is read.
    pieces = ["{", "% for a in 年度一覧 %", "}"] * 2 + ["x"] + ["{", "% endfor %", "}"] * 2
    assert examine(made(*pieces)) == []
    with pytest.raises(NotAllowed):
        Form(made(*pieces), {})


def test_a_link_a_person_follows_and_the_number_of_a_page_may_stay():
    assert examine(with_relation("hyperlink", "https://x.example/")) == []
    assert examine(field_code(" PAGE ")) == []


def test_nothing_is_written_with_a_form_that_is_wrong(arrears):
    with pytest.raises(FormRefused, match="「指標」ではありませんか"):
        forms(arrears, Style.COLOUR, made("{{ 指標め }}"))


def test_a_form_that_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setenv("KPI_IMPORT_SECONDS", "0")
    [fault] = check_template(made("{{ 指標 }}"))
    assert "時間がかかりすぎる" in fault


def test_making_can_be_cancelled_between_two_sheets(kawasaki):
    class Cancelled(Exception):
        pass

    shares = []

    def on_step(share):
        shares.append(share)
        if len(shares) == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        forms(kawasaki, Style.COLOUR, made("{{ 指標 }}"), on_step=on_step)
    assert shares == [1 / len(kawasaki.sheets), 2 / len(kawasaki.sheets)]


def test_every_part_of_the_document_is_well_formed(kawasaki_docx):
    with zipfile.ZipFile(io.BytesIO(kawasaki_docx)) as archive:
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                etree.fromstring(archive.read(name))


def test_two_people_have_their_forms_made_at_once(kawasaki):
    first = kawasaki.beginning(3)
    with ThreadPoolExecutor(2) as makers:
        made = list(makers.map(forms, [first] * 2, [Style.COLOUR] * 2))
    assert made == [forms(first, Style.COLOUR)] * 2
