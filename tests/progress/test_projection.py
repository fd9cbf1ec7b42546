"""The straight line against scipy's regression and a textbook's published interval."""

import math
from datetime import UTC, datetime

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from kpi.progress import measure
from kpi.progress.measures import JudgedTarget


def projected(values, unit="点", first=2015, target_year=2025) -> JudgedTarget:
    """Project a series of yearly values to a target's year."""
    years = range(first, first + len(values))
    facts = pd.DataFrame(
        {
            "series_id": 1,
            "kind": ["actual"] * len(values) + ["target"],
            "period": [0] * len(values) + [3],
            "label": "",
            "fiscal_year": [*years, target_year],
            "value": [*map(float, values), 1e9],
            "value_high": math.nan,
            "comparator": "",
            "value_text": "",
            "status": "",
            "recorded_at": datetime(2025, 6, 30, tzinfo=UTC),
        }
    )
    series = pd.DataFrame({"series_id": [1], "unit": [unit], "direction": ["higher"]})
    [row] = measure(series, facts, (), years[-1]).itertuples()
    return row


@given(st.lists(st.integers(-500, 500), min_size=3, max_size=9))
def test_the_line_is_that_of_scipy_through_the_latest_five_points(values):
    row = projected(values)
    latest = values[-5:]
    years = list(range(2015 + len(values) - len(latest), 2015 + len(values)))
    line = stats.linregress(years, latest)
    expected = line.intercept + line.slope * 2025
    assert row.projected == pytest.approx(expected, abs=1e-6)
    assert row.points == len(latest)


def test_the_band_is_the_prediction_interval_of_a_textbook_worked_by_hand():
    # x = 1..5, y = -2, 4, 5, 4, 5. Mean 3 and 3.2, Sxx = 10,
    # Sxy = 14, slope 1.4, at x = 11: 14.4. Residuals -2.4, 2.2, 1.8, -0.6, -1.0; their squares
    # sum to 15.2, s = sqrt(15.2 / 3). Spread s * sqrt(1 + 1/5 + 64/10); t(0.9, 3) = 1.6377.
    row = projected([-2, 4, 5, 4, 5])
    spread = math.sqrt(15.2 / 3) * math.sqrt(1 + 1 / 5 + 64 / 10)
    assert row.projected == pytest.approx(14.4)
    assert row.projected_high == pytest.approx(14.4 + 1.6377 * spread, rel=1e-4)
    assert row.projected_low == pytest.approx(14.4 - 1.6377 * spread, rel=1e-4)


@pytest.mark.parametrize("values", [[5], [5, 6]])
def test_below_three_points_there_is_no_projection(values):
    row = projected(values)
    assert math.isnan(row.projected)
    assert math.isnan(row.projected_low)
    assert row.points == len(values)


def test_shares_stay_within_0_and_100_and_counts_above_0_and_say_so():
    rising = projected([80, 85, 90, 95, 99], unit="％")
    assert (rising.projected, rising.projected_high) == (100, 100)
    assert (rising.held_at_floor, rising.held_at_ceiling) == (False, True)
    falling = projected([40, 30, 20, 10, 1], unit="人")
    assert (falling.projected, falling.projected_low) == (0, 0)
    assert (falling.held_at_floor, falling.held_at_ceiling) == (True, False)
    within = projected([50, 51, 50, 51, 50], unit="％")
    assert (within.held_at_floor, within.held_at_ceiling) == (False, False)


@pytest.mark.parametrize("unit", ["円", "点", "ポイント", "", "g"])
def test_money_and_indices_go_below_zero_where_the_line_leads(unit):
    row = projected([5, 4, 3, 2, 1], unit=unit)
    assert row.projected == pytest.approx(-5)
    assert not row.held_at_floor


def test_a_share_that_has_been_above_100_is_not_held_below_it():
    assert projected([98, 100, 102, 104, 106], unit="％").projected == pytest.approx(118)


def test_a_series_below_zero_may_go_further_below():
    assert projected([2, 1, 0, -1, -2], unit="ポイント").projected == pytest.approx(-8)


def test_where_the_targets_year_is_reached_nothing_is_projected():
    assert math.isnan(projected([1, 2, 3], first=2023, target_year=2025).projected)
