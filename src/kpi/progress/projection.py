"""Where a series is heading: a line through its latest points, and how far the future may stray.

Three methods, on 3 to 15 points. The year counts, not the place in the row, so that a survey held
every second year is taken as what it is:

- ``drift``: the last value, and from there on the average change a year between the first and the
  last point (random walk with drift). Over h years its forecasts stray by
  ``s * sqrt(h * (1 + h / H))``, H being the years between first and last point, ``s²`` the mean
  square of the changes beside the average one (Hyndman and Athanasopoulos, Forecasting: principles
  and practice, third edition, sections 5.2 and 5.5). A change over a gap of g years is the sum of g
  changes, so its square counts by 1 / g.
- ``least_squares``: the regression on the year. A new observation strays by
  ``s * sqrt(1 + 1/n + (x - mean)² / Sxx)`` (Draper and Smith, Applied Regression Analysis, 1.4).
- ``theil_sen``: the median of the slopes between all pairs of points, through the medians of years
  and values (Sen 1968, as scipy.stats.theilslopes). It has no prediction interval of its own; that
  of the regression is taken, with the residuals of this line.

Each strays by Student's t with n - 2 degrees of freedom. Years of one series hang together more
than any of the three assumes, so their textbook bands are too narrow: `WIDENING` says by how much,
found on long real series by ``docs/make_backtest.py``, which also chose `DEFAULT`. The table is
``docs/backtest.md``.

Only what the unit says is held: a percentage ends at 0 and at 100, a count at 0, and the columns
``held_at_floor`` and ``held_at_ceiling`` say so. A series that was already beyond such an end is
not held there; amounts of money, indices and all other units go wherever the line leads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from kpi.notation import COUNTS, PERCENT

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

#: How many of the latest points a line goes through, at most.
POINTS = 15
#: Fewer points say nothing about a trend.
FEWEST = 3
#: Share of future values the band is meant to hold.
COVERAGE = 0.8


class Method(StrEnum):
    """How a line is laid through the points."""

    DRIFT = "drift"
    LEAST_SQUARES = "least_squares"
    THEIL_SEN = "theil_sen"


#: The method with the smallest error in docs/backtest.md.
DEFAULT = Method.DRIFT
#: By what the textbook's band has to be multiplied to hold 80 % of what came, one to five years
#: ahead, in docs/backtest.md. Further ahead nothing was tried, and the fifth counts on.
WIDENING: Mapping[Method, tuple[float, ...]] = {
    Method.DRIFT: (1.4, 2.05, 2.6, 2.9, 3.1),
    Method.LEAST_SQUARES: (1.9, 3.05, 4.0, 4.85, 5.4),
    Method.THEIL_SEN: (1.7, 2.5, 3.2, 3.8, 4.25),
}


class Line(NamedTuple):
    """The line of each series: ``level + slope * (year - anchor)``, all of shape (series,).

    A forecast u years from the anchor strays by the square root of
    ``noise * (fixed + growing * u + leaning * u²)``.
    """

    anchor: Floats
    level: Floats
    slope: Floats
    noise: Floats
    fixed: Floats
    growing: Floats
    leaning: Floats


def latest_points(row: Ints, year: Ints, value: Floats, rows: int) -> tuple[Floats, Floats]:
    """Return years and values of the latest points of each series, both (rows, K), K up to POINTS.

    The three flat columns hold one known point each, sorted by row and year; ``row`` is the number
    of its series, below ``rows``. Each series' points end in the last column, in the order of their
    years; where there are none it is NaN.
    """
    count = np.bincount(row, minlength=rows)
    from_last = np.cumsum(count)[row] - 1 - np.arange(len(row))
    counts = from_last < POINTS
    width = min(int(count.max(initial=1)), POINTS)
    place = row[counts], width - 1 - from_last[counts]
    years, values = np.full((2, rows, width), np.nan)
    years[place] = year[counts]
    values[place] = value[counts]
    return years, values


def natural_ends(units: npt.NDArray[np.object_], values: Floats) -> tuple[Floats, Floats]:
    """Return the lowest and the highest value each series can have, by its base unit.

    Infinite where the unit knows no end, or a point lies beyond it already. ``units`` has the shape
    (series,), ``values`` are those of `latest_points`.
    """
    return held_ends(*ends_known(units), values)


def ends_known(units: npt.NDArray[np.object_]) -> tuple[Bools, Bools]:
    """Return which units have an end at 0, and which one at 100."""
    unit = pd.Series(units)
    is_share = (unit == PERCENT).to_numpy(dtype=bool)
    return is_share | unit.isin(COUNTS).to_numpy(dtype=bool), is_share


def held_ends(has_floor: Bools, has_ceiling: Bools, values: Floats) -> tuple[Floats, Floats]:
    """Return 0 and 100 where a series has that end and no point lies beyond it, else infinity."""
    smallest, largest = np.fmin.reduce(values, axis=1), np.fmax.reduce(values, axis=1)
    floor = np.where(has_floor & (smallest >= 0), 0.0, -np.inf)
    ceiling = np.where(has_ceiling & (largest <= 100), 100.0, np.inf)
    return floor, ceiling


def project(
    years: Floats,
    values: Floats,
    floor: Floats,
    ceiling: Floats,
    of: Ints,
    target_year: Floats,
    actual_year: Floats,
    wanted: tuple[Floats, Floats],
    method: Method = DEFAULT,
) -> dict[str, npt.NDArray[Any]]:
    """Return where each target's series will be in the target's year.

    ``years, values`` are those of `latest_points`, ``floor, ceiling`` those of `natural_ends`, by
    series. By target: ``of``, the row of its series; ``wanted``, the lowest and the highest value
    that satisfy it (infinite where any does, NaN where nothing can be said).

    ``projected, projected_low, projected_high`` are NaN where the target's year is unknown or has
    been reached, or the series has fewer than three points; ``method`` is empty there.
    ``held_at_floor, held_at_ceiling``: whether a part of that lies beyond what the unit allows and
    ends there. ``points`` is the number of known points, at most fifteen. ``chance`` is the
    probability that the target is satisfied; what would lie beyond an end of the unit counts as
    lying on it. NaN where nothing is projected or wanted, and where all points lie on one line: the
    band has no width then, and nothing tells how far the future may stray.
    """
    known = np.count_nonzero(~np.isnan(values), axis=1)
    points, last = known[of], years[:, -1][of]
    is_open = (points >= FEWEST) & (target_year > actual_year) & (target_year > last)
    usable = np.flatnonzero(is_open)
    of, ahead = of[usable], (target_year - last)[usable]
    value, spread, freedom = forecast(years, values, of, target_year[usable], method)
    widening = np.array(WIDENING[method])
    spread = spread * widening[np.minimum(ahead, len(widening)).astype(np.int64) - 1]
    margin = spread * reach(freedom)
    low, high = floor[of], ceiling[of]
    chance = _chance(value, spread, freedom, (low, high), (wanted[0][usable], wanted[1][usable]))

    def spread_out(column: npt.NDArray[Any], otherwise: float | bool | str) -> npt.NDArray[Any]:
        everywhere = np.full(is_open.shape, otherwise, dtype=column.dtype)
        everywhere[usable] = column
        return everywhere

    return {
        "projected": spread_out(np.clip(value, low, high), np.nan),
        "projected_low": spread_out(np.clip(value - margin, low, high), np.nan),
        "projected_high": spread_out(np.clip(value + margin, low, high), np.nan),
        "held_at_floor": spread_out(value - margin < low, False),
        "held_at_ceiling": spread_out(value + margin > high, False),
        "points": points,
        "method": np.where(is_open, method.value, ""),
        "chance": spread_out(chance, np.nan),
    }


def forecast(
    years: Floats, values: Floats, of: Ints, year: Floats, method: Method
) -> tuple[Floats, Floats, Ints]:
    """Return the textbook's forecast of the series ``of`` for a year each, at least three points.

    That is its value, by how much it strays (the scale of a Student's t, before any widening), and
    the degrees of freedom of that.
    """
    known = np.count_nonzero(~np.isnan(values), axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        line = Line(*(column[of] for column in LINES[method](years, values, known)))
    u = year - line.anchor
    variance = line.noise * (line.fixed + line.growing * u + line.leaning * u**2)
    return line.level + line.slope * u, np.sqrt(variance), known[of] - 2


def reach(freedom: Ints) -> Floats:
    """Return how many times what it strays by the band of a forecast reaches, to either side."""
    from scipy.special import stdtrit

    by_freedom = np.asarray(stdtrit(np.arange(1, POINTS - 1), (1 + COVERAGE) / 2), np.float64)
    return by_freedom[freedom - 1]


def _chance(
    value: Floats,
    spread: Floats,
    freedom: Ints,
    ends: tuple[Floats, Floats],
    wanted: tuple[Floats, Floats],
) -> Floats:
    """Return the probability that what comes, held at the ends of its unit, is as wanted."""
    from scipy.special import stdtr

    (floor, ceiling), (low, high) = ends, wanted
    with np.errstate(divide="ignore", invalid="ignore"):
        below, up_to = (low - value) / spread, (high - value) / spread
    below = np.select([low <= floor, low > ceiling], [-np.inf, np.inf], below)
    up_to = np.select([high >= ceiling, high < floor], [np.inf, -np.inf], up_to)
    # Most targets are open on one side, and there the sum of all probabilities is known.
    chance = np.where(up_to == np.inf, 1.0, 0.0)
    for side, sign in ((up_to, 1.0), (below, -1.0)):
        inside = np.flatnonzero(np.isfinite(side))
        chance[inside] += sign * stdtr(freedom[inside], side[inside])
    chance[below == np.inf] -= 1.0
    return np.where((spread > 0) & ~np.isnan(up_to) & ~np.isnan(below), chance, np.nan)


def _drift(years: Floats, values: Floats, known: Ints) -> Line:
    rows, first = np.arange(len(known)), years.shape[1] - np.maximum(known, 1)
    last_year, last = years[:, -1], values[:, -1]
    span = last_year - years[rows, first]
    slope = (last - values[rows, first]) / span
    gaps = np.diff(years, axis=1)
    strays = np.diff(values, axis=1) - slope[:, None] * gaps
    noise = _noise(strays / np.sqrt(gaps), values, known)
    return Line(last_year, last, slope, noise, span * 0, span * 0 + 1, 1 / span)


def _least_squares(years: Floats, values: Floats, known: Ints) -> Line:
    year, level = _mean(years, known), _mean(values, known)
    x, y = years - year[:, None], values - level[:, None]
    squares = _sum(x**2)
    slope = _sum(x * y) / squares
    noise = _noise(y - slope[:, None] * x, values, known)
    return Line(year, level, slope, noise, 1 + 1 / known, squares * 0, 1 / squares)


def _theil_sen(years: Floats, values: Floats, known: Ints) -> Line:
    one, other = np.triu_indices(years.shape[1], 1)
    slope = _median(
        (values[:, other] - values[:, one]) / (years[:, other] - years[:, one]),
        known * (known - 1) // 2,
    )
    year = _mean(years, known)
    level = _median(values, known) + slope * (year - _median(years, known))
    x = years - year[:, None]
    noise = _noise(values - level[:, None] - slope[:, None] * x, values, known)
    squares = _sum(x**2)
    return Line(year, level, slope, noise, 1 + 1 / known, squares * 0, 1 / squares)


#: How each method lays its line through what `latest_points` returns and the number of points.
LINES: Mapping[Method, Callable[[Floats, Floats, Ints], Line]] = {
    Method.DRIFT: _drift,
    Method.LEAST_SQUARES: _least_squares,
    Method.THEIL_SEN: _theil_sen,
}


def _noise(strays: Floats, values: Floats, known: Ints) -> Floats:
    """Return the variance about the line; 0 where nothing but binary fractions strays from it."""
    noise = _sum(strays**2) / (known - 2)
    size = np.fmax.reduce(np.abs(values), axis=1)
    return np.where(np.sqrt(noise) <= size * 1e-12, 0.0, noise)


def _mean(columns: Floats, known: Ints) -> Floats:
    return _sum(columns) / known


def _sum(columns: Floats) -> Floats:
    """Return the sum of what is known in each row."""
    total: Floats = np.nansum(columns, axis=1)
    return total


def _median(columns: Floats, known: Ints) -> Floats:
    """Return the median of what is known in each row; what is not known is sorted to its end."""
    ordered = np.sort(columns, axis=1)
    rows, last = np.arange(len(known)), np.maximum(known - 1, 0)
    median: Floats = (ordered[rows, last // 2] + ordered[rows, (last + 1) // 2]) / 2
    return median
