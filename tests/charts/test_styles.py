"""One chart in three styles and three calendars: the same figures, looked at otherwise."""

import json
import re
from itertools import pairwise

import pytest
from made import judged, plan_of

from kpi.charts import Calendar, Style, describe, draw, picture, theme, written
from kpi.model import FiscalYear, Period

COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|rgba?\([^)]*\)|hsla?\([^)]*\)")


def described(assessment, indicator, focus=3, calendar=Calendar.BOTH):
    lines = assessment.lines(focus)
    line = next(line for line in lines if line.indicator.startswith(indicator))
    return describe(assessment, line, focus, calendar=calendar)


def ranged():
    """A target from 10 to 15 and two actuals, the later one provisional."""
    period = Period(1, 1, FiscalYear(2022), FiscalYear(2025))
    facts = [
        {"kind": "target", "period": 1, "fiscal_year": 2025, "value": 10.0, "value_high": 15.0},
        {"fiscal_year": 2022, "value": 9.0},
        {"fiscal_year": 2023, "value": 12.0, "status": "速報"},
    ]
    assessment = judged(plan_of(*facts, periods=[period], unit="％"))
    return described(assessment, "受診率", focus=1)


def drawn(figure):
    """The lines of a figure that stand for something: their names and values."""
    return sorted((t.name, tuple(t.y)) for t in figure.data if t.name)


def written_in(figure):
    return [re.sub("</?b>", "", a.text) for a in figure.layout.annotations]


@pytest.mark.parametrize("style", Style)
def test_every_style_draws_the_same_figures_as_the_screen(mihon, style):
    spec = described(mihon, "男性職員")
    assert drawn(picture(spec, style)) == drawn(draw(spec, theme("light")))


def test_a_copier_gets_no_colour_at_all(mihon):
    figures = [picture(described(mihon, "特定健康診査"), Style.MONOCHROME)]
    figures += [picture(ranged(), Style.MONOCHROME)]
    for figure in figures:
        found = set(COLOUR.findall(json.dumps(figure.to_plotly_json(), default=list)))
        assert found
        for colour in found:
            assert re.fullmatch(r"#(..)\1\1", colour), colour


def test_a_copier_gets_hatches_for_bands_and_words_for_hollow_points(mihon):
    spec = described(mihon, "特定健康診査")
    hatched = [t for t in picture(spec, Style.MONOCHROME).data if t.fill]
    assert [t.fillpattern.shape for t in hatched] == ["\\"]
    assert not any(t.fillpattern.shape for t in picture(spec).data if t.fill)
    assert "速報 38.9" in written_in(picture(spec, Style.MONOCHROME))
    assert "38.9" in written_in(picture(spec))
    [band] = [t for t in picture(ranged(), Style.MONOCHROME).data if t.fill]
    assert (band.fillpattern.shape, set(band.y)) == ("/", {10.0, 15.0})


def test_for_a_projector_no_letter_is_smaller_than_24_pixels(mihon):
    for indicator in ("特定健康診査", "男性職員"):
        layout = picture(described(mihon, indicator), Style.LARGE).layout
        sizes = [layout.font.size, layout.title.font.size, layout.title.subtitle.font.size]
        sizes += [a.font.size for a in layout.annotations]
        assert layout.width == 1200
        assert min(sizes) >= 24


def test_for_a_projector_only_the_first_and_the_last_value_are_written(mihon):
    spec = described(mihon, "特定健康診査")
    words = written_in(picture(spec, Style.LARGE))
    assert {"基準 32.4", "速報 38.9"} <= set(words)
    assert not {"32.9", "33.8", "35.6", "36.2", "33.1", "35.8", "37.9"} & set(words)
    # The years of a period stand on the axis.
    assert {"第1期", "第2期", "第3期"} <= set(words)


@pytest.mark.parametrize("style", Style)
def test_lines_and_marks_grow_with_the_letters(mihon, style):
    figure = picture(described(mihon, "特定健康診査"), style)
    [target, *_] = [t for t in figure.data if t.name == "目標"]
    assert target.line.width == pytest.approx(2.4 * figure.layout.font.size / 14)


@pytest.mark.parametrize(
    ("calendar", "axis", "over", "hover"),
    [
        (Calendar.JAPANESE, "R2", "第3期　R4〜7", "R2"),
        (Calendar.WESTERN, "2020", "第3期　2022〜25", "2020"),
        (Calendar.BOTH, "R2<br>2020", "第3期　R4〜7", "R2（2020）"),
    ],
)
def test_a_calendar_reaches_axis_periods_and_what_is_told_of_a_point(
    mihon, calendar, axis, over, hover
):
    spec = described(mihon, "特定健康診査", calendar=calendar)
    for figure in (draw(spec, theme("dark")), picture(spec)):
        assert axis in figure.layout.xaxis.ticktext
        assert over in written_in(figure)
        [actuals] = [trace for trace in figure.data if trace.name == "実績"]
        assert [hover, "33.1"] in [list(one) for one in actuals.customdata]


def test_a_period_over_the_turn_of_an_era_or_a_century_has_its_years_in_full(mihon):
    words = written_in(draw(described(mihon, "特定健康診査"), theme("light")))
    assert "第2期　H30〜R3" in words
    old = Period(1, 1, FiscalYear(1998), FiscalYear(2001))
    fact = {"kind": "target", "period": 1, "fiscal_year": 2001, "value": 10.0}
    spec = described(
        judged(plan_of(fact, periods=[old])), "受診率", focus=1, calendar=Calendar.WESTERN
    )
    assert "第1期　1998〜2001" in written_in(draw(spec, theme("light")))


def test_years_are_written_anew_without_another_change(mihon):
    both = described(mihon, "特定健康診査")
    western = described(mihon, "特定健康診査", calendar=Calendar.WESTERN)
    assert written(both, Calendar.WESTERN) == western
    assert written(western, Calendar.BOTH) == both


@pytest.mark.parametrize("style", Style)
def test_a_picture_whose_axis_does_not_begin_at_zero_says_so(mihon, kawasaki, style):
    notes = [a.text for a in picture(described(mihon, "特定健康診査"), style).layout.annotations]
    assert any(note.startswith("縦軸は30から。") for note in notes)
    arrears = [
        line for line in kawasaki.lines(3) if line.title.startswith("国民健康保険料収入率等 収")
    ]
    whole = picture(describe(kawasaki, arrears[0], 3), style)
    assert whole.layout.yaxis.range[0] == 0
    assert not any("縦軸は" in a.text for a in whole.layout.annotations)


def test_no_line_of_a_wrapped_text_begins_with_a_mark_that_ends_one_or_splits_a_number(mihon):
    spec = described(mihon, "特定健康診査")
    for style in Style:
        lines = [
            line
            for a in picture(spec, style).layout.annotations
            for line in a.text.split("<br>")
            if a.yref == "paper"
        ]
        assert "".join(lines) == (spec.axis_note + spec.notes + spec.source)
        assert not any(re.match(r"[、。，．）」％ー]", line) for line in lines)
        for one, other in pairwise(lines):
            assert not (re.search(r"\d$", one) and re.match(r"\d", other)), (one, other)
