"""The figures of a chart as a sheet: what native charts draw and readers edit."""

import pytest

from kpi.charts import Role, data_sheet, describe


@pytest.fixture
def arrears(kawasaki):
    """The arrears of the health insurance, as the third implementation plan prints them."""
    title = "国民健康保険料収入率等 収入未済額"
    [line] = [line for line in kawasaki.lines(2) if line.title == title]
    return data_sheet(describe(kawasaki, line, 2))


def test_each_line_has_the_printed_figures_in_the_unit_shown(arrears):
    by_year = [dict(zip(arrears.years, column.values, strict=True)) for column in arrears.columns]
    actual, base = by_year[0], by_year[1]
    assert {year: v for year, v in actual.items() if v is not None} == {2014: 67.5319, 2020: 30.77}
    assert {year: v for year, v in base.items() if v is not None} == {2014: 67.5319}


def test_a_target_is_drawn_over_the_years_of_its_period_and_nowhere_else(arrears):
    second = arrears.of(Role.TARGET)[1]
    drawn = {y: v for y, v in zip(arrears.years, second.values, strict=True) if v is not None}
    assert drawn == dict.fromkeys((2018, 2019, 2020, 2021), 30.0)
    assert [text for text in second.texts if text] == ["30億円以下"]


def test_years_between_known_ones_stay_empty(arrears):
    [actual] = arrears.of(Role.ACTUAL)
    assert actual.values[1:6] == (None,) * 5
