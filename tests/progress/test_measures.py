"""The measures against figures worked out by hand, and what must not change them."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.model import FiscalYear, Period
from kpi.progress import MeasureOptions, Reason, load_rule, measure, rate

RECORDED = datetime(2025, 6, 30, tzinfo=UTC)
PERIODS = (
    Period(1, 1, FiscalYear(2016), FiscalYear(2017)),
    Period(1, 2, FiscalYear(2018), FiscalYear(2021)),
    Period(1, 3, FiscalYear(2022), FiscalYear(2025)),
)


def plan(facts, direction="higher", unit="％"):
    """One series from short facts: (kind, year, value[, comparator[, high[, label]]])."""
    ends = {2017: 1, 2021: 2, 2025: 3}
    rows = []
    for kind, year, value, *rest in facts:
        comparator, high, label = (*rest, *("", math.nan, "")[len(rest) :])
        rows.append(
            {
                "series_id": 1,
                "kind": kind,
                "period": ends.get(year, 0) if kind == "target" else 0,
                "label": label,
                "fiscal_year": year,
                "value": math.nan if value is None else float(value),
                "value_high": high,
                "comparator": comparator,
                "value_text": str(value),
                "status": "",
                "recorded_at": RECORDED,
            }
        )
    series = pd.DataFrame({"series_id": [1], "unit": [unit], "direction": [direction]})
    return series, pd.DataFrame(rows)


def judged(facts, reporting_year=2020, direction="higher", unit="％", rule="standard"):
    series, table = plan(facts, direction, unit)
    return rate(measure(series, table, PERIODS, reporting_year), load_rule(rule))


def only(facts, *args, **kwargs):
    [row] = judged(facts, *args, **kwargs).itertuples()
    return row


BASE = ("baseline", 2014, 92.96)


def test_the_collection_rate_of_kawasaki_as_worked_out_by_hand():
    row = only([BASE, ("actual", 2020, 94.76), ("target", 2021, 95.0, ">=")])
    # (94.76 - 92.96) / (95.0 - 92.96), (2020 - 2014) / (2021 - 2014)
    assert row.progress == pytest.approx(1.80 / 2.04)
    assert row.elapsed == pytest.approx(6 / 7)
    assert row.pace == pytest.approx(1.80 / 2.04 * 7 / 6)
    assert row.attainment == pytest.approx(94.76 / 95.0)
    assert row.required_per_year == pytest.approx(0.24)
    assert (row.met, row.rating_label) == (False, "順調")


def test_arrears_are_better_when_lower():
    facts = [
        ("baseline", 2014, 6753190000),
        ("actual", 2020, 3077000000),
        ("target", 2017, 5000000000, "<="),
        ("target", 2025, 2500000000, "<="),
    ]
    first, third = judged(facts, direction="lower", unit="円").itertuples()
    assert (first.met, first.rating_label, third.met, third.rating_label) == (
        True,
        "達成",
        False,
        "順調",
    )
    assert third.progress == pytest.approx(3676190000 / 4253190000)
    assert third.attainment == pytest.approx(2500000000 / 3077000000)
    assert third.required_per_year == pytest.approx(-577000000 / 5)


def test_worse_than_the_base_is_negative_progress_never_zero():
    row = only(
        [("baseline", 2014, 608), ("actual", 2020, 595), ("target", 2025, 650, ">=")], unit="世帯"
    )
    assert row.progress == pytest.approx(-13 / 42)
    assert (row.worse_than_base, row.rating_label) == (True, "後退")


def test_a_new_indicator_starts_from_the_value_printed_beside_it():
    row = only([("actual", 2020, 53), ("target", 2025, 65, ">=")])
    assert (row.baseline, row.baseline_year, row.elapsed, row.progress) == (53, 2020, 0, 0)
    assert math.isnan(row.pace)
    assert row.required_per_year == pytest.approx(2.4)
    assert (row.rating, row.reason) == ("", Reason.NOT_STARTED)
    later = only([("actual", 2020, 53), ("actual", 2022, 58), ("target", 2025, 65, ">=")], 2022)
    assert later.progress == pytest.approx(5 / 12)
    assert later.elapsed == pytest.approx(2 / 5)
    assert later.rating_label == "順調"


def test_a_series_that_begins_within_its_period_has_no_base():
    row = only([("actual", 2022, 15), ("actual", 2024, 23), ("target", 2025, 40, ">=")], 2024)
    assert math.isnan(row.baseline)
    assert math.isnan(row.progress)
    assert (row.rating, row.reason) == ("", Reason.NO_BASE)


def test_a_base_already_past_the_target_leaves_no_way_to_go_only_kept_or_lost():
    base, target = ("baseline", 2014, 22.9), ("target", 2025, 20, ">=")
    kept = only([base, ("actual", 2020, 21), target])
    assert math.isnan(kept.progress)
    assert (kept.met, kept.rating_label) == (True, "達成")
    lost = only([base, ("actual", 2020, 19), target])
    assert (lost.met, lost.rating_label) == (False, "後退")


def test_a_base_at_the_target_leaves_no_ratio():
    row = only([("baseline", 2014, 100), ("actual", 2020, 99), ("target", 2025, 100, ">=")])
    assert math.isnan(row.progress)
    assert row.rating_label == "後退"


def test_an_actual_of_the_targets_own_year_counts_before_a_later_one():
    row = only([BASE, ("actual", 2017, 94), ("actual", 2020, 90), ("target", 2017, 93.8, ">=")])
    assert (row.actual_year, row.met) == (2017, True)


def test_without_an_actual_in_the_targets_year_the_latest_counts_and_says_its_year():
    row = only([BASE, ("actual", 2019, 94), ("actual", 2020, 95), ("target", 2017, 93.8, ">=")])
    assert (row.actual_year, row.met) == (2020, True)
    assert row.elapsed == pytest.approx(2.0)


def test_actuals_after_the_reporting_year_are_not_looked_at():
    facts = [BASE, ("actual", 2019, 94), ("target", 2021, 95, ">=")]
    later = [*facts, ("actual", 2021, 99), ("actual", 2024, 50)]
    pd.testing.assert_frame_equal(judged(facts), judged(later))


def test_without_any_actual_nothing_is_judged_and_nothing_is_zero():
    row = only([BASE, ("target", 2025, 95, ">=")])
    assert (row.met, row.rating, row.reason) == (None, "", Reason.NO_ACTUAL)
    for name in ("actual", "attainment", "progress", "elapsed", "pace", "gap"):
        assert math.isnan(getattr(row, name)), name


def test_an_actual_without_a_number_is_no_actual():
    row = only([BASE, ("actual", 2020, None), ("target", 2025, 95, ">=")])
    assert row.reason == Reason.NO_ACTUAL


def test_a_target_without_a_number_is_not_judged():
    row = only([BASE, ("actual", 2020, 94), ("target", 2025, None)])
    assert (row.met, row.reason) == (None, Reason.NO_NUMBER)


def test_without_direction_and_comparator_nothing_is_judged():
    facts = [BASE, ("actual", 2020, 94), ("target", 2025, 95)]
    row = only(facts, direction="unknown")
    assert (row.met, row.rating, row.reason) == (None, "", Reason.NO_DIRECTION)
    assert only(facts, direction="higher").met is False


@pytest.mark.parametrize(
    ("comparator", "actual", "met"),
    [
        (">=", 95, True),
        (">", 95, False),
        ("<=", 95, True),
        ("<", 95, False),
        ("=", 95, True),
        ("=", 95.1, False),
    ],
)
def test_comparators_mean_what_they_say_at_the_very_value(comparator, actual, met):
    row = only([BASE, ("actual", 2020, actual), ("target", 2025, 95, comparator)])
    assert row.met is met


@pytest.mark.parametrize(
    ("actual", "met", "gap", "progress"),
    [(12, True, 0, None), (7.5, False, 2.5, 0.5), (16, False, -1, 0.8), (3, False, 7, -0.4)],
)
def test_a_range_is_met_within_and_missed_by_the_distance_to_its_edge(actual, met, gap, progress):
    facts = [
        ("baseline", 2014, 5 if actual != 16 else 20),
        ("actual", 2020, actual),
        ("target", 2025, 10, "", 15),
    ]
    row = only(facts, direction="range")
    assert (row.met, row.gap) == (met, gap)
    if progress is not None:
        assert row.progress == pytest.approx(progress)
    assert math.isnan(row.attainment)


def test_beyond_a_range_on_its_other_side_only_the_distance_that_is_closed_counts():
    # Distance to the band (docs/progress.md): the base lies 5 above it, the actual 2 below it.
    facts = [("baseline", 2014, 20), ("actual", 2020, 8), ("target", 2025, 10, "", 15)]
    row = only(facts, direction="range")
    assert (row.met, row.gap) == (False, 2)
    assert row.progress == pytest.approx(3 / 5)
    worse = only([("baseline", 2014, 16), *facts[1:]], direction="range")
    assert worse.progress == pytest.approx(-1)
    assert (worse.worse_than_base, worse.rating_label) == (True, "後退")


def test_an_equal_is_missed_on_both_sides():
    facts = [("baseline", 2014, 90), ("actual", 2020, 96), ("target", 2025, 95, "=")]
    row = only(facts)
    assert row.met is False
    assert row.progress == pytest.approx(4 / 5)


def test_a_level_to_maintain_is_kept_at_the_level_and_beside_it_wants_a_tolerance():
    base, target = ("baseline", 2014, 30), ("target", 2025, 30)
    kept = only([base, ("actual", 2020, 30), target], direction="maintain")
    assert (kept.met, kept.rating_label, kept.reason) == (True, "達成", Reason.NONE)
    left = only([base, ("actual", 2020, 29), target], direction="maintain")
    assert (left.met, left.rating, left.reason) == (None, "", Reason.NO_TOLERANCE)
    assert math.isnan(left.progress)


def test_a_comparator_says_what_maintains():
    facts = [("baseline", 2014, 100), ("actual", 2020, 99), ("target", 2025, 98, ">=")]
    assert only(facts, direction="maintain").met is True
    within = [*facts[:2], ("target", 2025, 95, "", 105)]
    assert only(within, direction="maintain").met is True


def test_a_series_meant_to_stay_in_a_range_is_not_judged_by_one_number():
    facts = [("baseline", 2014, 12), ("actual", 2020, 13), ("target", 2025, 15)]
    row = only(facts, direction="range")
    assert (row.met, row.rating, row.reason) == (None, "", Reason.NO_RANGE)


def more(series, table, **fact):
    """Add an actual to a plan of short facts."""
    actual = {**table.iloc[0], "kind": "actual", "label": "", "period": 0, **fact}
    return series, pd.concat([table, pd.DataFrame([actual])], ignore_index=True)


def test_an_actual_that_names_a_period_or_a_label_is_one_actual_all_the_same():
    content = plan([BASE, ("actual", 2020, 94), ("target", 2021, 95, ">="), ("target", 2025, 96)])
    content = more(*content, fiscal_year=2020, value=94.76, period=2)
    content = more(*content, fiscal_year=2021, value=95.2, period=2)
    content = more(*content, fiscal_year=2021, value=80.0, label="参考")
    second, third = measure(*content, PERIODS, 2021).itertuples()
    assert (second.actual_year, second.actual, second.met) == (2021, 95.2, True)
    assert (third.actual_year, third.actual) == (2021, 95.2)


def test_of_two_actuals_of_one_year_the_one_recorded_later_counts():
    content = plan([BASE, ("actual", 2020, 94), ("target", 2021, 95, ">=")])
    earlier = more(
        *content,
        fiscal_year=2020,
        value=90.0,
        period=2,
        recorded_at=datetime(2024, 6, 30, tzinfo=UTC),
    )
    [row] = measure(*earlier, PERIODS, 2020).itertuples()
    assert row.actual == 94
    later = more(
        *content,
        fiscal_year=2020,
        value=90.0,
        period=2,
        recorded_at=datetime(2026, 6, 30, tzinfo=UTC),
    )
    [row] = measure(*later, PERIODS, 2020).itertuples()
    assert row.actual == 90


def test_what_names_no_year_is_no_actual_and_no_base():
    target = ("target", 2025, 95, ">=")
    row = only([("baseline", 0, 10), ("actual", 0, 99), ("actual", 2020, 94), target])
    assert (row.actual, row.reason) == (94, Reason.NOT_STARTED)
    alone = only([("actual", 0, 99), target])
    assert alone.reason == Reason.NO_ACTUAL


def test_a_target_that_names_no_year_is_not_judged():
    dated, undated = judged(
        [BASE, ("actual", 2020, 94), ("target", 0, 95, ">="), ("target", 2025, 95, ">=")]
    ).itertuples()
    assert dated.target_year == 2025
    assert math.isnan(undated.target_year)
    assert (undated.rating, undated.reason) == ("", Reason.NO_YEAR)
    for name in ("elapsed", "pace", "required_per_year", "projected"):
        assert math.isnan(getattr(undated, name)), name


def test_a_period_without_a_first_year_begins_after_the_one_before():
    series, table = plan([("actual", 2021, 50), ("actual", 2023, 55), ("target", 2025, 60, ">=")])
    [row] = measure(
        series, table, (PERIODS[1], Period(1, 3, None, FiscalYear(2025))), 2023
    ).itertuples()
    assert (row.baseline_year, row.baseline) == (2021, 50)
    [row] = measure(series, table, (Period(1, 3, None, FiscalYear(2025)),), 2023).itertuples()
    assert row.reason == Reason.NO_BASE


def test_an_actual_of_another_year_is_a_reference_once_the_targets_year_is_over():
    facts = [BASE, ("actual", 2019, 94), ("target", 2017, 95), ("target", 2019, 95)]
    early, own, ahead = judged([*facts, ("target", 2021, 95)]).itertuples()
    assert (early.is_reference, own.is_reference, ahead.is_reference) == (True, False, False)


def ahead(values, *target, direction="higher", unit="点"):
    """Judge yearly values from 2018 on, with a target for 2025."""
    actuals = [("actual", 2018 + number, value) for number, value in enumerate(values)]
    return only([*actuals, ("target", 2025, *target)], 2022, direction, unit)


def test_a_band_that_spans_a_range_leaves_open_whether_it_is_reached():
    row = ahead([10, 60, 20, 70, 40], 17, "", 22, direction="range", unit="％")
    assert row.projected_low < 17
    assert row.projected_high > 22
    assert (row.projected_met, row.projected_sure) == (False, False)
    beyond = ahead([80, 81, 82, 83, 84], 17, "", 22, direction="range", unit="％")
    assert (beyond.projected_met, beyond.projected_sure) == (False, True)


def test_a_projection_is_judged_as_an_actual_would_be():
    # A straight line ends at 17 in 2025, its band is that line.
    at = [10, 11, 12, 13, 14]
    met = {sign: ahead(at, 17, sign).projected_met for sign in (">=", ">", "<=", "<", "=", "")}
    assert met == {">=": True, ">": False, "<=": True, "<": False, "=": True, "": True}
    assert ahead(at, 17, direction="unknown").projected_met is None


def test_a_met_target_without_comparator_is_kept_or_lost_by_its_direction():
    falling = ahead([30, 28, 26, 24, 22], 20)
    assert (falling.met, falling.projected_met, falling.projected_sure) == (True, False, True)
    assert ahead([30, 31, 32, 33, 34], 20).projected_met is True


def test_progress_works_through_zero_where_a_share_does_not_exist():
    row = only(
        [("baseline", 2014, -2.1), ("actual", 2020, -0.9), ("target", 2025, 0.5, ">=")],
        unit="ポイント",
    )
    assert row.progress == pytest.approx(1.2 / 2.6)
    assert math.isnan(row.attainment)


def test_a_target_of_zero_is_a_target():
    facts = [("baseline", 2014, 96), ("actual", 2020, 14), ("target", 2025, 0)]
    row = only(facts, direction="lower", unit="人")
    assert row.progress == pytest.approx(82 / 96)
    assert (row.met, row.rating_label) == (False, "順調")
    facts[1] = ("actual", 2020, 0)
    assert only(facts, direction="lower", unit="人").met is True


def test_a_stretch_target_is_judged_beside_the_main_one():
    facts = [
        ("baseline", 2015, 16.6),
        ("actual", 2019, 22.9),
        ("target", 2025, 20, ">="),
        ("target", 2025, 25, ">=", math.nan, "チャレンジ目標"),
    ]
    main, stretch = judged(facts).itertuples()
    assert (main.label, main.met, stretch.label, stretch.met) == ("", True, "チャレンジ目標", False)
    assert stretch.progress == pytest.approx(6.3 / 8.4)


def said(text, *facts, direction="higher", year=2025, period=3, reporting_year=2024, **series):
    """Judge a target printed in words."""
    table = plan([*facts, ("target", year, None)], direction)
    table[1].loc[table[1]["kind"] == "target", ["value_text", "period"]] = text, period
    [row] = measure(table[0].assign(**series), table[1], PERIODS, reporting_year).itertuples()
    return row


@pytest.mark.parametrize(
    ("text", "direction", "target", "met"),
    [
        # FY2019 was 200, the year before the target 150, the base of FY2014 100; FY2025 is 160.
        ("2019年度と比べて25％減少", "lower", 150, False),
        ("2019年度比で25％以上の減少", "lower", 150, False),
        ("2019年度実績から増加", "higher", 200, False),
        ("2019年度より減少", "lower", 200, True),
        ("2019年度と比較して改善", "lower", 200, True),
        ("2019年度と比較して改善", "higher", 200, False),
        ("前年度以上", "higher", 150, True),
        ("前年度比5％増", "higher", 157.5, True),
        ("前年度比10％増", "higher", 165, False),
        ("倍増", "higher", 200, False),
        ("半減", "lower", 50, False),
        ("現状維持", "higher", 100, True),
        ("現状維持", "lower", 100, False),
        ("基準値から60％増", "higher", 160, True),
        ("増加", "higher", 100, True),
    ],
)
def test_a_target_held_against_another_value_is_a_number_once_that_is_known(
    text, direction, target, met
):
    facts = [("baseline", 2014, 100), ("actual", 2019, 200), ("actual", 2024, 150)]
    row = said(text, *facts, ("actual", 2025, 160), direction=direction, reporting_year=2025)
    assert (row.target, row.met, row.target_text) == (target, met, text)
    assert (row.reason, row.baseline) == (Reason.NONE, 100)


@pytest.mark.parametrize(
    ("text", "missing"), [("2018年度と比べて25％減少", 2018), ("前年度以上", 2024)]
)
def test_until_the_value_it_is_held_against_is_known_a_target_waits_for_that_year(text, missing):
    row = said(text, BASE, ("actual", 2022, 50), reporting_year=2023)
    assert (row.reason, row.reference_year, row.met) == (Reason.NO_REFERENCE, missing, None)
    assert math.isnan(row.target)


def test_a_baseline_of_the_year_serves_where_it_has_no_actual():
    row = said("2014年度と比べて50％減少", BASE, ("actual", 2022, 40), direction="lower")
    assert (row.target, row.reference, row.met) == (46.48, 92.96, True)


def test_the_value_it_is_held_against_does_not_meet_a_target():
    row = said("2022年度以上", ("actual", 2022, 50), reporting_year=2023)
    assert (row.met, row.reason, row.baseline_year) == (None, Reason.NOT_STARTED, 2022)


def test_without_a_base_and_of_nothing_no_share_is_promised():
    assert said("倍増", ("actual", 2023, 5)).reason == Reason.NO_REFERENCE_BASE
    zero = said("2022年度の2倍", ("actual", 2022, 0), ("actual", 2023, 5))
    assert zero.reason == Reason.NO_SHARE_OF_REFERENCE


@pytest.mark.parametrize(
    "text", ["2024年度中に運用開始", "毎年度減少", "2023年度以降増加", "前回調査より増加", "検討中"]
)
def test_what_no_one_value_would_satisfy_stays_words(text):
    row = said(text, BASE, ("actual", 2022, 50))
    assert (row.reason, row.met) == (Reason.NO_NUMBER, None)


def summed(*actuals, target=50, reporting_year=2025, **kind):
    """Judge a target of the third period, FY2022 to FY2025, of which actuals add up."""
    facts = [("actual", year, value) for year, value in actuals]
    series, table = plan([BASE, *facts, ("target", 2025, target)], "higher", "件")
    series = series.assign(is_cumulative=True, **kind)
    [row] = measure(series, table, PERIODS, reporting_year).itertuples()
    return row


def test_the_actuals_of_a_cumulative_series_add_up_from_the_periods_first_year():
    row = summed((2021, 99), (2022, 10), (2023, 12.5), (2024, 11), reporting_year=2024)
    assert (row.actual, row.actual_year, row.summed_from) == (33.5, 2024, 2022)
    assert (row.baseline, row.baseline_year) == (0, 2021)
    assert (row.progress, row.elapsed) == (pytest.approx(0.67), 0.75)
    assert (row.met, row.required_per_year) == (False, 16.5)
    assert summed((2022, 20), (2023, 20), (2024, 20), (2025, 1)).first_met_year == 2024


def test_a_missing_year_leaves_no_sum_and_is_named():
    row = summed((2022, 10), (2024, 11), reporting_year=2024)
    assert (row.reason, row.missing_year, row.met) == (Reason.NO_SUM, 2023, None)
    assert math.isnan(row.actual)
    assert summed((2023, 10)).missing_year == 2022


def test_what_comes_after_the_targets_year_is_not_added():
    years = [(year, 10) for year in range(2022, 2028)]
    row = summed(*years, target=40, reporting_year=2027)
    assert (row.actual, row.actual_year, row.met) == (40, 2025, True)


def test_a_sum_that_has_not_begun_is_unknown_not_zero():
    row = summed((2021, 99), reporting_year=2021)
    assert (row.reason, row.met) == (Reason.NOT_BEGUN, None)
    assert math.isnan(row.actual)


def test_a_sum_is_as_certain_as_the_least_certain_actual_in_it():
    series, table = plan([("actual", 2022, 1), ("actual", 2023, 2), ("target", 2025, 9)])
    table["status"] = ["速報", "確定", ""]
    series["is_cumulative"] = True
    [row] = measure(series, table, PERIODS, 2023).itertuples()
    assert (row.actual, row.actual_status) == (3, "速報")


@pytest.mark.parametrize(
    ("direction", "comparator", "base", "actual", "met"),
    [
        # 5 % of a target of 200 is 10.
        ("maintain", "", 200, 210, True),
        ("maintain", "", 200, 189.9, False),
        ("higher", "=", 150, 190, True),
        ("higher", "=", 150, 189.9, False),
        # The base satisfied the target: within the tolerance it still counts as kept.
        ("higher", ">=", 220, 190, True),
        ("lower", "<=", 180, 210, True),
        ("higher", ">=", 220, 189.9, False),
        # On the way up a tolerance is no help.
        ("higher", ">=", 150, 199, False),
    ],
)
def test_within_the_tolerance_a_level_counts_as_kept(direction, comparator, base, actual, met):
    facts = [("baseline", 2014, base), ("actual", 2020, actual), ("target", 2025, 200, comparator)]
    series, table = plan(facts, direction)
    [by_rule] = measure(series, table, PERIODS, 2020, MeasureOptions(tolerance=0.05)).itertuples()
    own = series.assign(tolerance=0.05)
    [by_series] = measure(own, table, PERIODS, 2020).itertuples()
    assert (by_rule.met, by_rule.by_tolerance) == (met, met)
    assert (by_series.met, by_series.by_tolerance) == (met, met)


def test_which_actual_counts_is_an_option():
    facts = [("actual", 2017, 50), ("actual", 2019, 40), ("target", 2017, 45, ">=")]
    series, table = plan(facts)
    table["status"] = ["速報", "確定", ""]

    def used(actual):
        [row] = measure(series, table, PERIODS, 2020, MeasureOptions(actual=actual)).itertuples()
        return row.actual_year

    assert (used("target_year"), used("latest"), used("final")) == (2017, 2019, 2019)
    table["status"] = ""
    [row] = measure(series, table, PERIODS, 2020, MeasureOptions(actual="final")).itertuples()
    assert row.reason == Reason.NO_FINAL


def test_attainment_where_lower_is_better_has_two_formulas():
    table = plan([("actual", 2020, 60), ("target", 2025, 50, "<=")], "lower")
    mirror = MeasureOptions(attainment_when_lower="mirror")
    [inverse] = measure(*table, PERIODS, 2020).itertuples()
    [mirrored] = measure(*table, PERIODS, 2020, mirror).itertuples()
    assert (inverse.attainment, mirrored.attainment) == (pytest.approx(5 / 6), 0.8)


def test_a_target_met_early_and_lost_again_says_when_it_was_met():
    early = [("actual", 2018, 96), ("actual", 2019, 94), ("actual", 2020, 93)]
    row = only([BASE, *early, ("target", 2021, 95)])
    assert (row.met, row.first_met_year, row.actual_year) == (False, 2018, 2020)
    assert math.isnan(only([BASE, ("actual", 2020, 93), ("target", 2021, 95)]).first_met_year)


def test_a_survey_of_every_second_year_is_judged_by_its_latest_and_says_the_year():
    survey = [("actual", 2016, 40), ("actual", 2018, 44), ("actual", 2020, 46)]
    row = only([("baseline", 2014, 38), *survey, ("target", 2021, 45, ">=")], 2021)
    assert (row.met, row.actual_year, row.is_reference) == (True, 2020, True)
    ahead = only([("baseline", 2014, 38), *survey, ("target", 2025, 50, ">=")], 2021)
    assert (ahead.stale_years, ahead.is_reference) == (1, False)


def test_two_targets_of_one_period_are_judged_each_in_its_year():
    series, table = plan([BASE, ("actual", 2023, 94), ("target", 2023, 93.5), ("target", 2025, 95)])
    table.loc[table["kind"] == "target", "period"] = 3
    mid, last = measure(series, table, PERIODS, 2024).itertuples()
    assert (mid.target_year, mid.met, last.target_year, last.met) == (2023, True, 2025, False)


@pytest.mark.parametrize(
    ("direction", "limit", "within"),
    [("higher", 90, True), ("higher", 94, True), ("higher", 94.1, False), ("lower", 93, False)],
)
def test_a_limit_is_the_worst_that_is_bearable(direction, limit, within):
    series, table = plan([BASE, ("actual", 2020, 94), ("target", 2025, 95)], direction)
    [row] = measure(series.assign(limit=float(limit)), table, PERIODS, 2020).itertuples()
    assert row.within_limit is within
    [row] = measure(series, table, PERIODS, 2020).itertuples()
    assert row.within_limit is None


def test_how_far_past_the_target_and_how_much_better_than_the_base():
    row = only(
        [("baseline", 2014, 80), ("actual", 2020, 60), ("target", 2025, 50)], direction="lower"
    )
    assert (row.beyond, row.improvement) == (-10, 0.25)
    at = only([("baseline", 2014, 0), ("actual", 2020, 50), ("target", 2025, 50)])
    assert at.beyond == 0
    assert math.isnan(at.improvement)
    out = only([("actual", 2020, 18), ("target", 2025, 10, "", 15)], direction="range")
    assert out.beyond == -3


def test_binary_fractions_decide_nothing_at_the_edge_of_a_band():
    # Half of the way in half of the time; in binary fractions (93.1 - 92.1) / 2 is below a half.
    row = only([("baseline", 2015, 92.1), ("actual", 2020, 93.1), ("target", 2025, 94.1)])
    assert (row.gap, row.progress, row.pace) == (1.0, 0.5, 1.0)
    row = only([("baseline", 2014, 0.1), ("actual", 2020, 0.7), ("target", 2021, 0.8)])
    assert row.pace == 1.0


figures = st.integers(-1000, 1000).map(lambda n: n / 4)
RATIOS = ("progress", "elapsed", "pace", "improvement")


@given(
    figures,
    st.lists(figures, min_size=1, max_size=6),
    figures,
    st.sampled_from([("", ""), (">=", "<="), (">", "<"), ("=", "=")]),
)
def test_mirroring_values_and_direction_changes_no_progress_and_no_rating(
    base, actuals, target, comparators
):
    def side(sign, direction, comparator):
        facts = [("actual", 2015 + n, sign * value) for n, value in enumerate(actuals)]
        ends = [("baseline", 2014, sign * base), ("target", 2025, sign * target, comparator)]
        return only(ends + facts, 2020, direction, "点")

    up, down = side(1, "higher", comparators[0]), side(-1, "lower", comparators[1])
    assert (up.rating, up.met, up.reason) == (down.rating, down.met, down.reason)
    for name in (*RATIOS, "first_met_year"):
        assert getattr(up, name) == pytest.approx(getattr(down, name), nan_ok=True)


@given(
    figures,
    figures,
    figures,
    st.sampled_from([0.001, 0.1, 4, 1000, 1048576]),
    st.sampled_from("<>="),
)
def test_scaling_the_unit_changes_no_ratio_and_no_rating(base, actual, target, scale, comparator):
    def at(factor):
        facts = [
            ("baseline", 2014, base * factor),
            ("actual", 2020, actual * factor),
            ("target", 2025, target * factor, comparator),
        ]
        return only(facts, 2020, "higher", "点")

    one, scaled = at(1), at(scale)
    assert (one.rating, one.met, one.reason) == (scaled.rating, scaled.met, scaled.reason)
    for name in (*RATIOS, "attainment"):
        assert getattr(one, name) == pytest.approx(getattr(scaled, name), nan_ok=True)


@given(st.dictionaries(st.integers(2021, 2030), figures, min_size=1), st.booleans())
def test_actuals_after_the_reporting_year_change_nothing(later, is_cumulative):
    facts = [BASE, ("actual", 2018, 90), ("actual", 2019, 94), ("target", 2021, 95, ">=")]
    more_facts = [*facts, *(("actual", year, value) for year, value in later.items())]
    before, after = (
        measure(series.assign(is_cumulative=is_cumulative), table, PERIODS, 2020)
        for series, table in (plan(facts), plan(more_facts))
    )
    pd.testing.assert_frame_equal(before, after)
