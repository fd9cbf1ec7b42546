"""Where a series is heading: a straight line through its latest points, with its uncertainty.

Ordinary least squares over the latest five points up to the reporting year (baseline included);
the band is the prediction interval of the regression for one new observation,
``y ± t * s * sqrt(1 + 1/n + (x - mean)² / Sxx)``, with n - 2 degrees of freedom (Draper and Smith,
Applied Regression Analysis, section 1.4). Below three points there is none.

A share cannot leave 0 to 100 %, nor a count fall below 0: where all known values keep within such
a limit, the projection and its band end there.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from kpi.model import Kind
from kpi.notation import PERCENT

#: How many of the latest points the line goes through, at most.
POINTS = 5
#: Fewer points say nothing about a trend.
FEWEST = 3
#: Share of future values the band is meant to hold.
COVERAGE = 0.8


def points(facts: pd.DataFrame, reporting_year: int) -> pd.DataFrame:
    """Return the known course of each series: ``series_id, fiscal_year, value``, by year.

    Actuals up to the reporting year, and baselines of years without an actual.
    """
    known = facts[
        facts["kind"].isin([Kind.ACTUAL, Kind.BASELINE])
        & (facts["fiscal_year"] <= reporting_year)
        & facts["value"].notna()
    ]
    known = known.sort_values(["series_id", "fiscal_year", "kind"], kind="stable")
    known = known.drop_duplicates(["series_id", "fiscal_year"])
    return known[["series_id", "fiscal_year", "value"]].reset_index(drop=True)


def project(
    facts: pd.DataFrame,
    reporting_year: int,
    units: pd.Series,
    ids: npt.NDArray[np.int64],
    target_year: npt.NDArray[np.float64],
    actual_year: npt.NDArray[np.float64],
) -> dict[str, Any]:
    """Return ``projected, projected_low, projected_high, points`` for each target's year.

    NaN where the target's year has been reached or the series has fewer than three points;
    ``points`` is the number of known points, at most five. ``units`` are the base units by series.
    """
    from scipy.special import stdtrit

    course = points(facts, reporting_year)
    values = course.groupby("series_id")["value"]
    floor = values.min().ge(0).map({True: 0.0, False: -np.inf})
    is_share = values.max().le(100) & (units.reindex(floor.index) == PERCENT)
    ceiling = is_share.map({True: 100.0, False: np.inf})
    last = course.groupby("series_id").cumcount(ascending=False)
    course = course[last < POINTS]
    grouped = course.assign(x=course["fiscal_year"].astype(np.float64), y=course["value"]).groupby(
        "series_id"
    )
    n = grouped.size()
    mean_x, mean_y = grouped["x"].mean(), grouped["y"].mean()
    centred = course.assign(
        x=course["fiscal_year"] - course["series_id"].map(mean_x),
        y=course["value"] - course["series_id"].map(mean_y),
    )
    sums = (
        centred.assign(xx=centred["x"] ** 2, xy=centred["x"] * centred["y"])
        .groupby("series_id")[["xx", "xy"]]
        .sum()
    )
    slope = sums["xy"] / sums["xx"].where(sums["xx"] > 0)
    residual = centred["y"] - centred["x"] * centred["series_id"].map(slope)
    squares = (residual**2).groupby(centred["series_id"]).sum()

    def by_target(column: pd.Series) -> npt.NDArray[np.float64]:
        return column.reindex(ids).to_numpy(dtype=np.float64)

    count = by_target(n)
    ahead = target_year - by_target(mean_x)
    usable = (count >= FEWEST) & (target_year > actual_year)
    freedom = np.where(count >= FEWEST, count - 2, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = by_target(mean_y) + by_target(slope) * ahead
        spread = np.sqrt(by_target(squares) / freedom) * np.sqrt(
            1 + 1 / count + ahead**2 / by_target(sums["xx"])
        )
        margin = stdtrit(freedom, (1 + COVERAGE) / 2) * spread
    low, high = by_target(floor), by_target(ceiling)

    def within(end: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.where(usable, np.clip(end, low, high), np.nan)

    return {
        "projected": within(value),
        "projected_low": within(value - margin),
        "projected_high": within(value + margin),
        "points": np.nan_to_num(count).astype(np.int64),
    }
