"""The measures every rule is built from, for all series and targets at once.

For a base b (year t0), the actual a that counts (year t) and a target g (year T):

- met: is the comparator satisfied by a
- attainment: a / g; where lower is better g / a; only between figures above zero
- progress: (a - b) / (g - b), the same for both directions; for a target with two sides (a range,
  an equal, a level to maintain), how much of the base's distance to it is closed
- elapsed: (t - t0) / (T - t0)
- pace: progress / elapsed
- gap: g - a; for a range, the distance to the nearest edge
- required_per_year: gap / (T - t)

An unknown is NaN (or None for met), never 0. No measure is clipped: progress is negative where a
series is worse than its base, elapsed is above 1 where a target's year has passed. Only a
projection ends where its unit does, see `kpi.progress.projection`.

Source of the measures and of the cases in which a ratio does not exist: the collection of methods
described in ``docs/progress.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from kpi.model import Comparator, Direction, Kind, Period, first_years
from kpi.progress.course import known_course
from kpi.progress.projection import project

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


class Reason(StrEnum):
    """Why a target cannot be judged, or why a measure does not exist."""

    NONE = ""
    #: No actual up to the reporting year.
    NO_ACTUAL = "no_actual"
    #: The target states no number.
    NO_NUMBER = "no_number"
    #: The source does not say for which year the target is.
    NO_YEAR = "no_year"
    #: Neither a comparator nor a direction says what would satisfy the target.
    NO_DIRECTION = "no_direction"
    #: A level to maintain has been left, and nothing says how far is still maintained.
    NO_TOLERANCE = "no_tolerance"
    #: The series is to stay within a range, and the target states one number.
    NO_RANGE = "no_range"
    #: Not met, and nothing says where the series started.
    NO_BASE = "no_base"
    #: The latest actual is the base itself: nothing has happened yet.
    NOT_STARTED = "not_started"
    #: The rule tests a measure that does not exist here; ``missing`` names it.
    NO_MEASURE = "no_measure"
    #: No band of the rule fits, though all it tests is known.
    NO_BAND = "no_band"
    #: The rule is a template whose limits are not filled in.
    NO_LIMIT = "no_limit"


@dataclass(frozen=True)
class MeasureOptions:
    """How a rule measures."""

    #: Attainment where lower is better: g / a, or 2 - a / g.
    attainment_when_lower: Literal["inverse", "mirror"] = "inverse"
    #: Share of the target's level within which a level still counts as kept.
    tolerance: float = 0.0
    #: Which actual counts: that of the target's year, else the latest; the latest; the latest 確定.
    actual: Literal["target_year", "latest", "final"] = "target_year"


class JudgedTarget(Protocol):
    """One row of `measure` and `kpi.progress.rate`: how a target stands. NaN is unknown."""

    series_id: int
    #: Ordinal, 0 where the target belongs to no period.
    period: int
    #: Empty for the main target of a period.
    label: str
    target_year: float
    comparator: str
    target: float
    #: Upper end of a range.
    target_high: float
    target_text: str
    baseline_year: float
    baseline: float
    actual_year: float
    actual: float
    actual_status: str
    #: Whether the target's year is over and the actual is of another one.
    is_reference: bool
    met: bool | None
    attainment: float
    progress: float
    elapsed: float
    pace: float
    gap: float
    required_per_year: float
    worse_than_base: bool | None
    projected: float
    projected_low: float
    projected_high: float
    #: Whether a part of the projection lies beyond what the unit allows, and ends there.
    held_at_floor: bool
    held_at_ceiling: bool
    #: Whether the projection satisfies the target, and whether all of its band agrees.
    projected_met: bool | None
    projected_sure: bool | None
    #: How many known points the projection could use.
    points: int
    #: How much better than the base, as a share of it.
    improvement: float
    #: Above 0 past the target, 0 exactly on it.
    beyond: float
    #: Whether the actual keeps to the limit set for the series.
    within_limit: bool | None
    reason: Reason
    #: Name of the rule.
    rule: str
    #: Letter of the band, empty where it cannot be judged.
    rating: str
    rating_label: str
    #: The measure for want of which it cannot be judged.
    missing: str


def measure(
    series: pd.DataFrame,
    facts: pd.DataFrame,
    periods: Sequence[Period],
    reporting_year: int,
    options: MeasureOptions = MeasureOptions(),  # noqa: B008  frozen
) -> pd.DataFrame:
    """Return the measures of every target, one row each, in the order of series, year and label.

    ``series`` needs ``series_id, unit, direction``; ``facts`` needs ``series_id, kind, period,
    label, fiscal_year, value, value_high, comparator, value_text, status, recorded_at``
    (see `kpi.store.PlanContent`). Actuals after ``reporting_year`` are not looked at, nor actuals
    and baselines of no year (0).

    The columns are those of `JudgedTarget`, but for the rating.
    """
    order = pd.Series(np.arange(len(series)), index=series["series_id"].to_numpy())
    targets = facts[facts["kind"] == Kind.TARGET].copy()
    targets["order"] = targets["series_id"].map(order)
    targets["year"] = targets["fiscal_year"].where(targets["fiscal_year"] > 0, np.nan)
    targets = targets.sort_values(["order", "year", "period", "label"], kind="stable")
    targets = targets.reset_index(drop=True)
    ids = targets["series_id"].to_numpy()
    direction = series.set_index("series_id")["direction"].reindex(ids).to_numpy(dtype=object)
    course = known_course(facts, reporting_year)
    actuals = course[course["kind"] == Kind.ACTUAL]
    year = targets["year"].to_numpy(dtype=np.float64)
    actual_year, actual, status = _actuals(targets, actuals, options)
    base_year, base = _bases(targets, facts, actuals, periods)
    low = targets["value"].to_numpy(dtype=np.float64)
    high = targets["value_high"].to_numpy(dtype=np.float64)
    comparator = targets["comparator"].to_numpy(dtype=object)

    known = ~np.isnan(low) & ~np.isnan(actual)
    is_range = ~np.isnan(high)
    sense = _sense(direction, comparator)
    is_level = (direction == Direction.MAINTAIN) & (sense == 0) & ~is_range
    has_two_sides = is_range | is_level | (comparator == Comparator.EQUAL)

    def met_by(value: Floats) -> Floats:
        return _met(value, low, high, comparator, sense, is_level)

    met, base_met = met_by(actual), met_by(base)
    gap = np.where(is_range, _distance(actual, low, high), low - actual)
    base_gap = np.where(is_range, _distance(base, low, high), low - base)
    with np.errstate(divide="ignore", invalid="ignore"):
        inverse = low / actual if options.attainment_when_lower == "inverse" else 2 - actual / low
        attainment = np.where(sense < 0, inverse, actual / low)
        # A share of a level means nothing with a zero or a minus in it.
        has_share = ~is_range & (sense != 0) & (low > 0)
        has_share &= np.where(sense < 0, actual > 0, actual >= 0)
        attainment = np.where(has_share, attainment, np.nan)
        # Where the base already satisfies the target there is no way to go: kept or lost.
        left = gap / base_gap
        left = np.where(has_two_sides, np.abs(left), left)
        progress = np.where((base_gap == 0) | (base_met == 1), np.nan, 1 - left)
        elapsed = np.where(year > base_year, (actual_year - base_year) / (year - base_year), np.nan)
        pace = np.where(elapsed > 0, progress / elapsed, np.nan)
        to_go = (met == 0) & (year > actual_year)
        required = np.where(to_go, gap / (year - actual_year), np.nan)
    worse = np.where(
        has_two_sides,
        _signed(np.abs(base_gap) < np.abs(gap), known & ~np.isnan(base)),
        _signed(sense * (actual - base) < 0, known & ~np.isnan(base) & (sense != 0)),
    )
    reason = _reasons(direction, low, year, actual, met, base, base_year, actual_year)
    units = series.set_index("series_id")["unit"]
    has_base = known & (sense != 0) & ~np.isnan(base) & (base != 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        improvement = np.where(has_base, sense * (actual - base) / np.abs(base), np.nan)
    beyond = np.where(is_range | is_level, -np.abs(gap), sense * -gap)
    limit = series.set_index("series_id")["limit"].reindex(ids) if "limit" in series else np.nan
    room = sense * (actual - np.asarray(limit, dtype=np.float64))
    within_limit = _signed(room >= 0, ~np.isnan(room) & (sense != 0))
    projection = project(course, units, ids, year, actual_year)
    # Judged as an actual would be, without the noise of binary fractions.
    ahead, lowest, highest = (
        np.round(projection[name], 9) for name in ("projected", "projected_low", "projected_high")
    )
    projected_met = met_by(ahead)
    is_astride = has_two_sides & (lowest < low) & (highest > np.where(is_range, high, low))
    sure = _signed((met_by(lowest) == met_by(highest)) & ~is_astride, ~np.isnan(projected_met))
    return pd.DataFrame(
        {
            "series_id": ids,
            "period": targets["period"],
            "label": targets["label"],
            "target_year": year,
            "comparator": comparator,
            "target": low,
            "target_high": high,
            "target_text": targets["value_text"],
            "baseline_year": base_year,
            "baseline": base,
            "actual_year": actual_year,
            "actual": actual,
            "actual_status": status,
            "is_reference": (year <= reporting_year)
            & ~np.isnan(actual_year)
            & (actual_year != year),
            "met": _answers(met),
            "attainment": attainment,
            "progress": progress,
            "elapsed": elapsed,
            "pace": pace,
            "gap": gap,
            "required_per_year": required,
            "worse_than_base": _answers(worse),
            **projection,
            "projected_met": _answers(projected_met),
            "projected_sure": _answers(sure),
            "improvement": improvement,
            "beyond": beyond + 0.0,
            "within_limit": _answers(within_limit),
            "reason": reason,
        }
    )


def _actuals(
    targets: pd.DataFrame, actuals: pd.DataFrame, options: MeasureOptions
) -> tuple[Floats, Floats, npt.NDArray[np.object_]]:
    """Return year, value and status of the actual each target is held against.

    That is the one of the target's own year, else the latest.
    """
    columns = ["series_id", "fiscal_year", "value", "status"]
    latest = actuals.sort_values("fiscal_year").drop_duplicates("series_id", keep="last")[columns]
    keys = targets[["series_id", "fiscal_year"]]
    exact = keys.merge(
        actuals[columns], how="left", on=["series_id", "fiscal_year"], validate="m:1"
    )
    last = keys[["series_id"]].merge(latest, how="left", on="series_id", validate="m:1")
    has_exact = exact["value"].notna().to_numpy() & (options.actual == "target_year")
    year = np.where(has_exact, keys["fiscal_year"], last["fiscal_year"])
    value = np.where(has_exact, exact["value"], last["value"])
    status = np.where(has_exact, exact["status"], last["status"])
    return year.astype(np.float64), value.astype(np.float64), status


def _bases(
    targets: pd.DataFrame, facts: pd.DataFrame, actuals: pd.DataFrame, periods: Sequence[Period]
) -> tuple[Floats, Floats]:
    """Return year and value of the base of each target.

    A baseline stated for the target's own period comes first, then the plan's, then the latest
    actual from before the period began: the 現状 a plan prints beside a new indicator. Of several
    baselines the earliest counts.
    """
    is_stated = (facts["kind"] == Kind.BASELINE) & facts["value"].notna()
    baselines = facts[is_stated & (facts["fiscal_year"] > 0)].sort_values(["fiscal_year", "label"])
    keys = targets[["series_id", "period"]]
    columns = ["series_id", "fiscal_year", "value"]
    own = keys.merge(
        baselines[baselines["period"] > 0][[*columns, "period"]].drop_duplicates(
            ["series_id", "period"]
        ),
        how="left",
        on=["series_id", "period"],
        validate="m:1",
    )
    general = baselines[baselines["period"] == 0].drop_duplicates("series_id")
    plans = keys[["series_id"]].merge(general[columns], how="left", on="series_id", validate="m:1")
    begins = keys["period"].map(first_years(periods)).astype("float64")
    before = actuals[columns].merge(
        pd.DataFrame({"series_id": keys["series_id"], "row": keys.index, "begins": begins}),
        on="series_id",
    )
    before = before[before["fiscal_year"] < before["begins"]].sort_values("fiscal_year")
    printed = before.drop_duplicates("row", keep="last").set_index("row").reindex(keys.index)
    year = own["fiscal_year"].fillna(plans["fiscal_year"]).fillna(printed["fiscal_year"])
    value = own["value"].fillna(plans["value"]).fillna(printed["value"])
    return year.to_numpy(dtype=np.float64), value.to_numpy(dtype=np.float64)


def _sense(direction: npt.NDArray[np.object_], comparator: npt.NDArray[np.object_]) -> Floats:
    """Return +1 where higher is better, -1 where lower is, 0 where neither.

    A comparator says it for its own target, whatever the series' direction.
    """
    up = np.isin(comparator, [Comparator.AT_LEAST, Comparator.MORE])
    down = np.isin(comparator, [Comparator.AT_MOST, Comparator.LESS])
    by_direction = np.where(
        direction == Direction.HIGHER, 1.0, np.where(direction == Direction.LOWER, -1.0, 0.0)
    )
    return np.where(up, 1.0, np.where(down, -1.0, by_direction))


def _met(
    value: Floats,
    low: Floats,
    high: Floats,
    comparator: npt.NDArray[np.object_],
    sense: Floats,
    is_level: Bools,
) -> Floats:
    """Return 1 where the target is satisfied, 0 where not, NaN where it cannot be said.

    A level to maintain is kept where the value is the level itself; beside it, it cannot be said.
    """
    is_range = ~np.isnan(high)
    satisfied = np.select(
        [
            is_range,
            comparator == Comparator.MORE,
            comparator == Comparator.LESS,
            (comparator == Comparator.EQUAL) | is_level,
            sense > 0,
            sense < 0,
        ],
        [
            (value >= low) & (value <= high),
            value > low,
            value < low,
            value == low,
            value >= low,
            value <= low,
        ],
        default=False,
    )
    sayable = ~np.isnan(value) & ~np.isnan(low)
    sayable &= (
        is_range | (sense != 0) | (comparator == Comparator.EQUAL) | (is_level & (value == low))
    )
    return _signed(satisfied, sayable)


def _distance(value: Floats, low: Floats, high: Floats) -> Floats:
    """Return how far a value lies from a range: 0 within, negative where it is above."""
    return np.where(value < low, low - value, np.where(value > high, high - value, value * 0))


def _signed(answer: Bools, sayable: Bools) -> Floats:
    return np.where(sayable, answer.astype(np.float64), np.nan)


def _answers(answer: Floats) -> npt.NDArray[np.object_]:
    return np.array([None if value != value else bool(value) for value in answer], dtype=object)


def _reasons(
    direction: npt.NDArray[np.object_],
    low: Floats,
    year: Floats,
    actual: Floats,
    met: Floats,
    base: Floats,
    base_year: Floats,
    actual_year: Floats,
) -> npt.NDArray[np.object_]:
    reasons: list[tuple[Bools, Reason]] = [
        (np.isnan(low), Reason.NO_NUMBER),
        (np.isnan(year), Reason.NO_YEAR),
        (np.isnan(actual), Reason.NO_ACTUAL),
        (np.isnan(met) & (direction == Direction.MAINTAIN), Reason.NO_TOLERANCE),
        (np.isnan(met) & (direction == Direction.RANGE), Reason.NO_RANGE),
        (np.isnan(met), Reason.NO_DIRECTION),
        (met == 1, Reason.NONE),
        (np.isnan(base), Reason.NO_BASE),
        (actual_year <= base_year, Reason.NOT_STARTED),
    ]
    cases, answers = zip(*reasons, strict=True)
    return np.array(np.select(cases, answers, default=Reason.NONE), dtype=object)
