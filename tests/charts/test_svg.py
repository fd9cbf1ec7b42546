"""Charts drawn as SVG: the same figures and marks as everywhere, read back from the drawing."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from kpi.charts import Calendar, Style, describe, svg, theme
from kpi.charts.svg import ticks

SVG = "{http://www.w3.org/2000/svg}"


def described(assessment, indicator, series="", focus=3, **how):
    [line] = [
        line
        for line in assessment.lines(focus)
        if line.indicator.startswith(indicator) and line.series == series
    ]
    return describe(assessment, line, focus, **how)


def words_of(drawing):
    return [element.text for element in ET.fromstring(drawing).iter(f"{SVG}text")]


def test_all_that_is_known_and_promised_is_written_beside_its_place(mihon):
    words = words_of(svg(described(mihon, "特定健康診査"), Style.COLOUR))
    for value in ("基準 32.4", "32.9", "33.8", "35.2", "33.1", "37.9", "38.9"):
        assert value in words
    for word in (
        "35.0以上",
        "目標 38.0以上",
        "目標 42.0以上",
        "達成",
        "未達",
        "遅れ",
        "このままなら",
    ):
        assert word in words
    assert {"H26", "2014", "R7", "2025"} <= set(words)


def test_points_lie_where_their_values_are_on_the_axis(mihon):
    spec = described(mihon, "特定健康診査")
    drawing = ET.fromstring(svg(spec, Style.COLOUR))
    circles = [
        tuple(map(float, re.match(r"M([\d.]+) ([\d.]+)a", path.get("d")).groups()))
        for path in drawing.iter(f"{SVG}path")
        if re.match(r"M[\d.]+ [\d.]+a", path.get("d"))
        # The marks over the periods are drawn in a box of their own.
        and path.get("stroke") != "currentColor"
    ]
    heights = [y for _, y in circles]
    values = [point.value for point in spec.points if not point.is_base]
    assert len(heights) == len(values) == 10
    # A straight line through first and last height gives all others, within a tenth of a pixel.
    slope = (heights[-1] - heights[0]) / (values[-1] - values[0])
    for height, value in zip(heights, values, strict=True):
        assert abs(heights[0] + (value - values[0]) * slope - height) < 0.2


def test_years_without_a_value_are_crossed_by_dots_alone(kawasaki):
    spec = described(kawasaki, "国民健康保険料", "収入未済額", focus=2)
    lines = [
        path
        for path in ET.fromstring(svg(spec, Style.COLOUR)).iter(f"{SVG}path")
        if path.get("stroke") == theme("light")["accent"] and path.get("fill") == "none"
    ]
    assert [path.get("stroke-dasharray") for path in lines] == ["1.6 4"]
    words = words_of(svg(spec, Style.COLOUR))
    assert {"基準 67億5,319万円", "30億7,700万円", "50億円以下"} <= set(words)


def test_a_provisional_value_is_hollow_and_in_black_and_white_called_so(mihon):
    spec = described(mihon, "特定健康診査")
    assert "速報 38.9" in words_of(svg(spec, Style.MONOCHROME))
    hollow = f'fill="{theme("light")["surface"]}" stroke="{theme("light")["accent"]}"'
    assert svg(spec, Style.COLOUR).count(hollow) == 1


def test_a_drawing_tells_itself_to_those_who_do_not_see_it(mihon):
    spec = described(mihon, "特定健康診査")
    drawing = ET.fromstring(svg(spec, Style.COLOUR))
    assert drawing.get("role") == "img"
    assert [element.text for element in list(drawing)[:2]] == [spec.title, spec.sentence]


def test_names_from_files_are_text_in_a_drawing(mihon):
    spec = described(mihon, "特定健康診査")
    points = tuple(replace(point, text='<b>&"髙𠮷') for point in spec.points)
    # A form feed has no place in XML.
    drawing = svg(replace(spec, title="<scr\fipt>", points=points), Style.COLOUR)
    assert ET.fromstring(drawing)[0].text == "<script>"
    assert '<b>&"髙𠮷' in words_of(drawing)


def test_years_are_written_in_the_calendar_chosen(mihon):
    words = words_of(svg(described(mihon, "特定健康診査", calendar=Calendar.WESTERN), Style.COLOUR))
    assert "2025" in words
    assert not {"R7", "H26"} & set(words)


@pytest.fixture(scope="module")
def every_series(mihon, kawasaki):
    return [describe(plan, line, 3) for plan in (mihon, kawasaki) for line in plan.lines(3)]


@pytest.mark.parametrize("style", list(Style))
def test_every_series_of_the_samples_is_drawn_within_its_frame_and_in_grey_for_a_copier(
    every_series, style
):
    for spec in every_series:
        drawing = svg(spec, style)
        if style is Style.MONOCHROME:
            assert all(len({*rgb}) == 1 for rgb in re.findall(r"#(..)(..)(..)\b", drawing))
        _, _, width, height = map(float, ET.fromstring(drawing).get("viewBox").split())
        for element in ET.fromstring(drawing).iter(f"{SVG}text"):
            assert 0 <= float(element.get("x")) <= width
            assert 0 < float(element.get("y")) <= height


def test_a_series_without_a_dated_number_says_that_there_is_nothing_to_draw(mihon):
    spec = replace(
        described(mihon, "特定健康診査"), points=(), steps=(), path=None, projection=None
    )
    assert words_of(svg(spec, Style.COLOUR)) == [
        "年度の分かる数値がないため、図にできるものはありません。"
    ]


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0, 82.4, [0, 20, 40, 60, 80]),
        (30, 44.7, [30, 35, 40, 45][:3]),
        (99.1, 99.63, [99.1, 99.2, 99.3, 99.4, 99.5, 99.6]),
        (-12, 31, [-10, 0, 10, 20, 30]),
        (0, 1_830_000, [0, 500_000, 1_000_000, 1_500_000]),
    ],
)
def test_an_axis_is_divided_at_round_values(low, high, expected):
    assert ticks(low, high) == expected
