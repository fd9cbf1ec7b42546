"""A series beside those of other plans: what the sentences say, and what chart and table show."""

from __future__ import annotations

import pytest
from made import judged, plan_of

from kpi.charts import compare, draw, picture, theme
from kpi.model import FiscalYear, Municipality, Period, Plan
from kpi.store import SeriesContent, known_series, open_database, read_series

NATION = Municipality("国", "国")


def actual(year, value, **more):
    return {"kind": "actual", "fiscal_year": year, "value": value, **more}


def target(year, value, comparator=">=", **more):
    return {
        "kind": "target",
        "fiscal_year": year,
        "value": value,
        "comparator": comparator,
        **more,
    }


def other(*facts, municipality=NATION, plan="工程表", series_id=1):
    frame = plan_of(*facts).facts.assign(series_id=series_id)
    return SeriesContent(municipality, Plan(2, plan), series_id, "受診率", "", "％", frame)


def compared(own, *others, year=2024, **more):
    assessment = judged(plan_of(*own, **more), year)
    focus = next(iter(assessment.main_targets(1)), 0)
    return compare(assessment, assessment.line(1, focus), focus, others)


def told(own, *facts, year=2024, **more):
    [side] = compared(own, other(*facts), year=year, **more).others
    return side.sentence


@pytest.fixture(scope="module")
def national(sample_file):
    """The three national series that measure what Kawasaki does."""
    engine = open_database(f"sqlite:///{sample_file}")
    known = known_series(engine)
    rows = known[
        known["indicator"].isin(
            ["就労支援事業等に参加可能な者の事業参加率", "就労支援事業等の参加率"]
        )
    ]
    ids = [int(series_id) for series_id in rows["series_id"]]
    yield read_series(engine, "国", ids)
    engine.dispose()


def test_kawasaki_beside_the_roadmap_and_the_ministry(kawasaki, national):
    titles = {title: series_id for series_id, title in kawasaki.titles.items()}
    line = kawasaki.line(titles["就労支援事業等に参加可能な人の事業参加率"], 3)
    roadmap, ministry, before = compare(kawasaki, line, 3, national).others
    assert roadmap.sentence == (
        "国「新経済・財政再生計画 改革工程表2023」の目標は令和7年度に65％で、"
        "川崎市の65％以上と同じ値です。この系列の報告年度までの実績は登録されていません。"
    )
    assert ministry.sentence == (
        "国「生活保護行政の指標（平成31年3月）」の目標は令和3年度に65％、"
        "川崎市の目標は令和7年度に65％以上です。"
        "この系列の報告年度までの実績は登録されていません。"
    )
    assert before.sentence == (
        "国「生活保護行政の指標（平成31年3月）」の目標は平成30年度に60％、"
        "川崎市の目標は令和7年度に65％以上です。"
        "国の実績は平成29年度36.5％、川崎市は令和2年度53％です。"
    )
    assert [(f.year, f.text, f.source) for f in (*before.targets, *before.actuals)] == [
        ("H30", "60％", "国_生活保護行政の指標.xlsx › 指標 › G46"),
        ("H29", "36.5％", "国_生活保護行政の指標.xlsx › 指標 › G49"),
    ]


def test_the_chart_of_kawasaki_shows_all_with_their_years(kawasaki, national):
    titles = {title: series_id for series_id, title in kawasaki.titles.items()}
    line = kawasaki.line(titles["就労支援事業等に参加可能な人の事業参加率"], 3)
    spec = compare(kawasaki, line, 3, national).spec
    assert [(one.mark, one.name) for one in spec.others] == [("①", "国"), ("②", "国"), ("③", "国")]
    assert [[(s.last_year, s.value) for s in one.targets] for one in spec.others] == [
        [(2025, 65.0)],
        [(2021, 65.0)],
        [(2018, 60.0)],
    ]
    assert [(point.year, point.value) for point in spec.others[2].points] == [(2017, 36.5)]
    assert spec.years == (2017, 2025)
    assert spec.path is None
    assert spec.projection is None
    words = {a.text for a in draw(spec, theme("light")).layout.annotations}
    assert {"<b>川崎市 53</b>", "①国 目標 65", "②国 目標 65", "③国 36.5", "③ 目標 60"} <= words
    assert "国_改革工程表2023.xlsx" in spec.source
    assert "国の実績は平成29年度36.5％" in spec.sentence


OWN = [actual(2020, 50), actual(2023, 55), target(2025, 60)]


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ([target(2025, 60)], "国「工程表」の目標は令和7年度に60％以上で、三鷹市と同じです。"),
        (
            [target(2025, 65)],
            "国「工程表」の目標は令和7年度に65％以上で、三鷹市の60％以上より5ポイント高い値です。",
        ),
        (
            [target(2025, 52.5)],
            "目標は令和7年度に52.5％以上で、三鷹市の60％以上より7.5ポイント低い値です。",
        ),
        (
            [target(2025, 55, "", value_high=65, value_text="55～65")],
            "国「工程表」の目標は令和7年度に55～65％、三鷹市は60％以上です。",
        ),
        (
            [target(2022, 40), target(2030, 80)],
            "国「工程表」の目標は令和12年度に80％以上、三鷹市の目標は令和7年度に60％以上です。",
        ),
        # Of several the one of the same year.
        ([target(2025, 60), target(2030, 80)], "令和7年度に60％以上で、三鷹市と同じです。"),
        ([target(0, 70)], "国「工程表」の目標は70％以上です。"),
        (
            [target(2025, float("nan"), "", value_text="2019年度から増加")],
            "国「工程表」の目標は令和7年度に「2019年度から増加」です。",
        ),
    ],
)
def test_targets_are_told_beside_each_other(facts, sentence):
    assert sentence in told(OWN, *facts)


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        (
            [actual(2020, 48), actual(2023, 52.5), actual(2024, 53)],
            "令和5年度の実績は国「工程表」52.5％、三鷹市55％で、三鷹市が2.5ポイント高い値です。",
        ),
        ([actual(2023, 55)], "令和5年度の実績は、国「工程表」も三鷹市も55％です。"),
        (
            [actual(2023, 60)],
            "令和5年度の実績は国「工程表」60％、三鷹市55％で、三鷹市が5ポイント低い値です。",
        ),
        ([actual(2022, 30)], "国「工程表」の実績は令和4年度30％、三鷹市は令和5年度55％です。"),
        # After the reporting year, and of no year: neither is known of any year shown.
        ([actual(2025, 30)], "国「工程表」には、目標も、報告年度までの実績も登録されていません。"),
        ([actual(0, 30)], "国「工程表」には、目標も、報告年度までの実績も登録されていません。"),
        ([], "国「工程表」には、目標も、報告年度までの実績も登録されていません。"),
    ],
)
def test_actuals_of_different_years_are_never_told_without_both(facts, sentence):
    assert told(OWN, *facts) == sentence


def test_one_of_ones_own_without_figures_is_said_to_have_none():
    assert told([target(2025, 60)], actual(2022, 30)) == (
        "国「工程表」の実績は令和4年度30％です。三鷹市の実績は登録されていません。"
    )
    assert told([actual(2022, 30)], target(2025, 60)) == (
        "国「工程表」の目標は令和7年度に60％以上です。"
        "この系列の報告年度までの実績は登録されていません。"
    )


def test_a_series_of_the_same_municipality_is_named_by_its_plan():
    own = other(target(2025, 65), municipality=Municipality("132047", "三鷹市"), plan="健康計画")
    [side] = compared(OWN, own).others
    assert side.sentence.startswith(
        "「健康計画」の目標は令和7年度に65％以上で、この計画の60％以上より"
    )


def test_each_is_told_with_the_decimals_its_own_source_prints():
    facts = [actual(2023, 54.0, value_text="54.0")]
    assert told(OWN, *facts) == (
        "令和5年度の実績は国「工程表」54.0％、三鷹市55％で、三鷹市が1.0ポイント高い値です。"
    )


def test_three_stand_in_the_chart_and_all_in_the_table():
    others = [other(actual(2023, number), series_id=number) for number in range(1, 6)]
    result = compared(OWN, *others)
    assert [one.mark for one in result.spec.others] == ["①", "②", "③"]
    assert [side.mark for side in result.others] == ["①", "②", "③", "④", "⑤"]
    assert result.own.mark == ""
    looks = {(t.line.dash, t.marker.symbol) for t in lines(draw(result.spec, theme("light")))}
    assert len(looks) == 4


def lines(figure):
    """The courses: traces of marks whose hover tells a year."""
    return [t for t in figure.data if t.customdata is not None]


def test_the_courses_differ_in_their_marks_and_not_in_colour_alone():
    others = [other(actual(2022, n), actual(2023, n + 1), series_id=n) for n in (1, 2, 3)]
    figure = draw(compared(OWN, *others).spec, theme("dark"))
    symbols = [trace.marker.symbol[-1] for trace in lines(figure)]
    dashes = [t.line.dash for t in figure.data if t.mode == "lines" and t.line.width == 1.6]
    assert len(set(symbols)) == 4
    assert len(set(dashes)) == 3


def test_years_and_values_of_the_others_fit_on_the_axes():
    result = compared(OWN, other(actual(2010, 5), target(2030, 90)))
    assert result.spec.years == (2010, 2030)
    low, high = result.spec.axis
    assert low <= 5 < 90 <= high


def test_text_of_a_file_is_no_markup_in_the_chart():
    evil = Municipality("x", "<b>町</b>")
    spec = compared(OWN, other(actual(2023, 5), municipality=evil)).spec
    words = [a.text for a in picture(spec).layout.annotations]
    assert any("①&lt;b&gt;町&lt;/b&gt; 5" in text for text in words)
    assert not any("<b>町" in text for text in words)


def test_a_range_of_another_plan_is_drawn_at_both_ends():
    facts = [target(2025, -5, "", value_high=0.0, value_text="-5～0")]
    figure = draw(compared(OWN, other(*facts)).spec, theme("light"))
    heights = {t.y[0] for t in figure.data if t.hovertemplate and "①国 目標" in t.hovertemplate}
    assert heights == {-5, 0}


def test_the_targets_of_the_focus_period_are_compared():
    periods = [
        Period(1, n, FiscalYear(last - 3), FiscalYear(last)) for n, last in ((2, 2021), (3, 2025))
    ]
    own = [actual(2023, 55), target(2021, 50, period=2), target(2025, 60, period=3)]
    assessment = judged(plan_of(*own, periods=periods))
    [side] = compare(assessment, assessment.line(1, 3), 3, [other(target(2025, 60))]).others
    assert "三鷹市と同じです" in side.sentence
    [side] = compare(assessment, assessment.line(1, 2), 2, [other(target(2025, 60))]).others
    assert "三鷹市の目標は令和3年度に50％以上です" in side.sentence
