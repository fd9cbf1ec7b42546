"""The growth ratio of Open SDG: how fast a series moves, beside how fast it would have to.

The yearly rate between base and current value, ``cagr = (v1 / v0) ** (1 / (t1 - t0)) - 1``, is
counted as positive where the series moves the way it should. With a target it is divided by the
rate that leads from the base to the target. Without one it stands for itself; near a natural limit
(100 %), where nothing can grow fast any more, it is divided by the room that is left.

Source: "Progress measure" of the Open SDG platform (open-sdg.readthedocs.io), used by Statistics
Canada; the collection of methods described in ``docs/progress.md``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from kpi.model import Direction
from kpi.progress.exact import exact

Floats = npt.NDArray[np.float64]

#: What a target of 0 counts as: no rate leads to 0.
_ALMOST_ZERO = 0.001
#: How suddenly the room ends before a natural limit.
_STEEPNESS = 4.44


@dataclass(frozen=True)
class GrowthOptions:
    """How a rule measures growth."""

    #: Where the plan states no base: this year's value, or that of the next year that has one.
    base_year: int = 2015
    #: Whether a series without a target, or with one in words, is judged by its growth alone.
    without_target: bool = False


def growth(
    measures: pd.DataFrame, series: pd.DataFrame, course: pd.DataFrame, options: GrowthOptions
) -> dict[str, Floats]:
    """Return the growth columns of the rows of `kpi.progress.measures.measure`.

    ``growth``: the yearly rate, positive in the series' direction. ``growth_to_target``: its ratio
    to the rate the target needs, where the target is one number. ``growth_without_target``: the
    rate divided by the room left before the series' natural ``limit``, where there is no number to
    aim at. ``growth_score``: from -5 to 5. All NaN where base and actual are of one year, a value
    is 0 or of the other sign, or the series has no direction.

    ``series`` needs ``series_id, direction`` and may have ``limit``; ``course`` is what
    `known_course` returns.
    """
    ids = measures["series_id"].to_numpy()
    by_id = series.set_index("series_id").reindex(ids)
    direction = by_id["direction"].to_numpy(dtype=object)
    sense = np.select([direction == Direction.HIGHER, direction == Direction.LOWER], [1.0, -1.0], 0)
    limit = np.abs(_numbers(by_id, "limit")) if "limit" in by_id else np.full(len(ids), np.nan)
    base_year, base = _bases(measures, course, options.base_year)
    actual, actual_year = _numbers(measures, "actual"), _numbers(measures, "actual_year")
    rate = _yearly_rate(actual, base, actual_year, base_year)
    rate = np.where(sense == 0, np.nan, np.sign(base) * sense * rate)

    target = _numbers(measures, "target")
    target = np.where(target == 0, _ALMOST_ZERO, target)
    has_number = ~np.isnan(target)
    is_one_number = np.isnan(_numbers(measures, "target_high"))
    needed = np.abs(_yearly_rate(target, base, _numbers(measures, "target_year"), base_year))
    needed = np.where(is_one_number & (needed > 0), needed, np.nan)
    to_target = exact(rate / needed)

    room = _room(np.abs(base), limit)
    with np.errstate(divide="ignore", invalid="ignore"):
        in_room = np.where((room == 0) & (rate >= 0), np.inf, exact(rate / room))
    without_target = np.where(has_number | np.isnan(rate), np.nan, in_room)

    met = (measures["met"] == True).to_numpy(dtype=bool)  # noqa: E712  met may be None
    score = np.where(has_number, _score_to_target(to_target), _score_alone(rate, without_target))
    return {
        "growth": rate,
        "growth_to_target": to_target,
        "growth_without_target": without_target,
        "growth_score": np.where(met & ~np.isnan(rate), 5.0, score),
    }


def _numbers(frame: pd.DataFrame, column: str) -> Floats:
    return frame[column].to_numpy(dtype=np.float64)


def _bases(measures: pd.DataFrame, course: pd.DataFrame, first: int) -> tuple[Floats, Floats]:
    """Return year and value of each row's base, else the first known from a year on."""
    start = course[course["fiscal_year"] >= first].drop_duplicates("series_id")
    start = start.set_index("series_id").reindex(measures["series_id"])
    own_year, own = _numbers(measures, "baseline_year"), _numbers(measures, "baseline")
    has_own = ~np.isnan(own)
    year = np.where(has_own, own_year, _numbers(start, "fiscal_year"))
    return year, np.where(has_own, own, _numbers(start, "value"))


def _yearly_rate(later: Floats, earlier: Floats, later_year: Floats, year: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = later / earlier
        exists = (later_year > year) & (ratio >= 0) & np.isfinite(ratio)
        rate = exact(np.abs(ratio) ** (1 / (later_year - year)) - 1, np.ones(len(ratio)))
        return np.where(exists, rate, np.nan)


def _room(base: Floats, limit: Floats) -> Floats:
    """Return how much room a base leaves before a limit, from 0 to 1; 1 where there is none."""
    with np.errstate(divide="ignore", invalid="ignore"):
        near = np.where(base <= limit, base, 2 * limit - base) / limit
        room = 1 - np.maximum(near, 0) ** _STEEPNESS
    return np.where(np.isnan(limit) | (base >= 2 * limit), 1.0, room)


def _score_to_target(ratio: Floats) -> Floats:
    return np.where(
        ratio >= 0.6,
        np.minimum(7.1429 * ratio - 4.2857, 5),
        np.maximum(4.1667 * ratio - 2.5, -5),
    )


def _score_alone(rate: Floats, in_room: Floats) -> Floats:
    """Return the score of a growth without a target; NaN stays NaN."""
    return np.select(
        [rate < 0, in_room >= 0.015, in_room >= 0.005],
        [np.maximum(125 * rate - 2.5, -5), np.minimum(500 * in_room - 5, 5), 250 * in_room - 1.25],
        500 * in_room - 2.5,
    )
