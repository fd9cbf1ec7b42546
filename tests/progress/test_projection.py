"""The lines against numpy and scipy, their bands and chances against figures worked by hand."""

import math
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from kpi.progress import measure
from kpi.progress.measures import JudgedTarget
from kpi.progress.projection import (
    POINTS,
    WIDENING,
    Method,
    forecast,
    latest_points,
    project,
    reach,
)

NEVER = (np.array([math.nan]), np.array([math.nan]))

#: 3 to 20 values, the years between them one to four apart.
courses = st.lists(
    st.tuples(st.integers(1, 4), st.integers(-500, 500)), min_size=3, max_size=20
).map(lambda steps: ([2000 + sum(gap for gap, _ in steps[:n]) for n in range(len(steps))], steps))
courses = courses.map(lambda course: (course[0], [float(value) for _, value in course[1]]))


def points_of(years, values):
    return latest_points(
        np.zeros(len(years), np.int64), np.array(years), np.array(values, np.float64), 1
    )


def forecast_of(years, values, year, method):
    """Return value, spread and degrees of freedom of the textbook's forecast of one series."""
    of = np.zeros(1, np.int64)
    return [float(x[0]) for x in forecast(*points_of(years, values), of, np.array([year]), method)]


def projected_by(years, values, target_year, method=Method.DRIFT, wanted=NEVER, ends=None):
    """Project one series to a target's year."""
    floor, ceiling = ends or (-math.inf, math.inf)
    columns = project(
        *points_of(years, values),
        np.array([floor]),
        np.array([ceiling]),
        np.zeros(1, np.int64),
        np.array([float(target_year)]),
        np.array([float(years[-1])]),
        tuple(np.array(side, np.float64).reshape(1) for side in wanted),
        method,
    )
    return {name: column[0] for name, column in columns.items()}


def judged(values, unit="点", first=2015, target_year=2025, target=1e9, **aim) -> JudgedTarget:
    """Judge a series of yearly values against a target."""
    years = range(first, first + len(values))
    facts = pd.DataFrame(
        {
            "series_id": 1,
            "kind": ["actual"] * len(values) + ["target"],
            "period": [0] * len(values) + [3],
            "label": "",
            "fiscal_year": [*years, target_year],
            "value": [*map(float, values), target],
            "value_high": [math.nan] * len(values) + [aim.get("high", math.nan)],
            "comparator": aim.get("comparator", ""),
            "value_text": "",
            "status": "",
            "recorded_at": datetime(2025, 6, 30, tzinfo=UTC),
        }
    )
    direction = aim.get("direction", "higher")
    series = pd.DataFrame({"series_id": [1], "unit": [unit], "direction": [direction]})
    [row] = measure(series, facts, (), years[-1]).itertuples()
    return row


@given(courses)
def test_least_squares_is_the_line_of_numpy_through_the_latest_fifteen_points(course):
    years, values = course
    value, _, freedom = forecast_of(years, values, 2100, Method.LEAST_SQUARES)
    x, y = np.array(years[-15:]) - 2050.0, values[-15:]
    assert value == pytest.approx(np.polyval(np.polyfit(x, y, 1), 50.0), abs=1e-6)
    assert freedom == len(y) - 2


@given(courses)
def test_theil_sen_is_that_of_scipy(course):
    years, values = course
    value, _, _ = forecast_of(years, values, 2100, Method.THEIL_SEN)
    line = stats.theilslopes(values[-15:], years[-15:])
    assert value == pytest.approx(line.intercept + line.slope * 2100, abs=1e-6)


def test_two_wild_values_do_not_turn_the_line_of_theil_sen():
    years, values = range(2010, 2019), [10, 11, -70, 13, 14, 15, 90, 17, 18]
    assert forecast_of(years, values, 2020, Method.THEIL_SEN)[0] == pytest.approx(20)


@given(courses)
def test_drift_goes_on_from_the_last_value_by_the_average_change_a_year(course):
    years, values = (column[-15:] for column in course)
    value, _, _ = forecast_of(years, values, years[-1] + 4, Method.DRIFT)
    change = (values[-1] - values[0]) / (years[-1] - years[0])
    assert value == pytest.approx(values[-1] + 4 * change)


def test_least_squares_has_the_prediction_interval_of_a_textbook_worked_by_hand():
    # x = 1..5, y = -2, 4, 5, 4, 5. Mean 3 and 3.2, Sxx = 10,
    # Sxy = 14, slope 1.4, at x = 11: 14.4. Residuals -2.4, 2.2, 1.8, -0.6, -1.0; their squares
    # sum to 15.2, s = sqrt(15.2 / 3). Spread s * sqrt(1 + 1/5 + 64/10); t(0.9, 3) = 1.6377.
    value, spread, freedom = forecast_of(range(1, 6), [-2, 4, 5, 4, 5], 11, Method.LEAST_SQUARES)
    assert value == pytest.approx(14.4)
    assert spread == pytest.approx(math.sqrt(15.2 / 3) * math.sqrt(1 + 1 / 5 + 64 / 10))
    assert reach(np.array([int(freedom)])) == pytest.approx(1.6377, rel=1e-4)


@given(courses)
def test_the_spread_of_least_squares_follows_from_the_standard_errors_of_scipy(course):
    years, values = (column[-15:] for column in course)
    assume(len(set(values)) > 1)
    line = stats.linregress(years, values)
    _, spread, _ = forecast_of(years, values, 2100, Method.LEAST_SQUARES)
    x = np.array(years)
    noise = line.stderr**2 * ((x - x.mean()) ** 2).sum()
    expected = math.sqrt(noise * (1 + 1 / len(x)) + line.stderr**2 * (2100 - x.mean()) ** 2)
    assert spread == pytest.approx(expected, rel=1e-6, abs=1e-6)


def test_drift_strays_as_the_book_says_worked_by_hand():
    # 10, 12, 13, 17, 18: changes 2, 1, 4, 1; on average 8 / 4 = 2. They stray by 0, -1, 2, -1:
    # s² = 6 / 3 = 2. Three years on: 18 + 6, s * sqrt(3 * (1 + 3/4)) = sqrt(10.5).
    value, spread, freedom = forecast_of(range(5), [10, 12, 13, 17, 18], 7, Method.DRIFT)
    assert (value, freedom) == (pytest.approx(24), 3)
    assert spread == pytest.approx(math.sqrt(10.5))


def test_a_change_over_two_years_counts_as_two_changes_worked_by_hand():
    # A survey every second year, 2016, 2018, 2020, then 2021: 50, 54, 60, 60. 10 in 5 years is 2 a
    # year. Beside that the changes stray by 0 (2 years), 2 (2 years), -2 (1 year):
    # s² = (0/2 + 4/2 + 4/1) / 2 = 3. Two years on: 64, s * sqrt(2 * (1 + 2/5)) = sqrt(8.4).
    value, spread, freedom = forecast_of([2016, 2018, 2020, 2021], [50, 54, 60, 60], 2023, "drift")
    assert (value, freedom) == (pytest.approx(64), 2)
    assert spread == pytest.approx(math.sqrt(8.4))


def test_the_band_is_the_textbooks_times_the_widening_of_its_horizon():
    # As by hand above; further than five years ahead the fifth factor stays.
    for ahead, widening in zip(
        (1, 3, 5, 9), np.array(WIDENING["drift"])[[0, 2, 4, 4]], strict=True
    ):
        row = projected_by(range(5), [10, 12, 13, 17, 18], 4 + ahead)
        margin = widening * stats.t(3).ppf(0.9) * math.sqrt(2 * ahead * (1 + ahead / 4))
        assert row["projected"] == pytest.approx(18 + 2 * ahead)
        assert row["projected_low"] == pytest.approx(18 + 2 * ahead - margin)
        assert row["projected_high"] == pytest.approx(18 + 2 * ahead + margin)
        assert row["method"] == "drift"


@pytest.mark.parametrize("method", Method)
@given(course=courses, shift=st.integers(-1500, 1500), factor=st.sampled_from([-1, 1e3, 0.01]))
def test_another_calendar_unit_or_side_of_a_mirror_changes_nothing(method, course, shift, factor):
    years, values = course
    value, spread, _ = forecast_of(years, values, years[-1] + 3, method)
    later = [year + shift for year in years]
    other = [factor * value for value in values]
    moved = forecast_of(later, other, later[-1] + 3, method)
    close = {"rel": 1e-6, "abs": 1e-6 * abs(factor)}
    assert moved[0] == pytest.approx(value * factor, **close)
    assert moved[1] == pytest.approx(spread * abs(factor), **close)


def test_many_series_at_once_are_each_what_they_are_alone():
    rng = np.random.default_rng(4)
    alone, row, year, value = [], [], [], []
    for number in range(60):
        years = np.sort(rng.choice(np.arange(1990, 2020), size=rng.integers(0, 21), replace=False))
        values = rng.normal(50, 9, len(years))
        if len(years) >= 3:
            alone.append((number, *forecast_of(years, values, 2023, Method.DRIFT)))
        row += [number] * len(years)
        year += list(years)
        value += list(values)
    points = latest_points(np.array(row), np.array(year), np.array(value), 60)
    assert points[0].shape == points[1].shape == (60, POINTS)
    of = np.array([number for number, *_ in alone])
    together = forecast(*points, of, np.full(len(of), 2023.0), Method.DRIFT)
    np.testing.assert_allclose(np.transpose(together), [row[1:] for row in alone])


@pytest.mark.parametrize("values", [[5], [5, 6]])
def test_below_three_points_there_is_no_projection(values):
    row = judged(values)
    assert math.isnan(row.projected)
    assert math.isnan(row.projected_low)
    assert math.isnan(row.chance)
    assert (row.points, row.method) == (len(values), "")


@pytest.mark.parametrize("method", Method)
def test_where_nothing_strays_there_is_a_line_without_a_band_and_no_chance(method):
    for values in ([5, 5, 5, 5], [0, 0, 0], [0.1, 0.2, 0.3, 0.4, 0.5]):
        years = range(2000, 2000 + len(values))
        row = projected_by(years, values, 2010, method, wanted=(3, math.inf))
        slope = values[1] - values[0]
        assert row["projected"] == pytest.approx(values[0] + 10 * slope)
        assert row["projected_low"] == row["projected"] == row["projected_high"]
        assert math.isnan(row["chance"])


def test_shares_stay_within_0_and_100_and_counts_above_0_and_say_so():
    rising = judged([80, 84, 90, 95, 99], unit="％")
    assert (rising.projected, rising.projected_high) == (100, 100)
    assert (rising.held_at_floor, rising.held_at_ceiling) == (False, True)
    falling = judged([40, 30, 20, 10, 1], unit="人")
    assert (falling.projected, falling.projected_low) == (0, 0)
    assert (falling.held_at_floor, falling.held_at_ceiling) == (True, False)
    within = judged([50, 51, 50, 51, 50], unit="％", target_year=2020)
    assert (within.held_at_floor, within.held_at_ceiling) == (False, False)


@pytest.mark.parametrize("unit", ["円", "点", "ポイント", "", "g"])
def test_money_and_indices_go_below_zero_where_the_line_leads(unit):
    row = judged([5, 4, 3, 2, 1], unit=unit)
    assert row.projected == pytest.approx(-5)
    assert not row.held_at_floor


def test_a_share_that_has_been_above_100_is_not_held_below_it():
    assert judged([98, 100, 102, 104, 106], unit="％").projected == pytest.approx(118)


def test_a_series_below_zero_may_go_further_below():
    assert judged([2, 1, 0, -1, -2], unit="ポイント").projected == pytest.approx(-8)


def test_where_the_targets_year_is_reached_nothing_is_projected():
    assert math.isnan(judged([1, 2, 3], first=2023, target_year=2025).projected)


def test_the_chance_of_what_is_projected_is_even():
    row = projected_by(range(5), [10, 12, 13, 17, 18], 7, wanted=(24, math.inf))
    assert row["chance"] == pytest.approx(0.5)


def test_the_chance_of_the_bands_ends_is_one_and_nine_in_ten():
    course = range(5), [10, 12, 13, 17, 18], 7
    row = projected_by(*course)
    low, high = row["projected_low"], row["projected_high"]
    assert projected_by(*course, wanted=(low, math.inf))["chance"] == pytest.approx(0.9)
    assert projected_by(*course, wanted=(-math.inf, low))["chance"] == pytest.approx(0.1)
    assert projected_by(*course, wanted=(high, math.inf))["chance"] == pytest.approx(0.1)
    assert projected_by(*course, wanted=(low, high))["chance"] == pytest.approx(0.8)


def test_the_chance_is_that_of_students_t_of_scipy():
    # 24 and sqrt(10.5) by hand above, times the widening of the third year, 3 degrees of freedom.
    row = projected_by(range(5), [10, 12, 13, 17, 18], 7, wanted=(30, math.inf))
    scale = WIDENING[Method.DRIFT][2] * math.sqrt(10.5)
    assert row["chance"] == pytest.approx(stats.t(3, 24, scale).sf(30))


def test_what_would_lie_beyond_the_end_of_a_unit_counts_as_lying_on_it():
    course = range(2015, 2020), [80, 84, 90, 95, 99], 2021

    def chance(low, high):
        return projected_by(*course, wanted=(low, high), ends=(0, 100))["chance"]

    all_or_more = projected_by(*course, wanted=(100, math.inf))["chance"]
    assert chance(100, math.inf) == pytest.approx(all_or_more)
    assert chance(100, 100) == pytest.approx(all_or_more)
    assert chance(100.1, math.inf) == 0
    assert chance(-math.inf, 100) == 1
    assert chance(0, 100) == 1
    assert chance(-math.inf, -0.1) == 0


@pytest.mark.parametrize(
    ("aim", "low", "high"),
    [
        ({"comparator": ">="}, 60, math.inf),
        ({"comparator": "<="}, -math.inf, 60),
        ({"comparator": ">"}, 60, math.inf),
        ({"comparator": "<"}, -math.inf, 60),
        ({"direction": "higher"}, 60, math.inf),
        ({"direction": "lower"}, -math.inf, 60),
        ({"comparator": "<=", "direction": "higher"}, -math.inf, 60),
        ({"direction": "range", "high": 64.0}, 60, 64),
        ({"comparator": "~"}, 60, math.inf),
        ({"comparator": "="}, math.nan, math.nan),
        ({"direction": "maintain"}, math.nan, math.nan),
        ({"direction": "unknown"}, math.nan, math.nan),
    ],
)
def test_the_chance_is_that_of_the_targets_own_condition(aim, low, high):
    values = [50, 52, 51, 55, 58]
    row = judged(values, target=60.0, target_year=2021, **aim)
    expected = projected_by(range(2015, 2020), values, 2021, wanted=(low, high))["chance"]
    assert row.chance == pytest.approx(expected, nan_ok=True)


def test_more_than_nothing_and_less_than_all_are_not_met_at_the_very_end():
    course = [3, 2, 1, 1, 0]
    more = judged(course, unit="件", target=0.0, comparator=">", target_year=2020)
    at_least = judged(course, unit="件", target=0.0, comparator=">=", target_year=2020)
    assert at_least.chance == 1
    assert 0 < more.chance < 0.5


def test_higher_targets_are_never_likelier():
    course = range(5), [10, 12, 13, 17, 18], 7
    chances = [projected_by(*course, wanted=(g, math.inf))["chance"] for g in range(-50, 90)]
    assert chances == sorted(chances, reverse=True)
    assert 0 < chances[-1] < chances[0] < 1
