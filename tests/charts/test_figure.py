"""The description of a chart, and that what is drawn from it is the same."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import combinations

import pytest
from made import judged, plan_of

from kpi.charts import describe, draw, picture, sparkline, theme
from kpi.charts.labels import HEIGHT, WIDTH, box_at
from kpi.model import FiscalYear, Period


def described(assessment, indicator, series="", focus=3):
    [line] = [
        line
        for line in assessment.lines(focus)
        if line.indicator.startswith(indicator) and line.series == series
    ]
    return describe(assessment, line, focus)


def test_a_chart_holds_base_actuals_three_steps_path_and_projection(mihon):
    spec = described(mihon, "特定健康診査")
    assert [point.value for point in spec.points] == [
        32.4, 32.9, 33.8, 35.2, 35.6, 36.2, 33.1, 35.0, 35.8, 37.9, 38.9,
    ]  # fmt: skip
    assert [(point.is_base, point.is_provisional) for point in spec.points][::10] == [
        (True, False),
        (False, True),
    ]
    assert [(s.first_year, s.last_year, s.value, s.text) for s in spec.steps] == [
        (2016, 2017, 35, "35.0以上"),
        (2018, 2021, 38, "38.0以上"),
        (2022, 2025, 42, "42.0以上"),
    ]
    assert spec.path == ((2014, 32.4), (2025, 42))
    assert spec.projection is not None
    # 38.9 and a tenth of 38.9 - 32.4.
    assert spec.projection.text == "39.6"
    assert (spec.projection.from_value, spec.projection.from_year) == (38.9, 2024)
    assert spec.projection.low < spec.projection.value < spec.projection.high
    assert spec.years == (2014, 2025)
    assert spec.year_labels[5] == "R元\n2019"


def test_amounts_are_drawn_in_the_unit_shown_and_labelled_in_full(kawasaki):
    spec = described(kawasaki, "国民健康保険料", "収入未済額")
    assert spec.unit == "億円"
    assert [point.text for point in spec.points] == ["67億5,319万円", "30億7,700万円"]
    assert [step.value for step in spec.steps] == [50, 30, 25]
    assert [step.text for step in spec.steps] == ["50億円以下", "30億円以下", "25億円以下"]


def test_an_axis_that_does_not_begin_at_zero_says_so(mihon, kawasaki):
    cut = described(mihon, "特定健康診査")
    assert (cut.axis[0], cut.axis_note) == (30, "縦軸は30から。")
    whole = described(kawasaki, "国民健康保険料", "収入未済額")
    assert (whole.axis[0], whole.axis_note) == (0, "")


def test_a_series_without_a_dated_number_has_a_sentence_and_no_scale(mihon):
    spec = replace(
        described(mihon, "特定健康診査"), points=(), steps=(), path=None, projection=None
    )
    figure = draw(spec, theme("light"))
    assert [a.text for a in figure.layout.annotations] == [
        "年度の分かる数値がないため、図にできるものはありません。"
    ]
    assert not figure.layout.yaxis.visible


def test_the_chart_of_a_series_that_adds_up_says_what_its_points_are():
    period = Period(1, 1, FiscalYear(2022), FiscalYear(2025))
    facts = [
        {"kind": "target", "period": 1, "fiscal_year": 2025, "value": 40.0},
        {"fiscal_year": 2022, "value": 9.0},
        {"fiscal_year": 2023, "value": 8.0},
    ]
    content = plan_of(*facts, periods=[period], unit="人")
    adds_up = replace(content, series=content.series.assign(is_cumulative=True))
    note = "点は各年度の実績。目標、経路、見込みは、計画期の最初の年度からの合計。"
    for one, is_said in ((content, False), (adds_up, True)):
        assert (note in described(judged(one), "受診率", focus=1).notes) is is_said


def test_everything_shown_lies_within_the_axis(mihon):
    for line in mihon.lines(3):
        spec = describe(mihon, line, 3)
        shown = [point.value for point in spec.points] + [step.value for step in spec.steps]
        assert spec.axis[0] <= min(shown)
        assert max(shown) < spec.axis[1]


def test_the_chart_tells_itself_in_a_sentence(mihon):
    assert described(mihon, "特定健康診査").sentence == (
        "特定健康診査の受診率の推移。令和7年度の目標42.0％以上に対し令和6年度（速報）は38.9％。"
        "あと3.1ポイント、残り1年での改善が必要です。"
        "直近11点の平均の変化が続くと、令和7年度は39.6％前後（80％の幅は36.6％～42.5％）です。"
        "届く見込みはおよそ1割（14％）です。過去の実績で確かめて、外れの最も小さかった方法です。"
    )


def test_the_source_names_files_and_day_and_the_notes_explain_the_lines(mihon):
    spec = described(mihon, "特定健康診査")
    assert spec.source.startswith("出典：見本市（架空のデータ） ")
    assert spec.source.endswith("（2025年6月30日登録）")
    assert "中抜きの点は速報値" in spec.notes
    assert (
        "見込みは最新の値に直近11点の平均の変化を足したもの（過去の実績での検証で外れが最小の方法）。"
        "帯は検証で80％が入った幅。"
    ) in spec.notes


def test_the_figure_draws_what_the_description_says(mihon):
    spec = described(mihon, "特定健康診査")
    figure = draw(spec, theme("light"))
    [actuals] = [trace for trace in figure.data if trace.name == "実績"]
    assert list(actuals.x) == [point.year for point in spec.points]
    assert list(actuals.y) == [point.value for point in spec.points]
    steps = [list(trace.y) for trace in figure.data if trace.name == "目標"]
    assert steps == [[35, 35], [38, 38], [42, 42]]
    words = " ".join(a.text for a in figure.layout.annotations)
    for word in ("35.0以上", "38.0以上", "42.0以上", "達成", "遅れ", "第1期", "このままなら"):
        assert word in words


def words_of(figure):
    """The words on the plot of a chart by their place in pixels, as drawn on a small laptop."""
    first, last = figure.layout.xaxis.range
    low, high = figure.layout.yaxis.range
    tied = {"left": "right", "right": "left", "top": "bottom", "bottom": "top"}
    for words in figure.layout.annotations:
        if words.yref in (None, "y"):
            yield (
                re.sub("</?b>", "", words.text),
                box_at(
                    (words.x - first) / (last - first) * WIDTH + (words.xshift or 0),
                    (words.y - low) / (high - low) * HEIGHT + (words.yshift or 0),
                    re.sub("</?b>", "", words.text).replace("<br>", "\n"),
                    across=tied.get(words.xanchor, "center"),
                    upright=tied.get(words.yanchor, "middle"),
                ),
            )


@pytest.mark.parametrize(
    "indicator", ["男性職員の育児休業", "観光入込客数", "財政調整基金", "特定健康診査"]
)
def test_no_words_of_a_chart_lie_on_one_another_or_on_a_target(mihon, indicator):
    spec = described(mihon, indicator)
    low, high = spec.axis
    words = list(words_of(draw(spec, theme("light"))))
    # All values, all targets, the end of the line and the name of the path, where there is one.
    expected = len(spec.points) + len(spec.steps) + 1 + (spec.path is not None)
    assert len(words) == expected
    for (one, box), (other, beside) in combinations(words, 2):
        wide = min(box.right, beside.right) - max(box.left, beside.left)
        high_ = min(box.top, beside.top) - max(box.bottom, beside.bottom)
        assert wide < 2 or high_ < 2, (one, other)
    for text, box in words:
        for step in spec.steps:
            ends = [
                (year - spec.years[0] + 0.5) / (spec.years[1] - spec.years[0] + 1) * WIDTH
                for year in (step.first_year - 0.5, step.last_year + 0.5)
            ]
            y = (step.value - low) / (high - low) * HEIGHT
            is_beside = box.right < ends[0] or box.left > ends[1]
            assert is_beside or not box.bottom + 3 < y < box.top - 3, (text, step.text)


def test_a_stretch_goal_is_never_without_its_name(mihon):
    words = [text for text, _ in words_of(draw(described(mihon, "男性職員"), theme("light")))]
    assert "チャレンジ 50.0以上" in words


def test_a_long_title_and_a_long_source_are_wrapped_and_lose_nothing(mihon):
    spec = replace(
        described(mihon, "観光入込客数"),
        title="社会保障制度に基づく市の取組が経済的な不安の軽減に役立っている" * 2,
        source="出典：" + "見本市_成果指標実績_令和6年度.xlsx、" * 12,
    )
    layout = picture(spec).layout
    title = re.sub("</?b>", "", layout.title.text).split("<br>")
    assert "".join(title) == f"{spec.title}（千人）"
    assert len(title) == 2
    [below] = [a.text for a in layout.annotations if a.yref == "paper"]
    assert "".join(below.split("<br>")) == spec.axis_note + spec.notes + spec.source
    # 1200 pixels less the margins, at 14 pixels a letter.
    assert max(map(len, below.split("<br>"))) < 1112 / 8
    assert layout.height > 675


def test_names_from_files_are_text_in_a_figure_not_markup(mihon):
    spec = replace(described(mihon, "特定健康診査"), title="<b>x</b>", unit="<i>％</i>")
    title = picture(spec).layout.title.text
    assert "&lt;b&gt;x&lt;/b&gt;" in title
    assert "&lt;i&gt;" in title


def test_every_series_of_the_samples_can_be_drawn(mihon, kawasaki):
    for assessment in (mihon, kawasaki):
        for line in assessment.lines(3):
            assert draw(describe(assessment, line, 3), theme("dark")).data


def test_a_series_without_target_or_without_actual_can_be_drawn(kawasaki):
    line = kawasaki.lines(3)[0]
    bare = replace(kawasaki, measures=kawasaki.measures[:0], facts=kawasaki.facts[:0])
    spec = describe(bare, replace(line, course=(), steps=(), marks={}), 0)
    assert (spec.points, spec.steps) == ((), ())
    assert draw(spec, theme("light"))


def test_small_lines_are_svg_that_says_what_it_is(mihon):
    line = mihon.lines(3)[0]
    drawing = ET.fromstring(sparkline(line, (2014, 2025), (2017, 2021, 2025), 'a"<b>'))
    assert drawing.get("aria-label") == 'a"<b>'
    assert len(drawing.findall("circle")) == 2
