"""Where a series is heading: a straight line through its latest points, with its uncertainty.

Ordinary least squares over the latest five points up to the reporting year (baseline included);
the band is the prediction interval of the regression for one new observation,
``y ± t * s * sqrt(1 + 1/n + (x - mean)² / Sxx)``, with n - 2 degrees of freedom (Draper and Smith,
Applied Regression Analysis, section 1.4). Below three points there is none.

Only what the unit says is held: a percentage ends at 0 and at 100, a count at 0, and the columns
``held_at_floor`` and ``held_at_ceiling`` say so. A series that was already beyond such an end is
not held there; amounts of money, indices and all other units go wherever the line leads.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from kpi.notation import COUNTS, PERCENT

#: How many of the latest points the line goes through, at most.
POINTS = 5
#: Fewer points say nothing about a trend.
FEWEST = 3
#: Share of future values the band is meant to hold.
COVERAGE = 0.8


def project(
    course: pd.DataFrame,
    units: pd.Series,
    ids: npt.NDArray[np.int64],
    target_year: npt.NDArray[np.float64],
    actual_year: npt.NDArray[np.float64],
) -> dict[str, Any]:
    """Return where each target's series will be in the target's year.

    ``projected, projected_low, projected_high`` are NaN where the target's year is unknown or has
    been reached, or the series has fewer than three points. ``held_at_floor, held_at_ceiling``:
    whether a part of that lies beyond what the unit allows and ends there. ``points`` is the number
    of known points, at most five. ``course`` is what `known_course` returns, ``units`` are the base
    units by series.
    """
    from scipy.special import stdtrit

    floor, ceiling = _ends(course, units)
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
    band = {
        "projected": np.where(usable, value, np.nan),
        "projected_low": np.where(usable, value - margin, np.nan),
        "projected_high": np.where(usable, value + margin, np.nan),
    }
    low, high = by_target(floor), by_target(ceiling)
    return {
        **{name: np.clip(end, low, high) for name, end in band.items()},
        "held_at_floor": band["projected_low"] < low,
        "held_at_ceiling": band["projected_high"] > high,
        "points": np.nan_to_num(count).astype(np.int64),
    }


def _ends(course: pd.DataFrame, units: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return the lowest and the highest value each series can have, by its unit."""
    values = course.groupby("series_id")["value"]
    smallest, largest = values.min(), values.max()
    unit = units.reindex(smallest.index)
    has_floor = unit.isin([PERCENT, *COUNTS]) & smallest.ge(0)
    has_ceiling = (unit == PERCENT) & largest.le(100)
    return (
        has_floor.map({True: 0.0, False: -np.inf}),
        has_ceiling.map({True: 100.0, False: np.inf}),
    )
