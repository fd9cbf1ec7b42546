"""The booklet, read back with pypdf: its words, figures, bookmarks, fonts and tags."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import pytest
from pypdf import PdfReader
from reports.office import named, only, sheet_of

from kpi.charts import Style
from kpi.model import FiscalYear, Milestone, Note, NoteKind, Project, ProjectState
from kpi.reports import pdf
from kpi.reports.pdf import FontMissing, booklet, pictures
from kpi.store import NoteEntry, ProjectEntry


@pytest.fixture(scope="module")
def report(kawasaki):
    """Kawasaki's plan, with a note and a project nobody would write with a typesetter in mind."""
    first, *others = kawasaki.sections
    text = "#pagebreak() *髙﨑* _①㎡▲〜𠮷_ $x$ <b> [i] @ref = + // \\ `c` {{d}}\n次の行"
    now = datetime(2021, 6, 1, tzinfo=UTC)
    note = Note(1, FiscalYear(2020), NoteKind.CAUSE, 1, text)
    sheet = replace(first.sheets[0], notes=(NoteEntry(note, "健康福祉局", now, "x"),))
    project = Project(1, 1, None, "01", "=収納 #対策 *強化*", "健康福祉局", "口座振替の拡大", 1)
    year = Milestone(1, FiscalYear(2020), "訪問 200件", ProjectState.DELAYED, "感染症で中止")
    entry = ProjectEntry(project, (year,), {})
    own = replace(first, sheets=(sheet, *first.sheets[1:]), projects=(entry,))
    return replace(kawasaki, sections=(own, *others))


@pytest.fixture(scope="module")
def data(report):
    return booklet(report, Style.COLOUR)


@pytest.fixture(scope="module")
def read(data):
    return PdfReader(BytesIO(data))


def bare(text):
    """A text without the blanks and line breaks that setting it in lines brings."""
    return re.sub(r"\s", "", text)


@pytest.fixture(scope="module")
def text(read):
    return bare("".join(page.extract_text() for page in read.pages))


def test_every_indicator_says_what_the_report_says_in_letters_that_can_be_searched(report, text):
    for sheet in report.sheets:
        assert bare(sheet.line.title) in text
        assert bare(sheet.headline) in text
        for year in sheet.years:
            assert bare(year.actual) in text
        for target in sheet.targets:
            assert bare(target.text + (target.mark.label if target.mark else "")) in text


def test_the_words_of_a_chart_are_text_too(text):
    # As the city printed them, and nowhere but in the chart.
    assert "基準67億5,319万円" in text
    assert "30億7,700万円" in text


def test_a_report_says_as_of_when_by_which_rule_from_which_files_and_what_may_change(report, text):
    assert "2025年6月30日時点" in text
    for told in (*report.rules, *report.sources, report.lead):
        assert bare(told) in text
    assert "速報値はありません。" in text


def test_provisional_values_are_listed(mihon):
    one = only(mihon, sheet_of(mihon, "特定健康診査の受診率"))
    pages = PdfReader(BytesIO(booklet(one, Style.LARGE))).pages
    text = bare("".join(page.extract_text() for page in pages))
    assert "特定健康診査の受診率（令和6年度）" in text
    assert "次の値は速報で、変わることがあります。" in text


def test_bookmarks_lead_to_every_measure_and_indicator(report, read):
    def titles(entries, level=0):
        for entry in entries:
            if isinstance(entry, list):
                yield from titles(entry, level + 1)
            else:
                yield level, entry.title

    marked = list(titles(read.outline))
    expected = [
        told
        for section in report.sections
        for told in [(0, section.title), *((1, sheet.line.title) for sheet in section.sheets)]
    ]
    assert [told for told in marked if told in expected] == expected
    assert (0, "概況") in marked


def test_all_fonts_are_embedded(read):
    fonts = {}
    for page in read.pages:
        for font in page["/Resources"]["/Font"].values():
            [of] = font.get_object()["/DescendantFonts"]
            fonts[of.get_object()["/BaseFont"]] = of.get_object()["/FontDescriptor"]
    assert fonts
    for name, about in fonts.items():
        assert {"/FontFile2", "/FontFile3"} & set(about.get_object()), name


def test_a_booklet_is_tagged_and_has_title_and_language(report, read):
    root = read.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]
    assert root["/Lang"].startswith("ja")
    assert read.metadata.title == report.title
    # PDF/UA-1, which the typesetter has checked.
    assert b"pdfuaid:part>1<" in root["/Metadata"].get_data()


def test_the_chart_has_its_sentence_as_alternative_text(report, data):
    found = set()

    def walk(element):
        element = element.get_object()
        if isinstance(element, list):
            for one in element:
                walk(one)
        elif isinstance(element, dict):
            if "/Alt" in element:
                found.add(str(element["/Alt"]))
            if "/K" in element:
                walk(element["/K"])

    walk(PdfReader(BytesIO(data)).trailer["/Root"]["/StructTreeRoot"]["/K"])
    assert {sheet.spec.sentence for sheet in report.sheets} <= found


def test_what_people_wrote_is_printed_as_it_is_written(text):
    for written in (
        "#pagebreak()*髙﨑*_①㎡▲〜𠮷_$x$<b>[i]@ref=+//\\`c`{{d}}次の行",
        "=収納#対策*強化*",
        "訪問200件",
        "感染症で中止",
    ):
        assert written in text


def test_the_same_report_gives_the_same_bytes_dated_by_its_day(report, read):
    one = report.beginning(1)
    assert booklet(one, Style.COLOUR) == booklet(one, Style.COLOUR)
    assert read.metadata.creation_date.date() == report.day


def test_a_letter_that_no_font_has_does_not_keep_a_report_from_being_made(report):
    odd = only(report, named(report.sheets[0], "外字\ue000の\f率"))
    pages = PdfReader(BytesIO(booklet(odd, Style.COLOUR))).pages
    assert "外字" in "".join(page.extract_text() for page in pages)


def test_who_waits_is_told_the_share_done_and_may_give_up(report):
    one = report.beginning(1)
    shares = []
    booklet(one, Style.MONOCHROME, on_step=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1

    def give_up(share):
        # Not while the charts are drawn, but while the pages are set.
        if share >= pdf._DRAWING:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        booklet(one, Style.COLOUR, on_step=give_up)


def test_without_a_japanese_font_a_sentence_says_what_to_install(report, monkeypatch):
    monkeypatch.setattr(pdf, "_fonts", lambda _: ["No Such Gothic"])
    with pytest.raises(FontMissing, match="Noto Sans JP"):
        booklet(report.beginning(1), Style.COLOUR)


def test_the_first_pages_are_pictures_too(report):
    pages = pictures(report.beginning(1), Style.COLOUR, 2)
    assert [page[:8] for page in pages] == [b"\x89PNG\r\n\x1a\n"] * 2


def test_a_typesetter_that_is_slow_to_begin_is_told_all_the_same(report, monkeypatch):
    waits = []
    monkeypatch.setattr("kpi.reports.pdf._ASKED_EVERY", 0.001)
    assert booklet(report, Style.COLOUR, on_step=waits.append).startswith(b"%PDF")
    # It was asked long before it had read what a pipe has no room for.
    assert len(waits) > 20
