"""Slides read back with python-pptx and LibreOffice: the same figures, marks and words."""

import io
import re
import zipfile
from dataclasses import replace

import pytest
from openpyxl import load_workbook
from pptx import Presentation
from pptx.util import Emu
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
from kpi.charts.spec import Point
from kpi.reports.pptx import slides

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


@pytest.fixture(scope="module")
def made(kawasaki):
    return slides(kawasaki, Style.COLOUR)


def read(data):
    return Presentation(io.BytesIO(data))


def charts(deck):
    return [shape for slide in deck.slides for shape in slide.shapes if shape.has_chart]


def table_of(slide):
    [shape] = [shape for shape in slide.shapes if shape.has_table]
    return [[cell.text for cell in row.cells] for row in shape.table.rows]


def texts(slide):
    for shape in slide.shapes:
        if shape.has_text_frame:
            yield shape.text_frame.text
        elif shape.has_table:
            yield from (cell.text for row in shape.table.rows for cell in row.cells)


def slide_of(deck, title):
    """The slide with the chart of an indicator."""
    return next(
        slide
        for slide in deck.slides
        if any(shape.has_chart for shape in slide.shapes)
        and any(f"指標：{title}" in text for text in texts(slide))
    )


def test_every_chart_has_the_figures_of_its_data_sheet_and_nothing_between(made, kawasaki):
    drawn = charts(read(made))
    assert len(drawn) == len(kawasaki.sheets) == 9
    for shape, sheet in zip(drawn, kawasaki.sheets, strict=True):
        expected = data_sheet(sheet.spec)
        [plot] = shape.chart.plots
        assert [s.name for s in plot.series] == [c.name for c in expected.columns]
        assert [tuple(s.values) for s in plot.series] == [c.values for c in expected.columns]
        assert tuple(c.replace("\n", " ") for c in plot.categories) == expected.year_labels
        axis = shape.chart.value_axis
        assert (axis.minimum_scale, axis.maximum_scale) == sheet.spec.axis


def test_the_workbook_behind_a_chart_holds_the_same(made, kawasaki):
    for shape, sheet in zip(charts(read(made)), kawasaki.sheets, strict=True):
        expected = data_sheet(sheet.spec)
        blob = shape.chart.part.chart_workbook.xlsx_part.blob
        page = load_workbook(io.BytesIO(blob)).worksheets[0]
        rows = [tuple(cell.value for cell in row) for row in page.iter_rows()]
        assert rows[0][1:] == tuple(column.name for column in expected.columns)
        held = list(zip(*rows[1:], strict=True))[1:]
        for values, column in zip(held, expected.columns, strict=True):
            assert alike(values, column.values)


def test_the_arrears_of_kawasaki_are_told_as_its_plan_prints_them(made):
    slide = slide_of(read(made), ARREARS)
    assert slide.shapes.title.text_frame.text == (
        "令和3年度の目標30億円以下に対し令和2年度は30億7,700万円。"
        "あと7,700万円、残り1年での改善が必要です。"
    )
    rows = table_of(slide)
    assert [row[0].split("\n")[0] for row in rows[1:]] == ["第1期", "第2期", "第3期"]
    assert [row[1] for row in rows[1:]] == ["50億円以下", "30億円以下", "25億円以下"]
    marks = ["◎ 達成（参考 R2）", "○ 順調", "○ 順調"]
    assert [row[2].split("\n")[0] for row in rows[1:]] == marks
    [chart] = [shape for shape in slide.shapes if shape.has_chart]
    labels = "".join(chart.chart._chartSpace.itertext(f"{A}t"))
    for printed in ("67億5,319万円", "30億7,700万円", "50億円以下", "30億円以下", "25億円以下"):
        assert printed in labels


def test_the_notes_lead_every_figure_back_to_its_cell(made, kawasaki):
    notes = slide_of(read(made), ARREARS).notes_slide.notes_text_frame.text
    facts = sheet_of(kawasaki, ARREARS).facts
    assert len(facts) == 5
    for fact in facts:
        assert fact.source in notes
        assert re.search(r"› [A-Z]+\d+$", fact.source) or fact.source.endswith(".csv"), fact.source


def test_a_chart_is_told_to_those_who_do_not_see_it(made, kawasaki):
    for shape, sheet in zip(charts(read(made)), kawasaki.sheets, strict=True):
        assert shape._element.nvGraphicFramePr.cNvPr.get("descr") == sheet.spec.sentence


def test_every_slide_has_its_title_in_the_place_of_titles(made):
    deck = read(made)
    assert (deck.slide_width, deck.slide_height) == (Emu(12192000), Emu(6858000))
    assert all(slide.shapes.title.text_frame.text for slide in deck.slides)
    assert len(deck.slide_masters) == 1


def test_every_run_names_a_typeface_for_japanese(made):
    for slide in read(made).slides:
        for run in slide._element.iter(f"{A}r"):
            assert run.find(f"{A}rPr/{A}ea") is not None, run.findtext(f"{A}t")


def test_the_summary_counts_what_the_plan_has(made):
    rows = table_of(read(made).slides[1])
    assert rows[0][4:8] == ["◎ 達成", "○ 順調", "× 後退", "－ 評価不能"]
    third = next(row for row in rows if row[0].startswith("第3期"))
    assert third[2:8] == ["9", "2", "2", "4", "1", "2"]


def test_it_says_what_it_rests_upon(made):
    deck = read(made)
    last = "\n".join(texts(deck.slides[-1]))
    for word in ("2025年6月30日時点", "標準ルール 第1版", "速報値はありません。", "出典："):
        assert word in last
    for slide in list(deck.slides)[1:]:
        assert "2025年6月30日時点" in list(texts(slide))


def test_the_same_report_makes_the_same_file(made, kawasaki):
    assert slides(kawasaki, Style.COLOUR) == made
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}
    core = read(made).core_properties
    assert (core.created.date(), core.modified.date()) == (kawasaki.day, kawasaki.day)


def line_of(chart, name):
    """The line of a series: its dash, and the years drawn otherwise with theirs."""
    [series] = [s for s in chart.plots[0].series if s.name == name]
    own = series._element.find(f"{{*}}spPr/{A}ln/{A}prstDash").get("val")
    segments = {
        int(point.find("{*}idx").get("val")): point.find(f"{{*}}spPr/{A}ln/{A}prstDash").get("val")
        for point in series._element.findall("{*}dPt")
        if point.find("{*}spPr") is not None
    }
    return own, segments


def test_years_without_a_value_are_bridged_by_dots_and_known_ones_joined(mihon):
    sheet = sheet_of(mihon, "特定健康診査の受診率")
    [whole] = charts(read(slides(only(mihon, sheet), Style.COLOUR)))
    assert line_of(whole.chart, "実績") == ("solid", {})
    points = tuple(p for p in sheet.spec.points if p.year not in (2019, 2020))
    gappy = replace(sheet, spec=replace(sheet.spec, points=points))
    [chart] = charts(read(slides(only(mihon, gappy), Style.COLOUR)))
    dash, segments = line_of(chart.chart, "実績")
    assert dash == "sysDot"
    first = sheet.spec.years[0]
    joined = {p.year - first for p in points if p.year != 2021 and p.year > 2014}
    assert {n for n, own in segments.items() if own == "solid"} >= joined
    assert 2021 - first not in segments


def test_a_provisional_value_is_hollow_and_named_so(mihon):
    sheet = sheet_of(mihon, "特定健康診査の受診率")
    [shape] = charts(read(slides(only(mihon, sheet), Style.COLOUR)))
    written = map(str.strip, shape.chart._chartSpace.itertext(f"{A}t"))
    assert "38.9（速報）" in written
    [actual] = [s for s in shape.chart.plots[0].series if s.name == "実績"]
    hollow = [
        int(point.find("{*}idx").get("val"))
        for point in actual._element.findall("{*}dPt")
        if point.find(f"{{*}}marker/{{*}}spPr/{A}noFill") is not None
    ]
    assert [n + sheet.spec.years[0] for n in hollow] == list(sheet.provisional_years) == [2024]


def test_for_a_copier_everything_is_grey(mihon):
    data = slides(only(mihon, mihon.sheets[0]), Style.MONOCHROME)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if re.match(r"ppt/(slides|charts|slideLayouts|slideMasters|theme)/\w+\.xml", name):
                for colour in re.findall(rb'srgbClr val="(\w{6})"', archive.read(name)):
                    assert colour[:2] == colour[2:4] == colour[4:], (name, colour)


def test_large_letters_are_larger_and_lose_nothing(mihon):
    one = only(mihon, mihon.sheets[0])
    small, large = (read(slides(one, style)) for style in (Style.COLOUR, Style.LARGE))

    def lines(deck):
        whole = "\n".join(text for slide in deck.slides for text in texts(slide))
        # A place to write in may fall away, nothing that is written.
        return set(whole.splitlines()) - {"要因分析・今後の対応", "未記入"}

    def smallest(deck):
        [shape] = charts(deck)
        return min(int(run.get("sz")) for run in shape.chart._chartSpace.iter(f"{A}rPr"))

    assert lines(small) <= lines(large)
    assert smallest(large) > smallest(small)


def test_what_is_too_long_goes_on_upon_the_next_slide_and_is_all_there(mihon):
    note = "".join(f"{n}月は感染症の影響により集団健診を見合わせた。" for n in range(1, 140))
    sheet = noted(mihon.sheets[0], note)
    deck = read(slides(only(mihon, sheet), Style.COLOUR))
    shown = "".join(text for slide in deck.slides for text in texts(slide))
    assert shown.count("（続き）") >= 2
    found = re.findall(r"(\d+)月は感染症の影響により集団健診を見合わせた。", shown)
    assert [int(n) for n in found] == list(range(1, 140))


def test_names_are_shown_as_they_are_however_long(mihon):
    long = "市民が安心して暮らし続けられる地域づくりに関する取組の満足度" * 9
    for name in (HOSTILE, long):
        deck = read(slides(only(mihon, named(mihon.sheets[0], name)), Style.COLOUR))
        assert any(name in text for slide in deck.slides for text in texts(slide))


def test_nothing_hangs_over_the_foot_of_a_slide(mihon):
    name = "市民が安心して暮らし続けられる地域づくりに関する取組の満足度" * 3
    sheets = tuple(named(sheet, f"{n}{name}") for n, sheet in enumerate(mihon.sheets))
    section = replace(mihon.sections[0], sheets=sheets)
    deck = read(slides(replace(mihon, sections=(section,)), Style.LARGE))
    for slide in deck.slides:
        for shape in slide.shapes:
            if shape.has_table:
                height = sum(row.height for row in shape.table.rows)
                assert shape.top + height <= 634 * 9525, slide.shapes.title.text_frame.text


def test_a_series_of_which_nothing_is_known_has_a_slide_too(mihon):
    sheet = mihon.sheets[0]
    bare = replace(
        sheet,
        verdict=None,
        targets=(),
        facts=(),
        spec=replace(sheet.spec, points=(), steps=(), path=None, projection=None),
    )
    deck = read(slides(only(mihon, bare), Style.COLOUR))
    assert charts(deck) == []
    shown = "\n".join(text for slide in deck.slides for text in texts(slide))
    assert "年度の分かる数値がないため、図にできるものはありません。" in shown
    assert "目標は登録されていません。" in shown


def test_a_value_of_one_year_alone_is_a_value(mihon):
    sheet = mihon.sheets[0]
    zero = Point(2020, 0.0, "0", is_base=False, is_provisional=False)
    one = replace(sheet, spec=replace(sheet.spec, points=(zero,), projection=None))
    [shape] = charts(read(slides(only(mihon, one), Style.COLOUR)))
    [actual] = data_sheet(one.spec).of(Role.ACTUAL)
    assert tuple(shape.chart.plots[0].series[0].values) == actual.values
    assert [value for value in actual.values if value is not None] == [0.0]


def test_the_share_done_is_told_and_whoever_is_told_may_end_it(kawasaki):
    shares = []
    slides(kawasaki, Style.COLOUR, shares.append)
    assert shares == [n / 9 for n in range(1, 10)]

    class Ended(Exception):
        pass

    def end(_):
        raise Ended

    with pytest.raises(Ended):
        slides(kawasaki, Style.COLOUR, end)
