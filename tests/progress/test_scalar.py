"""Random series and targets: the columns against a second implementation, one target at a time."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scalar import Series, Target, judge

from kpi.model import FiscalYear, Period
from kpi.progress import MeasureOptions, measure

PERIODS = (
    Period(1, 1, FiscalYear(2016), FiscalYear(2017)),
    Period(1, 2, FiscalYear(2018), FiscalYear(2021)),
    Period(1, 3, FiscalYear(2022), FiscalYear(2025)),
)
BEGINS = {period.ordinal: period.first_year for period in PERIODS}
#: What is printed, and what it says: against, reference year, factor, comparator.
PHRASES = {
    "2016年度と比べて25％減少": ("year", 2016, 0.75, "<="),
    "2018年度の2倍": ("year", 2018, 2.0, ">="),
    "2017年度比で10％以上の減少": ("year", 2017, 0.9, "<="),
    "2019年度実績から増加": ("year", 2019, 1.0, ">"),
    "2015年度より減少": ("year", 2015, 1.0, "<"),
    "前年度以上": ("year_before", None, 1.0, ">="),
    "前年度比5％増": ("year_before", None, 1.05, ">="),
    "半減": ("base", None, 0.5, "<="),
    "倍増": ("base", None, 2.0, ">="),
    "現状維持": ("base", None, 1.0, ""),
    "増加": ("base", None, 1.0, ">"),
    "2024年度中に運用開始": ("", None, 1.0, ""),
}
DIRECTIONS = ("higher", "lower", "maintain", "range", "unknown")


def frames(series: Series, targets: list[tuple[Target, str]]):
    """Return a series and its targets (each with its text) as the tables of a plan."""
    rows = []

    def fact(kind, period, year, value, **said):
        blank = {"label": "", "value_high": math.nan, "comparator": "", "value_text": ""}
        value = math.nan if value is None else value
        rows.append(
            {
                "series_id": 7,
                "kind": kind,
                "period": period,
                "fiscal_year": year,
                "value": value,
                "status": "",
                "recorded_at": datetime(2025, 6, 30, tzinfo=UTC),
                **blank,
                **said,
            }
        )

    for year, (value, status) in series.actuals.items():
        fact("actual", 0, year, value, status=status)
    for (period, year), value in series.baselines.items():
        fact("baseline", period, year, value)
    for number, (target, text) in enumerate(targets):
        high = math.nan if target.high is None else target.high
        # A phrase keeps what it says to itself; the fact has no comparator for some of them.
        comparator = "" if text else target.comparator
        fact(
            "target",
            target.period,
            target.year,
            target.value,
            label=str(number),
            value_high=high,
            comparator=comparator,
            value_text=text,
        )
    table = pd.DataFrame(
        {
            "series_id": [7],
            "unit": [series.unit],
            "direction": [series.direction],
            "tolerance": [math.nan if series.tolerance is None else series.tolerance],
            "limit": [math.nan if series.limit is None else series.limit],
            "is_cumulative": [series.is_cumulative],
        }
    )
    return table, pd.DataFrame(rows)


figures = st.integers(-400, 1200).map(lambda tenths: tenths / 10)
#: Few enough that targets are often met exactly.
levels = st.one_of(figures, st.sampled_from([0.0, 10.0, 10.5, 20.0, 50.0, 95.2]))
years = st.integers(2012, 2026)


@st.composite
def all_series(draw):
    statuses = st.sampled_from(["", "速報", "確定", "推計"])
    return Series(
        draw(st.sampled_from(DIRECTIONS)),
        draw(st.sampled_from(["％", "人", "点"])),
        draw(st.sampled_from([None, None, 0.0, 0.05])),
        draw(st.one_of(st.none(), levels)),
        draw(st.sampled_from([False, False, True])),
        draw(st.dictionaries(years, st.tuples(levels, statuses), max_size=12)),
        draw(st.dictionaries(st.tuples(st.sampled_from([0, 0, 2, 3]), years), levels, max_size=2)),
    )


@st.composite
def all_targets(draw):
    period = draw(st.sampled_from([0, 1, 2, 3, 3]))
    year = draw(st.sampled_from([0, 2017, 2021, 2023, 2025, 2025, 2028]))
    target = Target(year, None, period=period, begins=BEGINS.get(period))
    if draw(st.integers(0, 3)) == 0:
        text = draw(st.sampled_from(sorted(PHRASES)))
        against, reference_year, factor, comparator = PHRASES[text]
        said = {"against": against, "reference_year": reference_year, "factor": factor}
        return replace(target, comparator=comparator, **said), text
    value = draw(levels)
    comparator = draw(st.sampled_from(["", ">=", "<=", ">", "<", "=", "~"]))
    high = value + draw(st.sampled_from([0.0, 5.0, 30.0])) if draw(st.booleans()) else None
    comparator = comparator if high is None else ""
    return replace(target, value=value, high=high, comparator=comparator), ""


@settings(max_examples=400)
@given(
    all_series(),
    st.lists(all_targets(), min_size=1, max_size=4),
    st.integers(2014, 2026),
    st.booleans(),
    st.sampled_from([0.0, 0.1]),
    st.sampled_from(["target_year", "latest", "final"]),
)
def test_random_cases_agree_with_a_second_implementation(
    series, targets, reporting_year, mirror, tolerance, actual_is
):
    options = MeasureOptions("mirror" if mirror else "inverse", tolerance, actual_is)
    table = measure(*frames(series, targets), PERIODS, reporting_year, options)
    for row in table.itertuples():
        target, text = targets[int(row.label)]
        expected = judge(
            series,
            target,
            reporting_year,
            mirror=mirror,
            tolerance=tolerance,
            actual_is=actual_is,
        )
        for name, value in expected.items():
            got = getattr(row, name)
            if value is None:
                assert got is None or math.isnan(got), (name, got, text)
            elif isinstance(value, bool | str):
                assert got == value, (name, got, value, text)
            else:
                assert got == pytest.approx(value, rel=1e-9, abs=1e-9), (name, text)
