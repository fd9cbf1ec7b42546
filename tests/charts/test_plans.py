"""Plans of other shapes than the samples: without periods, years, numbers, or with other rules."""

from __future__ import annotations

from dataclasses import replace

import pytest
from made import judged, plan_of

from kpi.charts import (
    describe,
    draw,
    lead,
    ledger,
    picture,
    progress_table,
    sparkline,
    theme,
    values_table,
    verdict,
)
from kpi.model import FiscalYear, Fraction, Period
from kpi.progress.projection import Method
from kpi.progress.rating import parse_rule
from kpi.words import say

PERIOD = Period(1, 3, FiscalYear(2022), FiscalYear(2025))


def actual(year, value, **more):
    return {"kind": "actual", "fiscal_year": year, "value": value, **more}


def baseline(year, value, **more):
    return {"kind": "baseline", "fiscal_year": year, "value": value, **more}


def target(year, value, comparator=">=", **more):
    return {
        "kind": "target",
        "fiscal_year": year,
        "value": value,
        "comparator": comparator,
        **more,
    }


COURSE = [baseline(2020, 50), actual(2022, 54), actual(2023, 58), actual(2024, 60)]


def told(assessment, period=0):
    line = assessment.line(1, period)
    return verdict(assessment, line, assessment.main_targets(1)[period])


def test_targets_of_no_period_are_a_group_of_their_own():
    assessment = judged(plan_of(*COURSE, target(2025, 60), target(2030, 70)))
    [summary] = assessment.summaries
    assert (summary.title, summary.target_year, summary.total, summary.reached) == (
        "目標",
        "令和7年度",
        1,
        1,
    )
    assert lead(assessment, 0) == "目標に届いているのは1系列のうち1系列。"
    [line] = assessment.lines(0)
    assert line.marks[0].label == "達成"
    assert line.why == ("目標に到達", "目標の値ちょうど")
    assert told(assessment).when == "目標年度の1年前の実績で評価"


def test_where_nothing_can_be_judged_none_reached_is_not_said_to_be_0():
    assessment = judged(plan_of(baseline(2020, 50), target(2025, 60)))
    [summary] = assessment.summaries
    assert summary.is_unrated
    assert lead(assessment, 0) == "目標のある1系列は、どれも評価できません。"


def test_of_several_targets_of_no_period_the_next_one_is_judged():
    content = plan_of(*COURSE, target(2023, 58), target(2025, 62), target(2030, 70))
    assert judged(content, 2024).main_targets(1)[0].target_year == 2025
    assert judged(content, 2026).main_targets(1)[0].target_year == 2030
    assert judged(content, 2031).main_targets(1)[0].target_year == 2030


def test_targets_of_no_period_stand_after_the_periods():
    content = plan_of(*COURSE, target(2025, 62, period=3), target(2030, 70), periods=[PERIOD])
    assessment = judged(content)
    assert [s.title for s in assessment.summaries] == ["第3期", "目標"]
    assert list(assessment.line(1, 3).marks) == [3, 0]


def test_a_target_of_no_period_is_drawn_over_its_year_with_its_mark():
    assessment = judged(plan_of(*COURSE, target(2025, 60), target(2030, 70)))
    spec = describe(assessment, assessment.line(1, 0), 0)
    steps = [(s.title, s.first_year, s.last_year, s.mark and s.mark.label) for s in spec.steps]
    assert steps == [("目標", 2025, 2025, "達成"), ("目標", 2030, 2030, None)]
    words = [a.text for a in draw(spec, theme("light")).layout.annotations]
    assert "目標　R7" in words
    assert "<b>達成</b>" in words


def test_a_plan_without_any_target_says_so():
    assessment = judged(plan_of(*COURSE))
    assert lead(assessment, 0) == (
        "この計画には、まだ目標が登録されていません。1系列の実績と推移を示します。"
    )
    line = assessment.lines(0)[0]
    assert (line.latest, line.change, line.marks) == ("60", "+2", {})
    assert assessment.lines(0)[0].why[0] == "目標なし"


def test_a_series_of_which_nothing_is_known_can_be_drawn():
    assessment = judged(plan_of(target(2025, float("nan"), value_text="検討中")))
    line = assessment.line(1, 0)
    spec = describe(assessment, line, 0)
    assert (spec.points, spec.steps, spec.years) == ((), (), (2024, 2024))
    assert draw(spec, theme("light"))
    assert sparkline(line, spec.years, (), "")


def test_a_target_in_words_is_told_in_its_words():
    said = "2024年度中に運用開始"
    facts = [*COURSE, target(2025, float("nan"), "", value_text=said, period=3)]
    assessment = judged(plan_of(*facts, periods=[PERIOD]))
    line = assessment.line(1, 3)
    assert line.why == ("数値の目標でない", said)
    assert line.marks[3].target == said
    assert told(assessment, 3).sentence == (
        "令和7年度の目標「2024年度中に運用開始」は数値の目標でないため、値では評価しません。"
    )
    [row] = progress_table(assessment).itertuples()
    assert row.reason == "目標「2024年度中に運用開始」は数値でないため、値では評価しません。"
    [written] = [r for r in ledger(assessment, line, []) if r.is_target]
    assert (written.value, written.printed) == (said, "")
    assert "2024年度中に運用開始" in describe(assessment, line, 3).sentence


def test_a_target_held_against_a_year_without_actual_names_that_year():
    said = "2019年度実績から増加"
    facts = [*COURSE, target(2025, float("nan"), ">", value_text=said, period=3)]
    assessment = judged(plan_of(*facts, periods=[PERIOD]))
    assert assessment.line(1, 3).why == ("参照年度の実績待ち", f"目標 {said}")
    assert told(assessment, 3).sentence == (
        "令和7年度の目標「2019年度実績から増加」は、参照する令和元年度の実績がないため、まだ評価できません。"
    )
    [row] = progress_table(assessment).itertuples()
    assert row.reason == "参照年度令和元年度の実績がありません。"


def test_a_target_held_against_a_known_year_is_told_as_printed_and_as_a_number():
    said = "2022年度と比べて25％増加"
    facts = [*COURSE, target(2025, float("nan"), "", value_text=said, period=3)]
    assessment = judged(plan_of(*facts, periods=[PERIOD]))
    assert told(assessment, 3).sentence.startswith(
        "令和7年度の目標「2022年度と比べて25％増加」（67.5％以上）に対し令和6年度は60％。"
    )
    [row] = progress_table(assessment).itertuples()
    assert (row.target, row.target_text, row.reason) == (67.5, said, "")


def test_a_sum_is_told_with_its_years_and_a_missing_one_by_its_name():
    facts = [actual(2022, 10), actual(2023, 12), target(2025, 50, ">=", period=3)]
    content = plan_of(*facts, periods=[PERIOD], unit="件")
    content = replace(content, series=content.series.assign(is_cumulative=True))
    assert "令和4〜5年度の合計は22件" in told(judged(content), 3).sentence
    broken = replace(content, facts=content.facts[content.facts["fiscal_year"] != 2022])
    assert told(judged(broken), 3).sentence == (
        "令和7年度の目標50件以上に対する実績は令和4年度からの合計ですが、"
        "令和4年度の実績がないため、合計できません。"
    )


def test_what_only_a_tolerance_calls_kept_is_told_as_such():
    facts = [baseline(2020, 62), actual(2024, 59), target(2025, 60, ">=", period=3)]
    content = plan_of(*facts, periods=[PERIOD])
    content = replace(content, series=content.series.assign(tolerance=0.05))
    assessment = judged(content)
    assert assessment.line(1, 3).why[0] == "第3期の目標を維持（幅の内）"
    assert told(assessment, 3).sentence == (
        "令和7年度の目標60％以上に対し令和6年度は59％。目標との差1ポイントは維持とみる幅の内です。"
    )


def test_a_target_met_early_and_lost_again_is_told():
    facts = [*COURSE, actual(2021, 66), target(2025, 65, ">=", period=3)]
    said = told(judged(plan_of(*facts, periods=[PERIOD])), 3).sentence
    assert said.endswith("令和3年度には目標を満たしていました。")


def test_what_an_actual_was_worked_out_from_stands_beside_it_as_written():
    assessment = judged(plan_of(actual(2022, 50), actual(2023, 54), target(2025, 65)))
    line = assessment.line(1, 0)
    known = [
        Fraction(1, FiscalYear(2022), 500.0, None, "500", ""),
        Fraction(1, FiscalYear(2023), 594.0, 1100.0, "594", "1,100"),
        Fraction(2, FiscalYear(2025), 1.0, 2.0, "1", "2"),
    ]
    assert [(row.year[:3], row.fraction) for row in ledger(assessment, line, [], known)] == [
        ("令和7", ""),
        ("令和5", "分子 594／分母 1,100"),
        ("令和4", "分子 500／分母 不明"),
    ]


def test_what_names_no_year_is_listed_and_neither_drawn_nor_judged():
    assessment = judged(plan_of(*COURSE, actual(0, 99), target(0, 65)))
    line = assessment.line(1, 0)
    assert [point.value for point in line.course] == [50, 54, 58, 60]
    assert describe(assessment, line, 0).steps == ()
    assert (line.marks[0].label, line.why[0]) == ("評価不能", "目標の年度の記載なし")
    assert told(assessment).sentence == (
        "目標65％以上は、目標の年度が書かれていないため、評価できません。"
    )
    rows = [(row.year, row.value) for row in ledger(assessment, line, [])]
    assert rows[-2:] == [("年度の記載なし", "65"), ("年度の記載なし", "99")]
    [row] = progress_table(assessment).itertuples()
    assert row.target_year != row.target_year
    assert row.reason == "目標の年度が書かれていません。"
    assert assessment.summaries[0].note == "目標の年度が書かれていない。"


def test_a_year_that_is_not_named_is_empty_in_the_table_of_values():
    content = plan_of(*COURSE, actual(0, 99))
    assert list(values_table(content)["fiscal_year"]) == [2020, 2022, 2023, 2024, None]
    assert content.actual_years == [2024, 2023, 2022]


def test_a_period_whose_target_names_another_year_counts_a_series_once():
    content = plan_of(
        *COURSE,
        target(1995, 50, period=3),
        target(2025, 62, period=3),
        periods=[PERIOD],
    )
    [summary] = judged(content).summaries
    assert summary.total == 1


def test_a_value_of_an_actual_that_names_a_period_is_no_second_point():
    assessment = judged(plan_of(*COURSE, actual(2024, 60, period=3), target(2025, 65)))
    assert [point.year for point in assessment.courses[1]] == [2020, 2022, 2023, 2024]


def test_maintaining_is_told_by_what_is_missing():
    facts = [baseline(2020, 30), actual(2024, 29), target(2025, 30, "")]
    assessment = judged(plan_of(*facts, direction="maintain", unit="校"))
    assert told(assessment).sentence == (
        "令和7年度の目標30校に対し令和6年度は29校。維持を目指していますが、"
        "どれだけの差までを維持とみるかが決められていないため、評価できません。"
    )
    assert assessment.lines(0)[0].why == ("維持とみる幅が未設定", "目標 30校")


@pytest.mark.parametrize(
    ("values", "target_value", "comparator", "direction", "said"),
    [
        # Met and without a comparator: kept or lost by the direction. By hand with the widening of
        # one year, 1.4: changes -2, -3, -1, -2 about -2, s² = 2/3, spread 1.4 * sqrt(2/3 * 5/4) =
        # 1.278; 51 lies 1/1.278 = 0.78 above 50; Student's t with 3 degrees of freedom: 24.6 %.
        ([60, 58, 55, 54, 52], 51, "", "higher", "目標を保つ見込みはおよそ2割（25％）です。"),
        ([60, 58, 55, 54, 52], 52, "", "lower", "目標を保つ見込みはおよそ9割（89％）です。"),
        # 1.96 spreads away: 92.7 %, and what is left of it.
        ([60, 58, 55, 54, 52], 52.5, "<=", "lower", "目標を保つ見込みは9割を超えます（93％）。"),
        ([60, 58, 55, 54, 52], 52.5, ">=", "higher", "届く見込みは1割に届きません（7％）。"),
        # Twenty spreads away: nearly sure, and never wholly.
        ([60, 58, 55, 54, 52], 20, "", "higher", "目標を保つのは、ほぼ確実です（99％超）。"),
        ([60, 58, 55, 54, 52], 90, "", "higher", "届く見込みはほとんどありません（1％未満）。"),
        # What is projected itself.
        ([60, 58, 55, 54, 52], 50, "<=", "higher", "届く見込みはおよそ5割（50％）です。"),
        ([17, 18, 18, 20, 21], 17, "", "range", "で、上限の21％を超えます。目標を保つ見込みは"),
        (
            [24, 22, 21, 18, 16],
            17,
            "",
            "range",
            "で、下限の17％を下回ります。目標の範囲に入る見込みは",
        ),
        # No forecast hits one value.
        ([60, 58, 55, 54, 52], 50, "=", "higher", "）です。過去の"),
    ],
)
def test_the_outlook_is_that_of_the_comparator(values, target_value, comparator, direction, said):
    high = {"value_high": 21.0} if direction == "range" else {}
    facts = [actual(2020 + number, value) for number, value in enumerate(values)]
    facts.append(target(2025, target_value, comparator, **high))
    assert said in told(judged(plan_of(*facts, direction=direction))).outlook


def test_the_outlook_names_the_band_the_chance_and_why_it_is_so_told():
    # 50 and 1.278 as above; t(0.9, 3) = 1.638, so 2.09 to either side.
    facts = [actual(2020 + n, value) for n, value in enumerate([60, 58, 55, 54, 52])]
    assert told(judged(plan_of(*facts, target(2025, 51)))).outlook == (
        "直近5点の平均の変化が続くと、令和7年度は50％前後（80％の幅は48％～52％）です。"
        "目標を保つ見込みはおよそ2割（25％）です。過去の実績で確かめて、外れの最も小さかった方法です。"
    )


def test_where_all_points_lie_on_one_line_no_chance_is_told():
    facts = [actual(2020 + number, 56 + 2 * number) for number in range(5)]
    assessment = judged(plan_of(*facts, target(2025, 66, ">=")))
    assert told(assessment).outlook == (
        "直近5点の平均の変化が続くと、令和7年度は66％前後です。値がちょうど一直線に並び、"
        "どれほど外れうるかが分からないため、見込みの割合は示しません。"
        "過去の実績で確かめて、外れの最も小さかった方法です。"
    )
    projection = describe(assessment, assessment.line(1, 0), 0).projection
    assert projection is not None
    assert not projection.is_sure


def test_every_method_of_projecting_has_its_words():
    for method in Method:
        assert say(f"outlook.line.{method}", points=5, year="令和7年度", value="50％")
        assert say(f"chart.note.method.{method}", points=5)


def test_a_projection_that_ends_at_a_limit_says_so():
    facts = [actual(2020 + number, 80 + 4.5 * number) for number in range(5)]
    assessment = judged(plan_of(*facts, target(2030, 95)))
    assert told(assessment).outlook == (
        "直近5点の平均の変化が続くと、令和12年度は100.0％前後です。"
        "見込みと幅は、100％より上には示しません。過去の実績で確かめて、外れの最も小さかった方法です。"
    )
    assert "100％より上には示しません" in describe(assessment, assessment.line(1, 0), 0).notes


RULE = """
title = "ほかの市のルール"
version = 1
summary = "達成、改善、未達"
[[band]]
letter = "1"
label = "大きく改善"
colour = "b"
shape = "ring"
spoken = "進みが早い"
when = { pace = { at_least = 1.5 } }
[[band]]
letter = "2"
label = "改善"
colour = "b"
shape = "ring"
spoken = "進んでいる"
when = { progress = { above = 0.0 } }
[[band]]
letter = "3"
label = "その他"
colour = "c"
shape = "triangle"
spoken = "進んでいない"
"""


def test_the_first_sentence_takes_its_words_from_the_rule():
    rule = parse_rule("other", RULE)
    facts = [baseline(2015, 50), actual(2024, 52), target(2025, 60)]
    assert lead(judged(plan_of(*facts), rule=rule), 0) == (
        "目標に届いているのは1系列のうち0系列、改善は1系列。"
    )
    assert "大きく改善は1系列" in lead(judged(plan_of(*facts, actual(2018, 59)), 2018, rule), 0)


def test_a_chart_without_a_unit_has_no_empty_brackets():
    assessment = judged(plan_of(*COURSE, target(2025, 65), unit=""))
    spec = describe(assessment, assessment.line(1, 0), 0)
    assert picture(spec).layout.title.text == "<b>受診率</b>"
