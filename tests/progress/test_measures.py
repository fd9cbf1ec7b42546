"""The measures against figures worked out by hand, and against a second, scalar implementation."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.model import FiscalYear, Period
from kpi.progress import Reason, load_rule, measure, rate

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


# A second implementation, one target at a time, written from the definitions in words.
def scalar(base, base_year, actual, year, target, target_year, lower):
    met = actual <= target if lower else actual >= target
    base_met = base <= target if lower else base >= target
    progress = None if base_met else (actual - base) / (target - base)
    elapsed = (year - base_year) / (target_year - base_year)
    worse = actual > base if lower else actual < base
    if met:
        letter = "A"
    elif worse:
        letter = "D"
    elif progress is not None and progress / elapsed >= 1:
        letter = "B"
    else:
        letter = "C"
    return met, progress, elapsed, letter


figures = st.integers(-1000, 1000).map(lambda n: n / 4)


@given(
    base=figures,
    actual=figures,
    target=figures,
    year=st.integers(2015, 2024),
    lower=st.booleans(),
)
def test_random_cases_agree_with_a_second_implementation(base, actual, target, year, lower):
    facts = [("baseline", 2014, base), ("actual", year, actual), ("target", 2025, target)]
    row = only(facts, 2024, "lower" if lower else "higher", "点")
    met, progress, elapsed, letter = scalar(base, 2014, actual, year, target, 2025, lower)
    assert row.met is met
    assert row.elapsed == pytest.approx(elapsed)
    if progress is None:
        assert math.isnan(row.progress)
    else:
        assert row.progress == pytest.approx(progress)
    assert row.rating == letter


@given(base=figures, actual=figures, target=figures)
def test_mirroring_values_and_direction_changes_no_progress_and_no_rating(base, actual, target):
    def side(sign, direction):
        facts = [
            ("baseline", 2014, sign * base),
            ("actual", 2020, sign * actual),
            ("target", 2025, sign * target),
        ]
        return only(facts, 2020, direction, "点")

    up, down = side(1, "higher"), side(-1, "lower")
    assert (up.rating, up.met) == (down.rating, down.met)
    assert up.progress == pytest.approx(down.progress, nan_ok=True)


@given(base=figures, actual=figures, target=figures, scale=st.sampled_from([0.5, 4, 1024, 1048576]))
def test_scaling_the_unit_changes_no_rating(base, actual, target, scale):
    def at(factor):
        facts = [
            ("baseline", 2014, base * factor),
            ("actual", 2020, actual * factor),
            ("target", 2025, target * factor),
        ]
        return only(facts, 2020, "higher", "点")

    assert at(1).rating == at(scale).rating
